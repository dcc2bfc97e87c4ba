"""The files of a deployment: which templates there are, and on which conditions."""

import re
from pathlib import Path

import pytest

from owscale.render.context import conditions
from owscale.render.file_list import CONDITIONS, RenderedFile, build_contexts, generated_paths, plan_files
from owscale.render.overrides import Overrides
from owscale.render.template_files import TEMPLATES, template_names
from owscale.rules.checked import CheckedDeployment
from tests._support.cases import GOLDEN, cases

DEPLOYMENTS = [pytest.param(each, id=each.deployment.folder) for case in cases() for each in case.checked()]


def _planned_paths(checked: CheckedDeployment) -> list[str]:
    return [
        file.path for file in plan_files(build_contexts(checked, "spec.yaml"), Overrides(), template_names(TEMPLATES))
    ]


@pytest.mark.parametrize("checked", DEPLOYMENTS)
def test_conditional_files_exist_only_where_their_condition_holds(checked: CheckedDeployment) -> None:
    holds = conditions(checked.deployment.spec)
    missing = {prefix for prefix, condition in CONDITIONS.items() if not holds[condition]}
    expected = [path for path in generated_paths() if not path.startswith(tuple(missing))]
    assert _planned_paths(checked) == expected


@pytest.mark.parametrize("prefix", CONDITIONS)
def test_every_condition_is_used(prefix: str) -> None:
    assert any(path.startswith(prefix) for path in generated_paths()), f"no template is below {prefix}"
    specs = [each.deployment.spec for case in cases() for each in case.checked()]
    assert {conditions(spec)[CONDITIONS[prefix]] for spec in specs} == {True, False}, "a case is missing"


def test_every_file_of_templates_is_a_template() -> None:
    files = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if not path.is_dir()}
    assert files == {f"{path}.j2" for path in generated_paths()}


def test_every_template_generates_a_committed_file() -> None:
    """A stray template, such as a copy that an editor left, would add a file to every deployment."""
    manifests = "".join(path.read_text() for path in GOLDEN.rglob(".owscale.sums"))
    sources = set(re.findall(r" <- templates/(\S+)\.j2$", manifests, re.MULTILINE))
    assert set(generated_paths()) == sources


def test_every_module_is_called() -> None:
    root_module = (TEMPLATES / "main.tf.j2").read_text()
    for module in sorted(path.name for path in (TEMPLATES / "modules").iterdir()):
        assert f'source = "./modules/{module}"' in root_module


def test_other_files_are_no_templates(tmp_path: Path) -> None:
    for name in ("main.tf.j2", "modules/a/main.tf.j2", "main.tf", "main.tf.j2.orig", "main.tf.j2~"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert template_names(tmp_path) == ["main.tf.j2", "modules/a/main.tf.j2"]


@pytest.mark.parametrize("checked", DEPLOYMENTS)
def test_documents_have_names_that_hcl_has_not(checked: CheckedDeployment) -> None:
    files = plan_files(build_contexts(checked, "spec.yaml"), Overrides(), template_names(TEMPLATES))
    for file in files:
        assert isinstance(file, RenderedFile)
        assert file.source == f"templates/{file.template}"
        assert ("alarm_rows" in file.context) is file.path.endswith(".md")
