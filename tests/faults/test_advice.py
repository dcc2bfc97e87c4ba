"""What is said of each error: texts as Terraform 1.11 and the AWS provider 5.100 print them."""

import re
from pathlib import Path

import pytest

from generator.terraform.faults import FAULTS, Names, advice, told

NAMES = Names(
    root=Path("out/chat/production"),
    bucket="states",
    key="chat.tfstate",
    region="eu-west-1",
    state_region="eu-central-1",
    table="locks",
    profile="platform",
    plan="owscale tf plan --env production",
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
            "Terraform 1.99.0: install",
        ),
        ("state snapshot was created by Terraform v1.99.0, which is newer than current v1.11.4", "Terraform 1.99.0:"),
    ],
    "stale plan": [("Saved plan is stale\nThe given plan file can no longer be applied", "run owscale tf plan")],
    "ephemeral variable": [
        ('The ephemeral input variable "webui_secret_key" was not set during the planning phase', "holds no secret")
    ],
    "prevent_destroy": [
        (
            "Instance cannot be destroyed\nResource module.load_balancer.aws_lb.this has\nlifecycle.prevent_destroy",
            "module.load_balancer.aws_lb.this is protected",
        )
    ],
    "backend changed": [
        ("Error: Backend configuration changed\nA change in the backend configuration", "init -migrate-state"),
        ("Backend initialization required, please run terraform init", "init -reconfigure"),
    ],
    "lock file": [("Error: Inconsistent dependency lock file", "owscale generate")],
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
            "describe-table --table-name locks --region eu-central-1 --profile platform",
        )
    ],
    "bucket missing": [
        (
            'S3 bucket "states" does not exist. StatusCode: 404, NoSuchBucket:',
            "aws s3 ls s3://states --profile platform",
        )
    ],
    "lock held": [
        (LOCKED.format("ConditionalCheckFailedException: The conditional request failed"), "anna@laptop has held"),
        (LOCKED.format("api error PreconditionFailed: At least one of"), "since 2000-01-01 12:00:00 +0000 UTC (plan)"),
    ],
    "no credentials": [
        ("Error: No valid credential sources found", "aws configure sso --profile platform"),
        ("Error: failed to get shared config profile, platform", "aws configure sso --profile platform"),
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

_CASES = [pytest.param(name, *case, id=f"{name}-{n}") for name, of in TEXTS.items() for n, case in enumerate(of)]


def test_every_fault_has_its_text() -> None:
    assert list(TEXTS) == [fault.name for fault in FAULTS]


@pytest.mark.parametrize(("name", "text", "hint"), _CASES)
def test_advice(name: str, text: str, hint: str) -> None:
    flat = re.sub(r"\s+", " ", text)
    assert next(fault.name for fault in FAULTS if fault.pattern.search(flat)) == name
    assert hint in advice(text, NAMES)


def test_nothing_is_made_up() -> None:
    assert advice("Error: Invalid count argument", NAMES) == ""
    assert told("terraform plan failed", "Error: Invalid count argument", NAMES) == (
        "out/chat/production: terraform plan failed\n  Error: Invalid count argument"
    )


def test_the_box_and_the_dangerous_option_are_left_out() -> None:
    boxed = "\n".join(["╷", *(f"│ {line}" for line in LOCKED.format("PreconditionFailed").splitlines()), "╵"])
    said = told("terraform plan failed", boxed, NAMES)
    assert "│" not in said
    assert "-lock=false" not in said
    assert "force-unlock 6a314c19" in said
