"""What keeps a plan from being made, each with what to do about it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.world import BUCKET, TABLE
from tests.faults.between import Between
from tests.faults.small import Small

pytestmark = pytest.mark.xdist_group("faults")

LOCK = {
    "ID": "6a314c19-8d13-c48e-b662-d445387e37ec",
    "Operation": "OperationTypeApply",
    "Who": "anna@laptop",
    "Version": "1.11.4",
    "Created": "2000-01-01T12:00:00.123456789Z",
    "Info": "",
}


def refused(small: Small, *expected: str) -> str:
    """Asserts that a plan fails, saying all of it, and saves nothing."""
    told = small.tf("plan")
    assert told.code == 1
    for text in expected:
        assert text in told.err
    assert "Traceback" not in told.err
    assert not small.plan_file.exists()
    return told.err


def _binary(folder: Path, script: str) -> None:
    folder.mkdir()
    (folder / "terraform").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "terraform").chmod(0o755)


def test_no_binary(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    refused(small, "terraform is not on PATH\n  hint: install Terraform 1.11 or newer")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("""echo '{"terraform_version": "1.5.7"}'""", "terraform on PATH is 1.5.7, and "),
        ("echo nonsense", "terraform on PATH does not tell its version: nonsense"),
    ],
)
def test_binary_of_another_age(
    script: str, told: str, small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _binary(tmp_path / "bin", script)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    refused(small, told, "hint: ", "https://developer.hashicorp.com/terraform/install")


def test_provider_not_found(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plugins/registry.terraform.io/hashicorp/aws").mkdir(parents=True)
    monkeypatch.setenv("TF_PLUGIN_DIR", str(tmp_path / "plugins"))
    refused(small, "terraform init failed", "hint: the AWS provider could not be fetched", "TF_PLUGIN_DIR=FOLDER")


def test_no_credentials(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    refused(small, "there are no AWS credentials here: aws configure sso --profile emulated")
    del small.spec["aws"]["profile"]
    small.generate()
    refused(small, "there are no AWS credentials here: aws sso login\n")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("ExpiredToken", "hint: the credentials have expired: aws sso login --profile emulated"),
        ("AccessDenied", "aws sts get-caller-identity --profile emulated"),
    ],
)
def test_credentials_that_are_refused(code: str, hint: str, small: Small, between: Between) -> None:
    between.refused = ("GetCallerIdentity", code, "no")
    refused(small, hint)


def test_access_denied_to_the_state(small: Small, between: Between) -> None:
    between.refused = (f"^(GET|HEAD) /{BUCKET}/", "AccessDenied", "no")
    refused(
        small,
        f"GetObject, PutObject and DeleteObject on s3://{BUCKET}/{small.name}.tfstate",
        f"GetItem, PutItem and DeleteItem on the table {TABLE}",
    )


def test_access_denied_in_a_plan(small: Small, between: Between) -> None:
    between.refused = ("Action=DescribeVpcs", "UnauthorizedOperation", "no")
    refused(small, "terraform plan failed", "these credentials may not do that")


def test_no_bucket(small: Small) -> None:
    small.spec["state"]["bucket"] = "nobody-made-this"
    small.generate()
    refused(small, "aws s3 ls s3://nobody-made-this --profile emulated\n", "correct state.bucket")


def test_no_lock_table(small: Small) -> None:
    small.spec["state"]["dynamodb_table"] = "nobody-made-this"
    small.generate()
    command = "aws dynamodb describe-table --table-name nobody-made-this --region us-east-1 --profile emulated\n"
    refused(small, command, "correct state.dynamodb_table")


def _by_table(small: Small) -> None:
    item: Any = {"LockID": {"S": f"{BUCKET}/{small.name}.tfstate"}, "Info": {"S": json.dumps(LOCK)}}
    small.world.client("dynamodb").put_item(TableName=TABLE, Item=item)


def _by_file(small: Small) -> None:
    small.spec["state"] = {key: small.spec["state"][key] for key in ("bucket", "key")} | {"use_lockfile": True}
    small.generate()
    body = json.dumps(LOCK | {"Path": f"{BUCKET}/{small.name}.tfstate"}).encode()
    small.world.client("s3").put_object(Bucket=BUCKET, Key=f"{small.name}.tfstate.tflock", Body=body)


@pytest.mark.parametrize("lock", [_by_table, _by_file])
def test_lock_that_somebody_holds(lock: Any, small: Small) -> None:
    lock(small)
    folder = small.root.relative_to(Path.cwd())
    said = refused(
        small,
        "anna@laptop has held the lock since 2000-01-01 12:00:00 +0000 UTC (apply): wait",
        f"only if that run is surely dead, and as the last resort: terraform -chdir={folder} force-unlock {LOCK['ID']}",
    )
    assert "-lock=false" not in said
    status = small.tf("status")
    assert f"lock: held by anna@laptop since {LOCK['Created']} (apply), ID {LOCK['ID']}" in status.out


def test_state_of_a_newer_terraform(small: Small) -> None:
    small.put_state({"version": 5, "terraform_version": "1.99.0", "serial": 1, "lineage": "a", "resources": []})
    refused(small, "hint: somebody applied this with Terraform 1.99.0: install that version or a newer one")


def test_backend_that_moved(small: Small) -> None:
    assert small.tf("output").code == 1  # nothing to show, but initialized
    small.spec["state"]["key"] = "elsewhere.tfstate"
    small.generate()
    refused(small, "init -migrate-state\n", "init -reconfigure")


def test_workspace(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_WORKSPACE", "mine")
    refused(small, "the workspace mine is selected", "hint: unset TF_WORKSPACE")


def test_output_that_was_not_generated(small: Small) -> None:
    small.spec["alarms"]["cpu_percent"] = 80
    Path("spec.yaml").write_text(json.dumps(small.spec))
    (small.root / "variables.tf").unlink()
    refused(small, "not as the spec gives it\n  hint: run `owscale generate --spec spec.yaml`")


def test_full_disk(small: Small) -> None:
    small.plan_file.parent.mkdir(parents=True)
    small.plan_file.with_name("next.tfplan.part").symlink_to("/dev/full")
    refused(small, "hint: the disk is full: make room, then run owscale tf plan")
