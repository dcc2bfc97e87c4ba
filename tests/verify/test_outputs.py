"""Where the outputs come from, and which are refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from generator import cli
from tests.cases import GOLDEN
from tests.verify.stage import Stage

_SPEC = GOLDEN / "minimal/spec.yaml"
_ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/chat/0"
_GOOD = {
    "alb_dns_name": "internal-chat.elb.invalid",
    "dashboard_url": "https://console.invalid",
    "log_group_name": "/ecs/chat",
    "service_name": "chat",
    "target_group_arn": _ARN,
    "task_definition_arn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/chat:1",
}


def _document(**changes: Any) -> dict[str, Any]:
    made = _GOOD | changes
    return {name: {"sensitive": False, "type": "string", "value": value} for name, value in made.items()}


def _verify(*arguments: str | Path) -> int:
    return cli.main(["verify", "--spec", str(_SPEC), "--timeout", "0", *map(str, arguments)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Warning: Deprecated Parameter\n{}", ": not JSON\n  hint: it must be what `terraform output -json` prints"),
        ("[" * 100000, ": not JSON"),
        ("[]", ": not a mapping"),
        ("{}", ": no outputs, so nothing has been applied yet\n  hint: apply it first"),
        (json.dumps({"alb_dns_name": "chat"}), ": alb_dns_name is no text"),
        (json.dumps(_document(log_group_name="")), ": log_group_name is no text"),
        (json.dumps(_document(log_group_name=1)), ": log_group_name is no text"),
        (
            json.dumps({**_document(), "service_name": None}),
            ": service_name is missing\n  hint: make generate, and apply",
        ),
        (json.dumps(_document(service_name="other")), ": the outputs are of the service other, and the spec says chat"),
        (
            json.dumps(_document(target_group_arn=_ARN.replace("eu-west-1", "us-east-1"))),
            ": the outputs are of the region us-east-1, and the spec says eu-west-1",
        ),
        (
            json.dumps(_document(target_group_arn="arn")),
            ": the outputs are of the region , and the spec says eu-west-1",
        ),
    ],
)
def test_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str) -> None:
    path = tmp_path / "outputs.json"
    path.write_text(text)
    assert _verify("--outputs", path) == 1
    seen = capsys.readouterr()
    assert f"{path}{said}" in seen.err
    assert seen.out == ""


def test_account_of_the_spec(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.outputs["target_group_arn"] = _ARN
    stage.outputs["service_name"] = stage.name
    assert stage.owscale() == 1
    assert "the outputs are of the account 111122223333" in capsys.readouterr().err


def test_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _verify("--outputs", tmp_path / "none") == 1
    assert f"{tmp_path / 'none'}: No such file or directory" in capsys.readouterr().err
    (tmp_path / "bytes").write_bytes(b"\xff")
    assert _verify("--outputs", tmp_path / "bytes") == 1
    assert f"{tmp_path / 'bytes'}: not UTF-8 text" in capsys.readouterr().err


def test_root_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _verify("--out", tmp_path) == 1
    assert "minimal/production: not there\n  hint: make generate writes it" in capsys.readouterr().err


def test_terraform_is_asked(terraform: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001 -- the binary must be there
    root = tmp_path / "minimal/production"
    root.mkdir(parents=True)
    (root / "main.tf").write_text('terraform {\n  backend "local" {\n    path = "elsewhere"\n  }\n}\n')
    assert _verify("--out", tmp_path) == 1
    said = capsys.readouterr().err
    assert f"terraform output in {root} failed" in said
    assert f"hint: terraform -chdir={root} init" in said
    (root / "main.tf").unlink()
    outputs = {name: {"value": value, "type": "string"} for name, value in _GOOD.items()}
    state = {"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "a", "resources": []}
    (root / "terraform.tfstate").write_text(json.dumps(state | {"outputs": outputs}))
    assert _verify("--out", tmp_path, "--only", "http.health") == 1
    assert "internal-chat.elb.invalid: DNS does not know this name" in capsys.readouterr().out
