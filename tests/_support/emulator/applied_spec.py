"""A deployment that is applied once, and the plans for changes of its spec."""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from owscale.spec.deployment import Deployment
from owscale.terraform.runner import CommandOutput, Terraform
from owscale.workflow.pipeline import load_specs
from tests._support.emulator.command_run import owscale
from tests._support.spec_changes import with_value, without

Spec = dict[str, Any]

_MARKS = {"create": "+", "update": "~", "delete": "-", "replace": "±"}
_INDEX = re.compile(r"\[[^]]*\]")


@dataclass(frozen=True)
class PlanResult:
    """The actions of a plan in the notation of the table of effects, and the errors of Terraform."""

    actions: frozenset[str]
    errors: tuple[str, ...]


class AppliedSpec:
    """One deployment in a folder of its own. `plan` writes the changed files elsewhere and applies nothing."""

    def __init__(self, spec: Spec, folder: Path, root: Path | None = None) -> None:
        self.spec = spec
        self._folder = folder
        folder.mkdir()
        for name, text in (
            ("extra/extra.tf", 'resource "terraform_data" "extra" {}\n'),
            ("templates/outputs.tf.j2", ""),
        ):
            (folder / name).parent.mkdir()
            (folder / name).write_text(text)
        self._root = root or folder / "out" / spec["name"] / "production"

    def apply(self) -> None:
        """Create the deployment."""
        self._generate(self.spec, "out")
        for output in (Terraform(self._root).init("-no-color"), self._terraform("apply", "-auto-approve")):
            assert output.code == 0, output.stderr

    def deployment(self, spec: Spec | None = None) -> Deployment:
        """Return the deployment of a spec; without one, of the applied spec."""
        file = self._folder / "spec.yaml"
        file.write_text(yaml.safe_dump(spec or self.spec, sort_keys=False))
        specs = load_specs(file)
        specs.report.raise_on_errors()
        return specs.deployments[0].deployment

    def plan(self, spec: Spec) -> PlanResult:
        """Return the plan of a changed spec.

        The plan compares with the state alone, since the emulator does not keep every argument. It reads data sources.
        """
        variant = self._folder / "variant"
        shutil.rmtree(variant, ignore_errors=True)
        shutil.copytree(self._root, variant / self.spec["name"] / "production", symlinks=True)
        self._generate(spec, variant.name)
        if _configuration(variant) == _configuration(self._root.parents[1]):
            return PlanResult(frozenset(), ())  # the same plan as for the applied spec
        terraform = Terraform(variant / spec["name"] / "production")
        if terraform.run("get", "-no-color").code:  # a module may be new
            pytest.fail("terraform get failed")
        output = terraform.run("plan", "-json", "-input=false", "-lock=false", "-refresh=false")
        return parse_plan(output.stdout)

    def _generate(self, spec: Spec, out: str) -> None:
        file = self._folder / "spec.yaml"
        file.write_text(yaml.safe_dump(spec, sort_keys=False))
        run = owscale("generate", "--spec", str(file), "--out", str(self._folder / out))
        assert run.code == 0, run.err

    def _terraform(self, command: str, *arguments: str) -> CommandOutput:
        return Terraform(self._root).run(command, "-no-color", "-input=false", *arguments)


def _configuration(folder: Path) -> dict[Path, bytes]:
    """Return the files that Terraform reads in the folder of a deployment."""
    files = (file for pattern in ("*.tf", "*.hcl") for file in folder.rglob(pattern))
    return {file.relative_to(folder): file.read_bytes() for file in files if ".terraform/" not in str(file)}


def parse_plan(text: str) -> PlanResult:
    """Return the result of `terraform plan -json`."""
    messages = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    changes = [message["change"] for message in messages if message["type"] == "planned_change"]
    actions = {f"{_MARKS[change['action']]} {_address(change)}" for change in changes if change["action"] in _MARKS}
    errors = [message["diagnostic"] for message in messages if message["type"] == "diagnostic"]
    summaries = tuple(f"{each['summary']}: {each['detail']}" for each in errors if each["severity"] == "error")
    return PlanResult(frozenset(actions), summaries)


def _address(change: Mapping[str, Any]) -> str:
    return _INDEX.sub("", change["resource"]["addr"]).replace("module.", "")


NULL = "null"


def changed_spec(spec: Spec, values: Mapping[str, Any]) -> Spec:
    """Return a copy of a spec with other values by their path, such as `redis/nodes`.

    None removes a key, and NULL sets it to `null`, which turns off what is on by default.
    """
    for path, value in values.items():
        key = tuple(path.split("/"))
        spec = without(spec, key) if value is None else with_value(spec, key, None if value == NULL else value)
    return spec
