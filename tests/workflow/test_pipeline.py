"""The output of the specs and templates is the committed one, for out/ and every golden tree."""

import pytest

from owscale.output.journal import IncompleteRun
from owscale.output.manifest import MANIFEST_NAME
from owscale.workflow.pipeline import compare_output
from tests._support.cases import PROJECT, Case, altered, cases, committed_files


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_committed_tree_is_up_to_date(case: Case) -> None:
    results = list(compare_output(case.checked(), case.paths, IncompleteRun(), find_orphans=True))
    differences = [(drift.path, drift.kind, drift.reason) for result in results for drift in result.differences]
    assert not [result.failure for result in results if result.failure]
    spec, out = case.spec.relative_to(PROJECT), case.out.relative_to(PROJECT)
    assert not differences, f"run `owscale generate --spec {spec} --out {out}`, or `make golden` for all"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_committed_tree_has_no_other_files(case: Case) -> None:
    expected = {case.out / path for path in case.texts()}
    expected |= {case.out / deployment.folder / MANIFEST_NAME for deployment in case.deployments()}
    assert set(committed_files(case.out)) == expected


def test_changed_value_changes_one_line_of_the_root_module_and_its_documentation() -> None:
    case = cases()[0]
    before = case.texts()
    (deployment,) = case.deployments()
    service = altered(deployment.spec.service, memory_gb=16.0)
    changed = type(deployment)(deployment.environment, altered(deployment.spec, service=service), deployment.document)
    after = case.texts([changed])
    different = [path for path in before if before[path] != after[path]]
    assert different == ["gravity-ai-chat/production/README.md", "gravity-ai-chat/production/main.tf"]
    lines = zip(before[different[1]].splitlines(), after[different[1]].splitlines(), strict=True)
    assert [after_line.split() for before_line, after_line in lines if before_line != after_line] == [
        ["memory_mib", "=", "16384"]
    ]
