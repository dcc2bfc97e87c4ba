"""The sources of the outputs, and outputs that are rejected."""

import json
from pathlib import Path
from typing import Any

import pytest

from owscale.cli.main import main
from tests._support.applied_deployment import AppliedDeployment
from tests._support.cases import GOLDEN

_SPEC = GOLDEN / "minimal/spec.yaml"
_ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/chat/0"
_VALUES = {
    "alb_dns_name": "internal-chat.elb.invalid",
    "dashboard_url": "https://console.invalid",
    "log_group_name": "/ecs/chat",
    "service_name": "chat",
    "target_group_arn": _ARN,
    "task_definition_arn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/chat:1",
}


def _outputs(**changes: Any) -> dict[str, Any]:
    """Return the document of `terraform output -json`, with some values changed."""
    values = _VALUES | changes
    return {name: {"sensitive": False, "type": "string", "value": value} for name, value in values.items()}


def _verify(*arguments: str | Path) -> int:
    return main(["verify", "--spec", str(_SPEC), "--timeout", "0", *map(str, arguments)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[" * 100000, ": not JSON", id="nested"),
        pytest.param("[]", ": not a mapping", id="list"),
        pytest.param("{}", ": no outputs; nothing was applied yet\n  hint: run `owscale tf plan --spec ", id="empty"),
        pytest.param(json.dumps({"alb_dns_name": "chat"}), ": alb_dns_name is not an output", id="bare value"),
        pytest.param(json.dumps(_outputs(log_group_name="")), ": log_group_name is not a text", id="empty text"),
        pytest.param(json.dumps(_outputs(log_group_name=1)), ": log_group_name is not a text", id="number"),
        pytest.param(json.dumps({**_outputs(), "service_name": None}), ": service_name is not an output", id="null"),
        pytest.param(
            json.dumps({name: value for name, value in _outputs().items() if name != "service_name"}),
            ": service_name is missing\n  hint: run `owscale generate --spec ",
            id="missing",
        ),
        pytest.param(
            json.dumps(_outputs(service_name="other")),
            ": the outputs belong to service other; the spec has chat",
            id="other service",
        ),
        pytest.param(
            json.dumps(_outputs(target_group_arn=_ARN.replace("eu-west-1", "us-east-1"))),
            ": the outputs belong to region us-east-1; the spec has eu-west-1",
            id="other region",
        ),
        pytest.param(
            json.dumps(_outputs(target_group_arn="arn")),
            ": the outputs belong to region unknown; the spec has eu-west-1",
            id="not an ARN",
        ),
    ],
)
def test_invalid_outputs_are_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    path = tmp_path / "outputs.json"
    path.write_text(text)
    assert _verify("--outputs", path) == 1
    printed = capsys.readouterr()
    assert f"{path}{message}" in printed.err
    assert printed.out == ""


def test_text_before_the_outputs_is_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "outputs.json"
    path.write_text("Warning: Deprecated Parameter\n{}")
    assert _verify("--outputs", path) == 1
    stderr = capsys.readouterr().err
    assert f"{path}: not JSON\n  hint: " in stderr
    assert "the unchanged output of `terraform output -json`" in stderr


def test_outputs_of_another_account_are_rejected(applied: AppliedDeployment) -> None:
    applied.outputs["target_group_arn"] = _ARN
    assert applied.verify() == 1
    assert "the outputs belong to account 111122223333" in applied.stderr


def test_unreadable_file_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _verify("--outputs", tmp_path / "none") == 1
    assert f"{tmp_path / 'none'}: No such file or directory" in capsys.readouterr().err
    (tmp_path / "bytes").write_bytes(b"\xff")
    assert _verify("--outputs", tmp_path / "bytes") == 1
    assert f"{tmp_path / 'bytes'}: not text in UTF-8 or UTF-16" in capsys.readouterr().err


def test_missing_root_module_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _verify("--out", tmp_path) == 1
    assert "minimal/production: not found\n  hint: run `owscale generate --spec " in capsys.readouterr().err


@pytest.mark.usefixtures("terraform")
def test_outputs_are_read_from_terraform(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "minimal/production"
    root.mkdir(parents=True)
    (root / "main.tf").write_text('terraform {\n  backend "local" {\n    path = "elsewhere"\n  }\n}\n')
    assert _verify("--out", tmp_path) == 1
    stderr = capsys.readouterr().err
    assert f"{root}: terraform output failed\n  " in stderr
    assert f"hint: run `terraform -chdir={root} init`" in stderr
    (root / "main.tf").unlink()
    outputs = {name: {"value": value, "type": "string"} for name, value in _VALUES.items()}
    state = {"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "a", "resources": []}
    (root / "terraform.tfstate").write_text(json.dumps(state | {"outputs": outputs}))
    assert _verify("--out", tmp_path, "--only", "http.health") == 1
    assert "internal-chat.elb.invalid: DNS has no address for this name" in capsys.readouterr().out
