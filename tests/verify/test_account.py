"""The test account: from the environment or a secret, and the errors of an incomplete one."""

import json
import sys

import pytest

from owscale.errors import OwscaleError, UsageError
from owscale.verify.account import Account, is_secret, read_account
from owscale.verify.check import CheckError, failed
from tests._support.applied_deployment import REGION, AppliedDeployment

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:openwebui/probe-AbCdEf"


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("OWSCALE_VERIFY_EMAIL", "OWSCALE_VERIFY_PASSWORD", "OWSCALE_VERIFY_TOKEN"):
        monkeypatch.delenv(variable, raising=False)


def _no_aws(*_arguments: str, **_named: str) -> dict[str, str]:
    raise AssertionError("called AWS")


@pytest.mark.parametrize(
    ("variables", "account"),
    [
        ({"OWSCALE_VERIFY_EMAIL": "a@b.c", "OWSCALE_VERIFY_PASSWORD": "p"}, Account("a@b.c", "p")),
        ({"OWSCALE_VERIFY_TOKEN": "t"}, Account("", "", "t")),
    ],
)
def test_account_of_the_environment(
    variables: dict[str, str], account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert read_account("env", _no_aws) == account


def test_incomplete_environment_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWSCALE_VERIFY_EMAIL", "a@b.c")
    with pytest.raises(OwscaleError, match="no account for --account env") as raised:
        read_account("env", _no_aws)
    assert "OWSCALE_VERIFY_PASSWORD" in raised.value.hint


@pytest.mark.parametrize(
    "text", ["", "[1]", "{", '{"email": "a@b.c"}', '{"email": 1, "password": 2}', "[" * 100000], ids=range(6)
)
def test_secret_of_another_form_is_an_error_without_its_value(text: str) -> None:
    with pytest.raises(OwscaleError) as raised:
        read_account(ARN, lambda *_arguments, **_named: {"SecretString": text})
    assert raised.value.message == f"{ARN}: not an account"


def test_secret_that_cannot_be_read_is_an_error() -> None:
    def deny(*_arguments: str, **_named: str) -> dict[str, str]:
        raise CheckError(failed("secretsmanager:GetSecretValue is denied", "allow it"))

    with pytest.raises(OwscaleError, match="is denied"):
        read_account(ARN, deny)


@pytest.mark.parametrize("source", ["", "environment", "probe@example.com", "arn:aws:s3:::bucket", "openwebui/probe"])
def test_other_sources_are_a_usage_error(source: str) -> None:
    with pytest.raises(UsageError, match="neither `env` nor the ARN of a secret"):
        is_secret(source)


def test_passwords_are_not_in_the_text_of_an_account() -> None:
    assert "secret" not in repr(Account("a@b.c", "secret", "secret"))


def test_account_of_a_secret_in_aws(applied: AppliedDeployment) -> None:
    secrets = applied.client("secretsmanager")
    arn = secrets.create_secret(Name=f"{applied.name}/probe", SecretString=json.dumps({"token": "t"}))["ARN"]
    assert REGION in arn
    # The server of these tests has no static files, so the first check of tasks fails, but the account was read.
    assert applied.verify("--only", "tasks.reached", "--account", arn) == 1
    assert "/static/favicon.png" in applied.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--only", "tasks"), "--only tasks: these checks sign in, and there is no account"),
        (("--only", "tasks.stop"), "--only tasks.stop: these checks sign in, and there is no account"),
        (("--model", "m"), "--model is for the checks of tasks"),
        (("--task", "http://127.0.0.1:1"), "--task is for the checks of tasks"),
        (("--account", "x"), "--account: neither `env` nor the ARN of a secret"),
        (("--only", "tasks", "--account", "env", "--task", "x"), "--task: not a URL"),
    ],
)
def test_options_that_lack_another_are_usage_errors(
    applied: AppliedDeployment, arguments: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWSCALE_VERIFY_TOKEN", "t")
    assert applied.verify(*arguments) == 2
    assert message in applied.stderr


def test_checks_of_tasks_do_not_run_without_an_account(applied: AppliedDeployment) -> None:
    document = applied.verify_json(code=0)
    assert not [check for check in document["checks"] if check["name"].startswith("tasks.")]


def test_missing_library_is_named(applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "owscale.verify.tasks_checks", raising=False)
    monkeypatch.delitem(sys.modules, "owscale.verify.socketio_client", raising=False)
    for module in ("websockets", "websockets.exceptions", "websockets.sync", "websockets.sync.client"):
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setenv("OWSCALE_VERIFY_TOKEN", "t")
    assert applied.verify("--account", "env") == 1
    assert "websockets" in applied.stderr
    assert "is not installed; the checks of tasks need it" in applied.stderr
