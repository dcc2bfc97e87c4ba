"""Every change that the schema allows is compared without a crash, and named."""

import functools
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from owscale.diagnostics.report import DiagnosticReport
from owscale.output.expected import ExpectedFiles
from owscale.render.file_list import CopiedFile, RenderedFile, plan_files
from owscale.render.template_files import TEMPLATES
from owscale.review import format_json, format_text
from owscale.review.comparison import DeploymentChange, compare_versions
from owscale.review.version import DeploymentVersion
from owscale.spec.deployment import Deployment
from owscale.spec.document import dotted
from owscale.spec.environments import load_environments
from owscale.spec.validation import model_data
from owscale.spec.yaml_reader import read_spec
from owscale.workflow.project import ProjectPaths
from owscale.workflow.revisions import render_variant
from tests._support.cases import GOLDEN
from tests._support.project import Project
from tests._support.repository import commit
from tests._support.scale import scaled, seeded
from tests._support.spec_changes import Data, KeyChange, is_valid, key_changes, schema_keys, with_value, without

MINIMAL: Data = yaml.safe_load((GOLDEN / "minimal/spec.yaml").read_text())
EVERYTHING: Data = yaml.safe_load((GOLDEN / "everything/spec.yaml").read_text())
COMMON = without(EVERYTHING, ("environments",))
SECTIONS = [name for name in model_data().sections["Spec"] if name != "name"]  # a renamed spec is another deployment
NUMBERS = itertools.count()


class Specs:
    """Reads specs as deployments, each at a path of its own in one directory."""

    def __init__(self, folder: Path) -> None:
        self.paths = ProjectPaths(folder / "spec", folder / "out")
        self.paths.spec.mkdir()
        self._deployments: dict[str, dict[str, Deployment]] = {}
        self._versions: dict[int, DeploymentVersion] = {}

    def read(self, data: Data) -> dict[str, Deployment]:
        """Return the deployments of a spec by the names of their environments; several changes share a spec."""
        text = json.dumps(data)
        if text not in self._deployments:
            self._deployments[text] = self._read(data)
        return self._deployments[text]

    def _read(self, data: Data) -> dict[str, Deployment]:
        file = self.paths.spec / f"{next(NUMBERS)}.yaml"
        file.write_text(yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True))
        report = DiagnosticReport()
        document = read_spec(file, "spec/spec.yaml", report)
        assert document, list(report)
        deployments = load_environments(document, report)
        assert not report.errors, list(report)
        for custom in (deployment.spec.custom for deployment in deployments):
            for folder in filter(None, (custom.extra, custom.templates)):
                (self.paths.spec / folder).mkdir(parents=True, exist_ok=True)
        return {deployment.environment: deployment for deployment in deployments}

    def compare(self, before: Deployment, after: Deployment) -> DeploymentChange:
        """Compare two versions as `owscale diff` does."""
        return compare_versions(self._version(before), self._version(after))

    def _version(self, deployment: Deployment) -> DeploymentVersion:
        version = self._versions.get(id(deployment.spec))
        if version is None or version.deployment is not deployment:
            version = self._versions[id(deployment.spec)] = DeploymentVersion(deployment, self._render)
        return version

    def _render(self, deployment: Deployment) -> ExpectedFiles:
        return render_variant(self.paths, TEMPLATES, deployment)


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Specs:
    """Return specs whose deployments have one file only, because rendering and reading all of them takes longest."""

    def plan_backend(*arguments: Any) -> list[RenderedFile | CopiedFile]:
        return [file for file in plan_files(*arguments) if file.path == "backend.tf"]

    monkeypatch.setattr("owscale.render.file_list.plan_files", plan_backend)
    return Specs(tmp_path)


def test_every_key_of_the_schema_is_changed() -> None:
    """Without this, a key that the strategy cannot change would be left out in silence."""
    changes = [change for section in SECTIONS for change in _valid_changes(section)]
    by_kind = {
        kind: {change.key for change in changes if change.kind == kind} for kind in ("added", "removed", "changed")
    }
    keys = {key for key in schema_keys(COMMON) if key != ("name",)}
    required = {key for key in keys if not is_valid(without(COMMON, key))}
    assert by_kind["added"] == by_kind["removed"] == keys - required
    assert by_kind["changed"] == keys


@pytest.mark.parametrize("section", SECTIONS)
def test_every_change_of_a_key_is_compared_and_named(specs: Specs, section: str) -> None:
    """Also where the spec before has no locations, as that which was applied last, which explains a plan."""
    for change in _sample(section, 6):
        [before], [after] = specs.read(change.before).values(), specs.read(change.after).values()
        _require_named(change, before, after, specs.compare(before, after))
        if change.kind == "removed":
            applied = before._replace(document=before.document.with_data(dict(before.document.data)))
            _require_named(change, applied, after, specs.compare(applied, after))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_change_of_a_key_in_an_environment_is_compared_and_named(specs: Specs, section: str) -> None:
    for change in _sample(section, 12):
        before, after = (
            specs.read(_in_environment(data, section))["staging"] for data in (change.before, change.after)
        )
        _require_named(change, before, after, specs.compare(before, after))


def _sample(section: str, part: int) -> list[KeyChange]:
    """Return all changes in `make hostile`, else a part of them."""
    changes = _valid_changes(section)
    return seeded(section).sample(changes, min(len(changes), scaled(len(changes), len(changes) // part + 1)))


@functools.cache
def _valid_changes(section: str) -> list[KeyChange]:
    return [change for change in key_changes(COMMON, section) if is_valid(change.before) and is_valid(change.after)]


def _in_environment(data: Data, section: str) -> Data:
    """Return a spec with one section in an environment; the common section lacks all optional keys."""
    common = {**data, section: MINIMAL[section]} if section in MINIMAL else without(data, (section,))
    return {**common, "environments": {"staging": {section: data[section]} if section in data else {}}}


def _require_named(change: KeyChange, before: Deployment, after: Deployment, compared: DeploymentChange) -> None:
    key = dotted(change.key)
    names = [each.path for each in compared.keys]
    if before.spec != after.spec:
        related = [path for path in names if path[: len(change.key)] == change.key or change.key[: len(path)] == path]
        assert related == names != [], f"{key} ({change.kind}): {names}"
    for lines in (format_text.format_text([compared], "main"), format_text.format_markdown([compared], "main")):
        text = "\n".join(lines)
        assert all(dotted(path) in text for path in names), key
    document = json.loads(format_json.format_json([compared], "main"))
    assert [each["key"] for each in document["deployments"][0]["keys"]] == [dotted(path) for path in names]


KEYS = {"redis.nodes": 2, "service.vcpu": 4, "alarms.timing.cpu.datapoints": 3}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(("environment", "is_added"), [(False, True), (True, False)], ids=["common", "environment"])
def test_all_forms_of_diff_name_an_added_or_removed_key(
    git_project: Project, name: str, *, environment: bool, is_added: bool
) -> None:
    minimal = with_value(MINIMAL, ("service", "instances"), 2)
    key = (*(("environments", "production") if environment else ()), *name.split("."))
    least = {**minimal, "environments": {"production": {}}} if environment else minimal
    versions = [least, with_value(least, key, KEYS[name])]
    before, after = versions if is_added else versions[::-1]
    git_project.spec.write_text(yaml.safe_dump(before))
    commit()
    git_project.spec.write_text(yaml.safe_dump(after))
    for output_format in ("text", "markdown", "json"):
        assert git_project.run("diff", "--base", "main", "--output-format", output_format) == 0, git_project.stderr
        assert name in git_project.stdout
    commit()
    assert git_project.run("diff", "--base", "main~1", "--head", "main") == 0, git_project.stderr
    assert name in git_project.stdout
