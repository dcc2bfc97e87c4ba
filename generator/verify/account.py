"""The test account of the checks of tasks: from a secret, or from the environment, never from the spec."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from owscale.aws_api.calls import Caller
from owscale.errors import OwscaleError, UsageError
from owscale.verify.aws_calls import ACCOUNT_CALL
from owscale.verify.check import CheckError

FROM_ENVIRONMENT = "env"
"""The value of `--account` that reads the variables below."""

VARIABLES = {
    "email": "OWSCALE_VERIFY_EMAIL",
    "password": "OWSCALE_VERIFY_PASSWORD",
    "token": "OWSCALE_VERIFY_TOKEN",
}
"""The variables of the account; a secret has the keys of this table."""

_SECRET_ARN = re.compile(r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^\s:]+")


@dataclass(frozen=True)
class Account:
    """A user of Open WebUI: an e-mail address and a password, or the token of a session."""

    email: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


def is_secret(source: str) -> bool:
    """Whether an account is read from AWS. Raises UsageError for a source of another form."""
    if source == FROM_ENVIRONMENT:
        return False
    if _SECRET_ARN.fullmatch(source):
        return True
    raise UsageError(
        "--account: neither `env` nor the ARN of a secret",
        hint="write `--account env`, or the ARN of a secret of Secrets Manager",
    )


def read_account(source: str, call_aws: Caller) -> Account:
    """Return the account of a source. Raises OwscaleError if it is incomplete or cannot be read."""
    if not is_secret(source):
        return _account(
            {name: os.environ.get(variable, "") for name, variable in VARIABLES.items()},
            "the environment has no account for --account env",
            f"set {VARIABLES['email']} and {VARIABLES['password']}, or {VARIABLES['token']}",
        )
    try:
        text = call_aws(ACCOUNT_CALL, SecretId=source).get("SecretString", "")
    except CheckError as error:
        raise OwscaleError(error.outcome.evidence, hint=error.outcome.hint) from error
    values: object
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):  # RecursionError: brackets nested without limit
        values = None
    return _account(
        values, f"{source}: not an account", 'write its value as {"email": "…", "password": "…"}, or {"token": "…"}'
    )


def _account(values: object, problem: str, hint: str) -> Account:
    if isinstance(values, Mapping):
        texts = {name: value for name in VARIABLES if isinstance(value := values.get(name, ""), str)}
        if texts.get("token") or (texts.get("email") and texts.get("password")):
            return Account(**texts)
    raise OwscaleError(problem, hint=hint)
