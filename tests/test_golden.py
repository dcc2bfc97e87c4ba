"""Whole trees: what the specs and the templates give is what is committed, out/ included."""

import pytest

from generator.output import SUMS, Interrupted
from generator.stages import steps
from tests.cases import PROJECT, Case, altered, cases


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_committed_tree_is_what_the_spec_gives(case: Case) -> None:
    compared = list(steps.compared(case.options, case.deployments(), Interrupted()))
    differences = [(each.path, each.state, each.why) for folder in compared for each in folder.differences]
    assert not [folder.failure for folder in compared if folder.failure]
    spec, out = case.spec.relative_to(PROJECT), case.out.relative_to(PROJECT)
    assert not differences, f"mend it with: owscale generate --spec {spec} --out {out}   (make golden does all)"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_no_file_but_the_generated_ones(case: Case) -> None:
    expected = {case.out / path for path in case.texts()}
    expected |= {case.out / each.folder / SUMS for each in case.deployments()}
    found = {path for path in case.out.rglob("*") if path.is_file() and ".terraform" not in path.parts}
    assert found == expected


def test_change_of_a_value_changes_one_line_of_the_root_and_what_is_told_of_it() -> None:
    case = cases()[0]
    before = case.texts()
    (deployment,) = case.deployments()
    redis = altered(deployment.spec.redis, node_type="cache.t4g.small")
    changed = type(deployment)(deployment.environment, altered(deployment.spec, redis=redis), deployment.document)
    after = case.texts([changed])
    different = [path for path in before if before[path] != after[path]]
    assert different == ["gravity-ai-chat/production/README.md", "gravity-ai-chat/production/main.tf"]
    lines = zip(before[different[1]].splitlines(), after[different[1]].splitlines(), strict=True)
    assert [after_line.split() for before_line, after_line in lines if before_line != after_line] == [
        ["node_type", "=", '"cache.t4g.small"']
    ]
