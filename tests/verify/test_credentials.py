"""Who asks AWS, and what they may."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
from moto.core.authorization import enable_iam_authentication

from tests.cases import PROJECT
from tests.verify.stage import ACCOUNT, REGION, Stage

_PROFILE = """\
[profile platform]
region = eu-west-1
aws_access_key_id = test
aws_secret_access_key = test
"""


def _policy() -> dict[str, Any]:
    """The one that docs/verify.md asks for."""
    [text] = re.findall(r"```json\n(\{\n  \"Version\".*?)```", (PROJECT / "docs/verify.md").read_text(), re.DOTALL)
    policy: dict[str, Any] = json.loads(text)
    return policy


def _actions(policy: dict[str, Any]) -> list[str]:
    actions: list[str] = policy["Statement"][0]["Action"]
    return actions


@contextmanager
def _allowed(stage: Stage, monkeypatch: pytest.MonkeyPatch, policy: dict[str, Any]) -> Iterator[None]:
    """The credentials of a user with this policy, and an AWS that looks at it."""
    iam = boto3.Session("test", "test", region_name=REGION).client("iam", endpoint_url=stage.url)
    iam.create_user(UserName=stage.name)
    # The emulator calls CloudWatch by the name of its endpoint, where IAM says cloudwatch.
    document = json.dumps(policy).replace("cloudwatch:", "monitoring:")
    iam.put_user_policy(UserName=stage.name, PolicyName="verify", PolicyDocument=document)
    key = iam.create_access_key(UserName=stage.name)["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    with enable_iam_authentication():
        yield
    iam.delete_access_key(UserName=stage.name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName=stage.name, PolicyName="verify")
    iam.delete_user(UserName=stage.name)


def test_documented_policy_is_enough(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with _allowed(stage, monkeypatch, _policy()):
        assert stage.owscale() == 0


@pytest.mark.parametrize("action", _actions(_policy()))
def test_missing_permission_is_named(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    policy = _policy()
    _actions(policy).remove(action)
    with _allowed(stage, monkeypatch, policy):
        assert stage.owscale("--skip", "http", "--timeout", "60") == 1
    said = capsys.readouterr()
    assert f"{action} is denied" in said.out
    assert f"next: allow {action}; docs/verify.md has the whole policy" in said.out
    assert "waiting" not in said.err


def test_no_credentials(stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert stage.owscale() == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "there are no AWS credentials\n  hint: aws sso login, or new keys; or set AWS_PROFILE\n"


def test_unknown_profile(stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stage.spec["aws"]["profile"] = "platform"
    assert stage.owscale() == 1
    assert "there is no AWS profile platform on this machine\n  hint: aws configure sso" in capsys.readouterr().err
    monkeypatch.setenv("TF_VAR_aws_profile", "")
    assert stage.owscale() == 0


def test_profile_is_used_and_told(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(_PROFILE)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    stage.spec["aws"]["profile"] = "platform"
    stage.group.status = "modifying"
    assert stage.owscale() == 1
    assert f"--profile platform --region {REGION}" in capsys.readouterr().out


def test_sso_session_that_is_over(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    lines = ("sso_start_url = https://sso.invalid", "sso_region = eu-west-1", f"sso_account_id = {ACCOUNT}")
    config.write_text("\n".join(["[profile platform]", *lines, "sso_role_name = admin", ""]))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    stage.spec["aws"]["profile"] = "platform"
    assert stage.owscale() == 1
    assert capsys.readouterr().err.splitlines()[1] == "  hint: aws sso login --profile platform"


def test_other_account(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.spec["aws"]["account_id"] = "210987654321"
    stage.spec["existing"]["database"]["url_secret_arn"] = stage.spec["existing"]["database"]["url_secret_arn"].replace(
        ACCOUNT, "210987654321"
    )
    stage.outputs["target_group_arn"] = stage.outputs["target_group_arn"].replace(ACCOUNT, "210987654321")
    assert stage.owscale() == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert f"the credentials are of the account {ACCOUNT}, and aws.account_id is 210987654321" in said.err


@contextmanager
def _answering(status: int, text: str) -> Iterator[str]:
    """An AWS that answers the same to everything."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name that the base class gives it
            """Tests are quiet."""

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ExpiredToken", "the AWS credentials have expired\n  hint: aws sso login, or new keys\n"),
        ("InvalidClientTokenId", "AWS does not know these credentials (InvalidClientTokenId)\n  hint: aws sso login"),
        ("Throttling", "sts:GetCallerIdentity: Throttling: of the test\n"),
    ],
)
def test_credentials_that_aws_refuses(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    xml = f"<ErrorResponse><Error><Code>{code}</Code><Message>of the test</Message></Error></ErrorResponse>"
    with _answering(400, xml) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
        assert stage.owscale() == 1
    assert said in capsys.readouterr().err


def test_credentials_that_expire_during_a_run(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with _answering(400, json.dumps({"__type": "ExpiredTokenException", "message": "of the test"})) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", url)
        assert stage.owscale("--only", "service", "--timeout", "60") == 1
    assert capsys.readouterr().out.count("the AWS credentials have expired") == 3


def test_proxy_that_answers_for_aws(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with _answering(200, "<html><br>please log in") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ELASTICACHE", url)
        assert stage.owscale("--only", "redis.available") == 1
    assert "elasticache:DescribeReplicationGroups: the answer is not one of AWS" in capsys.readouterr().out


def test_no_way_to_aws(stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with _answering(200, "") as url:
        pass
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", url)
    assert stage.owscale("--only", "service.tasks") == 1
    assert "ecs:DescribeServices: AWS cannot be reached (EndpointConnectionError)" in capsys.readouterr().out
