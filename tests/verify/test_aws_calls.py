"""Credentials and permissions of the calls to AWS."""

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
from moto.iam.access_control import IAMRequestBase

from owscale.verify.aws_calls import CALLS
from tests._support.applied_deployment import ACCOUNT, REGION, AppliedDeployment
from tests._support.cases import PROJECT

_PROFILE = """\
[profile platform]
region = eu-west-1
aws_access_key_id = test
aws_secret_access_key = test
"""


def _documented_policy() -> dict[str, Any]:
    """Return the policy in docs/verify.md."""
    [text] = re.findall(r"```json\n(\{\n  \"Version\".*?)```", (PROJECT / "docs/verify.md").read_text(), re.DOTALL)
    policy: dict[str, Any] = json.loads(text)
    return policy


def _actions(policy: dict[str, Any]) -> list[str]:
    actions: list[str] = policy["Statement"][0]["Action"]
    return actions


@contextmanager
def _user_with(policy: dict[str, Any], applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Use the credentials of a user with this policy, in an AWS that enforces it."""
    iam = boto3.Session("test", "test", region_name=REGION).client("iam", endpoint_url=applied.url)
    iam.create_user(UserName=applied.name)
    # The emulator names CloudWatch by its endpoint, `monitoring`; IAM names it `cloudwatch`.
    document = json.dumps(policy).replace("cloudwatch:", "monitoring:")
    iam.put_user_policy(UserName=applied.name, PolicyName="verify", PolicyDocument=document)
    key = iam.create_access_key(UserName=applied.name)["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    # The emulator computes a wrong signature for the requests of EFS; these tests are about permissions.
    monkeypatch.setattr(IAMRequestBase, "check_signature", lambda _: None)
    with enable_iam_authentication():
        yield
    iam.delete_access_key(UserName=applied.name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName=applied.name, PolicyName="verify")
    iam.delete_user(UserName=applied.name)


def test_documented_policy_has_the_calls() -> None:
    assert _actions(_documented_policy()) == list(CALLS)


def test_documented_policy_is_sufficient(applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    with _user_with(_documented_policy(), applied, monkeypatch):
        assert applied.verify() == 0, applied.stdout


@pytest.mark.parametrize("action", _actions(_documented_policy()))
def test_missing_permission_is_named(applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    policy = _documented_policy()
    _actions(policy).remove(action)
    with _user_with(policy, applied, monkeypatch):
        assert applied.verify("--skip", "http", "--timeout", "60") == 1
    assert f"{action} is denied\n" in applied.stdout
    assert f"hint: allow {action}, which only reads, in the IAM policy of these credentials\n" in applied.stdout
    assert "waiting" not in applied.stderr


def test_missing_credentials_are_an_error(applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert applied.verify() == 1
    assert applied.stdout == ""
    assert applied.stderr == (
        "there are no AWS credentials\n  hint: run `aws sso login`, or set new keys, or set AWS_PROFILE\n"
    )


def test_unknown_profile_is_an_error(applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    applied.spec["aws"]["profile"] = "platform"
    assert applied.verify() == 1
    assert (
        "AWS profile platform does not exist on this machine\n  hint: run `aws configure sso --profile platform`"
        in applied.stderr
    )
    monkeypatch.setenv("TF_VAR_aws_profile", "")
    assert applied.verify() == 0


def test_profile_of_the_spec_is_used_and_named_in_hints(
    applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(_PROFILE)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    applied.spec["aws"]["profile"] = "platform"
    applied.replication_group.status = "modifying"
    assert applied.verify() == 1
    assert f"--profile platform --region {REGION}" in applied.stdout


def test_missing_sso_session_is_an_error(
    applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    lines = ("sso_start_url = https://sso.invalid", "sso_region = eu-west-1", f"sso_account_id = {ACCOUNT}")
    config.write_text("\n".join(["[profile platform]", *lines, "sso_role_name = admin", ""]))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    applied.spec["aws"]["profile"] = "platform"
    assert applied.verify() == 1
    assert applied.stderr.splitlines()[1] == "  hint: run `aws sso login --profile platform`"


def test_credentials_of_another_account_are_an_error(applied: AppliedDeployment) -> None:
    other = "210987654321"
    database = applied.spec["existing"]["database"]
    applied.spec["aws"]["account_id"] = other
    database["url_secret_arn"] = database["url_secret_arn"].replace(ACCOUNT, other)
    applied.outputs["target_group_arn"] = applied.outputs["target_group_arn"].replace(ACCOUNT, other)
    assert applied.verify() == 1
    assert applied.stdout == ""
    assert f"the credentials belong to account {ACCOUNT}; aws.account_id is {other}" in applied.stderr


@contextmanager
def _server(status: int, text: str) -> Iterator[str]:
    """Run a server that gives the same response to every request, and yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the base class
            """Print nothing."""

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
    ("code", "message"),
    [
        ("ExpiredToken", "the AWS credentials have expired\n  hint: run `aws sso login`, or set new keys\n"),
        (
            "InvalidClientTokenId",
            "AWS rejects the credentials (InvalidClientTokenId)\n  hint: run `aws sso login`, or set new keys\n",
        ),
        ("Throttling", "sts:GetCallerIdentity: Throttling: reason of the test\n"),
    ],
)
def test_rejected_credentials_are_an_error(
    applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    error = f"<Error><Code>{code}</Code><Message>reason of the test</Message></Error>"
    with _server(400, f"<ErrorResponse>{error}</ErrorResponse>") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
        assert applied.verify() == 1
    assert message in applied.stderr


def test_credentials_that_expire_during_a_run_are_not_retried(
    applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _server(400, json.dumps({"__type": "ExpiredTokenException", "message": "reason of the test"})) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", url)
        assert applied.verify("--only", "service", "--timeout", "60") == 1
    assert applied.stdout.count("the AWS credentials have expired") == 3


def test_response_of_a_proxy_fails(applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    with _server(200, "<html><br>please log in") as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ELASTICACHE", url)
        lines = applied.verify_one("redis.available")
    assert "elasticache:DescribeReplicationGroups: the response is not from AWS\n" in lines


def test_missing_connection_to_aws_fails(applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    with _server(200, "") as url:
        pass
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", url)
    lines = applied.verify_one("service.tasks")
    assert "ecs:DescribeServices: no connection to AWS (EndpointConnectionError)\n" in lines
