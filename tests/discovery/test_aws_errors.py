"""Errors of AWS while an account is read."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from owscale.aws_api.calls import CallError
from owscale.aws_api.client import AwsAccount
from owscale.discovery.aws_reader import CALLS
from tests._support.discovery.account_parts import AccountParts
from tests._support.discovery.accounts import Build, cloud_map, complete, no_access_point
from tests._support.discovery.init_run import init_from_aws

pytestmark = pytest.mark.usefixtures("emulated")


@pytest.mark.parametrize("build", [no_access_point, cloud_map])
def test_command_without_any_permission_writes_a_spec(tmp_path: Path, build: Build) -> None:
    run = init_from_aws(build(), tmp_path, denied=CALLS)
    assert run.run.code == 0, run.run.err
    assert "Not read\n  ecs:DescribeServices is denied\n" in run.report
    assert run.checked.errors == ()
    assert "  service: webui3 # --service\n" in run.spec


def test_expired_credentials_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = complete()

    def expire(_account: AwsAccount, name: str, /, **_arguments: Any) -> dict[str, Any]:
        raise CallError("the AWS credentials have expired", hint="log in", action=name, reason="credentials")

    monkeypatch.setattr(AwsAccount, "call", expire)
    run = init_from_aws(aws, tmp_path)
    assert (run.run.code, run.run.err) == (1, "the AWS credentials have expired\n  hint: log in\n")
    assert list(tmp_path.iterdir()) == []


def test_other_call_is_impossible() -> None:
    AccountParts()
    account = AwsAccount("eu-west-1", None, CALLS)
    for name in ("secretsmanager:GetSecretValue", "ecs:DeleteService", "ssm:GetParameter"):
        with pytest.raises(ValueError, match="is not in the list of calls"):
            account.call(name)


def test_missing_boto3_is_an_error(tmp_path: Path) -> None:
    program = "import sys; sys.modules['boto3'] = None; from owscale.cli.main import main; sys.exit(main())"
    source = ("--from-aws", "--cluster", "prod", "--service", "webui3")
    command = [sys.executable, "-c", program, "init", str(tmp_path), *source]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- fixed arguments
    assert run.returncode == 1
    assert "boto3 is not installed; reading an AWS account needs it\n  hint: run `" in run.stderr
    assert "or read a file with `--from-taskdef FILE`" in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_unknown_profile_is_an_error(tmp_path: Path) -> None:
    run = init_from_aws(AccountParts(), tmp_path, "--profile", "unknown")
    message = "AWS profile unknown does not exist on this machine\n  hint: run `aws configure sso --profile unknown`\n"
    assert (run.run.code, run.run.err) == (1, message)
    assert list(tmp_path.iterdir()) == []
