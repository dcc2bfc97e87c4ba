"""Messages, addresses, outputs and states with hostile text, from a program in the place of Terraform."""

import json
import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.result import PolicyResult
from owscale.spec.deployment import Deployment
from owscale.terraform.plan.model import Plan
from owscale.terraform.progress import RunProgress
from tests._support.hostile_text import TEXT, require_harmless, require_harmless_markdown
from tests._support.project import Project

# Its answers are in answers.json beside it, by the words of the command.
_PROGRAM = """\
#!{python} -IS
import json, pathlib, sys, zipfile
answers = json.loads(pathlib.Path(sys.argv[0]).with_name("answers.json").read_text())
for word in sys.argv[1:]:
    if word.startswith("-out="):
        with zipfile.ZipFile(word[5:], "w") as plan:
            plan.writestr("tfstate", "{{}}")
for words, (code, out, err) in answers.items():
    if sys.argv[1 : 1 + len(words.split())] == words.split():
        sys.stdout.buffer.write(out.encode())
        sys.stderr.buffer.write(err.encode())
        sys.exit(code)
"""


class FakeTerraform:
    """A program named terraform whose answers a test sets: exit code, stdout, stderr."""

    def __init__(self, folder: Path) -> None:
        self._answers = folder / "answers.json"
        (folder / "terraform").write_text(_PROGRAM.format(python=sys.executable))
        (folder / "terraform").chmod(0o755)
        self.answers: dict[str, tuple[int, str, str]] = {}
        self.set(version=(0, '{"terraform_version": "1.11.4"}', ""))

    def set(self, **answers: tuple[int, str, str]) -> None:
        """Set the answer of commands by their words; `_` stands for a space."""
        self.answers |= {words.replace("_", " "): answer for words, answer in answers.items()}
        self._answers.write_text(json.dumps(self.answers))


@pytest.fixture
def terraform(
    project: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> FakeTerraform:
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    project.generate()
    return FakeTerraform(folder)


def _run(project: Project, *arguments: str, code: int) -> str:
    assert project.run("tf", *arguments) == code, project.stderr
    require_harmless(project.stdout + project.stderr)
    return project.stdout + project.stderr


def _events(*messages: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(message)}\n" for message in messages)


def _diagnostic(severity: str) -> dict[str, Any]:
    return {
        "@message": TEXT,
        "type": "diagnostic",
        "diagnostic": {"severity": severity, "summary": TEXT, "detail": f"{TEXT}\n{TEXT}", "address": TEXT},
    }


def _hook(kind: str, action: str = "create") -> dict[str, Any]:
    return {"type": kind, "hook": {"action": action, "resource": {"addr": TEXT}, "elapsed_seconds": 30}}


def _plan(*actions: str) -> str:
    plan = {"format_version": "1.2", "planned_values": {}, "errored": False, "complete": True}
    return json.dumps(plan | {"applyable": True, "resource_changes": list(map(_resource_change, actions))})


def _resource_change(action: str) -> dict[str, Any]:
    values = {"name": TEXT}
    change = {
        "actions": [action],
        "before": None if action == "create" else values,
        "after": None if action == "delete" else values | {"family": TEXT},
        "after_unknown": {},
    }
    return {
        "mode": "managed",
        "type": "aws_ecs_task_definition",
        "name": TEXT,
        "address": f"{TEXT}{action}",
        "module_address": f"module.{TEXT}",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": change,
    }


def test_failure_of_init(project: Project, terraform: FakeTerraform) -> None:
    terraform.set(init=(1, TEXT, TEXT), validate=(1, TEXT, TEXT))
    for command in ("plan", "output", "status", "destroy", "validate"):
        assert "\ufffd:error::" in _run(project, command, code=1)


def test_version_that_cannot_be_read(project: Project, terraform: FakeTerraform) -> None:
    terraform.set(version=(0, TEXT, TEXT))
    assert "reports no version" in _run(project, "plan", code=1)
    terraform.set(version=(0, json.dumps({"terraform_version": f"1.2{TEXT}"}), ""))
    _run(project, "plan", code=1)


def test_failed_plan(project: Project, terraform: FakeTerraform) -> None:
    terraform.set(plan=(1, _events(_diagnostic("warning"), _diagnostic("error")) + TEXT, ""))
    assert "terraform plan failed" in _run(project, "plan", code=1)
    terraform.set(plan=(1, f"{TEXT}\n", ""))
    assert "terraform plan failed" in _run(project, "plan", code=1)


def test_plan(project: Project, terraform: FakeTerraform) -> None:
    events = _events(_diagnostic("warning"), _hook("refresh_start"), _hook("refresh_complete"))
    terraform.set(plan=(2, events, ""), show=(0, _plan("create", "update", "delete"), ""))
    for output_format in ("text", "markdown", "json"):
        _run(project, "plan", "--output-format", output_format, code=1)
        assert "@team" in project.stdout
        if output_format == "markdown":
            require_harmless_markdown(project.stdout)
        if output_format == "json":
            assert json.dumps(TEXT)[1:-1] in json.dumps(json.loads(project.stdout))


def test_plan_with_keys_that_changed(project: Project, terraform: FakeTerraform) -> None:
    """The values of a spec are in the reasons of the plan."""
    events = _events(_hook("refresh_complete"))
    terraform.set(plan=(2, events, ""), show=(0, _plan("update"), ""))
    folder = project.root / ".terraform/owscale"
    folder.mkdir(parents=True)
    (folder / "applied.json").write_text(json.dumps({"name": TEXT, TEXT: TEXT, "redis": TEXT}))
    _run(project, "plan", code=1)


def test_apply(project: Project, terraform: FakeTerraform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("owscale.cli.commands.tf._create_plan.evaluate_plan", _passed)
    steps = [_hook("apply_start"), _hook("apply_progress")]
    terraform.set(plan=(2, _events(_hook("refresh_complete")), ""), show=(0, _plan("create"), ""))
    terraform.set(state_pull=(0, "{}", ""), init=(0, "", ""))
    _run(project, "plan", code=0)
    terraform.set(apply=(1, _events(*steps, _hook("apply_errored"), _diagnostic("error")) + TEXT, ""))
    assert "terraform apply failed" in _run(project, "apply", "--yes", code=1)
    terraform.set(apply=(0, _events(*steps, _hook("apply_complete"), _diagnostic("warning")) + TEXT, ""))
    _run(project, "plan", code=0)
    assert "applied 1 of 1 steps" in _run(project, "apply", "--yes", code=0)


def _passed(
    plan: Plan, deployment: Deployment, files: Mapping[str, str], _own: Collection[str], **_: object
) -> PolicyResult:
    """Return the result without its violations: the name in the plan is not one that owscale generates."""
    return replace(evaluate_plan(plan, deployment, files), violations=())


def test_output(project: Project, terraform: FakeTerraform) -> None:
    outputs = {TEXT: {"value": TEXT, "sensitive": False}, "::a": {"value": {TEXT: [TEXT]}, "sensitive": False}}
    terraform.set(output=(0, json.dumps(outputs), ""))
    _run(project, "output", code=0)
    _run(project, "output", "--output-format", "json", code=0)
    assert json.loads(project.stdout)[TEXT] == TEXT
    terraform.set(output=(0, json.dumps({TEXT: TEXT}), ""))
    _run(project, "output", code=1)
    terraform.set(output=(1, TEXT, TEXT))
    _run(project, "output", code=1)


def test_status(project: Project, terraform: FakeTerraform, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = {"who": TEXT, "created": TEXT, "operation": TEXT, "id": TEXT}
    monkeypatch.setattr("owscale.verify.state_lock.lock_holder", lambda *_, **__: holder)
    resource = {"mode": "managed", "module": TEXT, "instances": [{}]}
    state = {"serial": TEXT, "lineage": TEXT, "terraform_version": TEXT, "resources": [resource]}
    terraform.set(state_pull=(0, json.dumps(state), ""))
    assert "lock: held by" in _run(project, "status", code=0)
    _run(project, "status", "--output-format", "json", code=0)
    assert json.loads(project.stdout)["lock"]["held"] == holder
    terraform.set(state_pull=(0, f"{{{TEXT}", ""))
    _run(project, "status", code=1)


def test_progress_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    progress = RunProgress(sys.stderr, 2)
    for kind in ("apply_start", "apply_progress", "apply_complete"):
        progress.step({"@message": TEXT} | _hook(kind))
    progress.print_line(TEXT)
    progress.clear()
    text = capsys.readouterr().err
    assert "\r\x1b[K" in text
    require_harmless(text.replace("\r\x1b[K", "\n"))


def test_own_terraform_with_a_hostile_name(project: Project, terraform: FakeTerraform) -> None:
    terraform.set(init=(1, "", TEXT))
    folder = project.root / "modules"
    (folder / f"{TEXT}.tf").write_text('data "external" "::error::a" {}\n')
    (folder / "main.tf").write_text(f'module "a" {{\n  source = {json.dumps(TEXT)}\n}}\n{TEXT}')
    _run(project, "plan", code=1)
