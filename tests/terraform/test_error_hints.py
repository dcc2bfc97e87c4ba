"""Hints for errors, on texts as Terraform 1.11 and the AWS provider 5.100 print them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from owscale.terraform.backend_config import BackendConfig
from owscale.terraform.error_hints import ERROR_HINTS, describe_operation, find_hint, terraform_error

BACKEND = BackendConfig(
    root=Path("out/chat/production"),
    bucket="states",
    key="chat.tfstate",
    state_region="eu-central-1",
    table="locks",
    profile="platform",
    plan_command="owscale tf plan --env production",
)

DYNAMODB = "operation error DynamoDB: PutItem, https response error StatusCode: 400, RequestID: Unc"
LOCKED = """\
Error acquiring the state lock
Error message: {0}
Lock Info:
  ID:        6a314c19
  Path:      states/chat.tfstate
  Operation: OperationTypePlan
  Who:       anna@laptop
  Created:   2000-01-01 12:00:00.5 +0000 UTC

Terraform acquires a state lock to protect the state from being written
by multiple users at the same time. For most commands, you can disable locking with the "-lock=false"
flag, but this is not recommended."""

TEXTS: dict[str, list[tuple[str, str]]] = {
    "state not saved": [
        ("Failed to persist state to backend", "state push errored.tfstate"),
        ('written to the file "errored.tfstate" in the current working directory', "state push errored.tfstate"),
    ],
    "disk full": [("Failed to write plan file: write x: no space left on device", "make room")],
    "state newer than the binary": [
        (
            "Unsupported state file format: This state file was created by Terraform 1.99.0.",
            "install Terraform 1.99.0 or newer",
        ),
        (
            "state snapshot was created by Terraform v1.99.0, which is newer than current v1.11.4",
            "Terraform 1.99.0 or newer",
        ),
    ],
    "stale plan": [
        ("Saved plan is stale\nThe given plan file can no longer be applied", "run `owscale tf plan --env production`")
    ],
    "ephemeral variable": [
        ('The ephemeral input variable "webui_secret_key" was not set during the planning phase', "contains no secret")
    ],
    "prevent_destroy": [
        (
            "Instance cannot be destroyed\nResource module.load_balancer.aws_lb.this has\nlifecycle.prevent_destroy",
            "remove the protection of module.load_balancer.aws_lb.this first",
        )
    ],
    "backend changed": [
        ("Error: Backend configuration changed\nA change in the backend configuration", "init -migrate-state"),
        ("Backend initialization required, please run terraform init", "init -reconfigure"),
    ],
    "lock file": [
        ("Error: Inconsistent dependency lock file", "owscale generate"),
        ("Error: Inconsistent dependency lock file", "init -upgrade`, review and commit it"),
    ],
    "provider not found": [
        ("Error: Failed to query available provider packages", "TF_PLUGIN_DIR"),
        ("Error: Required plugins are not installed", "TF_PLUGIN_DIR"),
    ],
    "expired": [
        ("api error ExpiredToken: The security token included in the request is expired", "aws sso login"),
        ("the SSO session has expired or is invalid", "aws sso login --profile platform"),
    ],
    "lock table missing": [
        (
            LOCKED.format(f"{DYNAMODB}, ResourceNotFoundException: Requested resource not found"),
            "`aws dynamodb describe-table --table-name locks --region eu-central-1 --profile platform`",
        )
    ],
    "bucket missing": [
        (
            'S3 bucket "states" does not exist. StatusCode: 404, NoSuchBucket:',
            "`aws s3 ls s3://states --profile platform`",
        )
    ],
    "lock held": [
        (
            LOCKED.format("ConditionalCheckFailedException: The conditional request failed"),
            "wait until anna@laptop releases the lock",
        ),
        (
            LOCKED.format("api error PreconditionFailed: At least one of"),
            "held since 2000-01-01 12:00:00 +0000 UTC (plan)",
        ),
    ],
    "no profile": [
        ("Error: failed to get shared config profile, platform", "run `aws configure sso --profile platform`"),
    ],
    "no credentials": [
        ("Error: No valid credential sources found", "run `aws sso login --profile platform`"),
    ],
    "rejected credentials": [
        ("api error InvalidClientTokenId: The security token is invalid", "run `aws sso login --profile platform`"),
    ],
    "access denied": [
        ("StatusCode: 403, api error AccessDenied: no", "aws sts get-caller-identity --profile platform"),
        ("api error UnauthorizedOperation: You are not authorized to perform", "s3://states/chat.tfstate"),
    ],
    "no connection": [
        ('request send failed, Post "https://x/": dial tcp 10.0.0.1:443: connect: connection refused', "network, VPN"),
        ("net/http: TLS handshake timeout", "network, VPN and proxy"),
    ],
}

_CASES = [
    pytest.param(name, *case, id=f"{name}-{number}")
    for name, cases in TEXTS.items()
    for number, case in enumerate(cases)
]


def test_every_hint_has_a_text() -> None:
    assert list(TEXTS) == [entry.name for entry in ERROR_HINTS]


@pytest.mark.parametrize(("name", "text", "hint"), _CASES)
def test_hint(name: str, text: str, hint: str) -> None:
    flat = re.sub(r"\s+", " ", text)
    assert next(entry.name for entry in ERROR_HINTS if entry.pattern.search(flat)) == name
    assert hint in find_hint(text, BACKEND)


def test_unknown_error_has_a_general_hint() -> None:
    assert find_hint("Error: Invalid count argument", BACKEND) == ""
    assert str(terraform_error("terraform plan failed", "Error: Invalid count argument", BACKEND)) == (
        "out/chat/production: terraform plan failed\n  Error: Invalid count argument\n"
        f"  hint: correct the error that Terraform reports, then run `{BACKEND.plan_command}`"
    )


def test_error_has_neither_the_frame_nor_lock_false() -> None:
    framed = "\n".join(["╷", *(f"│ {line}" for line in LOCKED.format("PreconditionFailed").splitlines()), "╵"])
    text = str(terraform_error("terraform plan failed", framed, BACKEND))
    assert "│" not in text
    assert "-lock=false" not in text
    assert "force-unlock 6a314c19" in text


@pytest.mark.parametrize(
    ("operation", "word"),
    [("OperationTypeApply", "apply"), ("OperationTypePlan", "plan"), ("", "unknown operation")],
)
def test_operation_of_a_lock(operation: str, word: str) -> None:
    assert describe_operation(operation) == word


def test_hint_names_no_profile_without_one() -> None:
    backend = replace(BACKEND, profile=None, table=None)
    assert find_hint("Error: No valid credential sources found", backend).startswith(
        "set AWS_PROFILE to one of the profiles that `aws configure list-profiles` prints, and run `aws sso login`\n"
    )
    assert "aws.profile" not in find_hint("Error: No valid credential sources found", backend)
    assert "AWS_PROFILE" in find_hint("Error: failed to get shared config profile, platform", backend)
    assert "AWS_PROFILE" in find_hint("InvalidClientTokenId", backend)
    assert "profile" not in find_hint("NoSuchBucket", backend)
    assert "on the table" not in find_hint("AccessDenied", backend)


def test_lock_file_of_terraform_does_not_suit_opentofu() -> None:
    hint = find_hint("Error: Inconsistent dependency lock file", replace(BACKEND, program="/usr/bin/tofu"))
    assert "add `keep: [.terraform.lock.hcl]` to the spec" in hint
    assert "`/usr/bin/tofu -chdir=" in hint
