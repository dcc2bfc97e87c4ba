"""Causes that make a plan fail, each with its hint."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests._support import shared_provider
from tests._support.disturbing_proxy import DisturbingProxy
from tests._support.emulator.account import BUCKET, TABLE
from tests._support.small_deployment import SmallDeployment

pytestmark = pytest.mark.xdist_group("failed plan")

LOCK = {
    "ID": "6a314c19-8d13-c48e-b662-d445387e37ec",
    "Operation": "OperationTypeApply",
    "Who": "anna@laptop",
    "Version": "1.11.4",
    "Created": "2000-01-01T12:00:00.123456789Z",
    "Info": "",
}


def require_failed_plan(small: SmallDeployment, *expected: str) -> str:
    """Plan, assert that this fails with all of the texts and saves no plan, and return stderr."""
    run = small.tf("plan")
    assert run.code == 1
    for text in expected:
        assert text in run.err, run.err
    assert "Traceback" not in run.err
    assert not small.plan_file.exists()
    return run.err


def _write_binary(folder: Path, script: str) -> None:
    folder.mkdir()
    (folder / "terraform").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "terraform").chmod(0o755)


def test_missing_binary(small: SmallDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    require_failed_plan(small, "terraform is not on PATH\n  hint: install Terraform 1.11 or newer")


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("""echo '{"terraform_version": "1.5.7"}'""", "terraform on PATH is 1.5.7; "),
        ("echo nonsense", "terraform on PATH reports no version: nonsense"),
    ],
)
def test_unsuitable_binary(
    script: str, problem: str, small: SmallDeployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_binary(tmp_path / "bin", script)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    require_failed_plan(
        small, problem, "hint: install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install"
    )


def test_provider_not_found(small: SmallDeployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(shared_provider.VARIABLE)
    (tmp_path / "plugins/registry.terraform.io/hashicorp/aws").mkdir(parents=True)
    monkeypatch.setenv("TF_PLUGIN_DIR", str(tmp_path / "plugins"))
    require_failed_plan(
        small, "terraform init failed", "the AWS provider could not be downloaded", "`TF_PLUGIN_DIR=DIRECTORY`"
    )


def test_no_credentials(small: SmallDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    require_failed_plan(small, "hint: create the profile of the spec on this machine: run `aws configure sso ")
    del small.spec["aws"]["profile"]
    small.generate()
    require_failed_plan(small, "hint: set AWS_PROFILE to one of the profiles that `aws configure list-profiles` prints")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("ExpiredToken", "hint: renew the expired credentials: run `aws sso login --profile emulated`"),
        ("AccessDenied", "run `aws sts get-caller-identity --profile emulated`"),
    ],
)
def test_rejected_credentials(code: str, hint: str, small: SmallDeployment, proxy: DisturbingProxy) -> None:
    proxy.rejected = ("GetCallerIdentity", code, "no")
    require_failed_plan(small, hint)


def test_access_denied_to_the_state(small: SmallDeployment, proxy: DisturbingProxy) -> None:
    proxy.rejected = (f"^(GET|HEAD) /{BUCKET}/", "AccessDenied", "no")
    require_failed_plan(
        small,
        f"GetObject, PutObject and DeleteObject on s3://{BUCKET}/{small.name}.tfstate",
        f"GetItem, PutItem and DeleteItem on the table {TABLE}",
    )


def test_access_denied_to_a_resource(small: SmallDeployment, proxy: DisturbingProxy) -> None:
    proxy.rejected = ("Action=DescribeVpcs", "UnauthorizedOperation", "no")
    require_failed_plan(small, "terraform plan failed", "hint: grant these credentials the missing permission")


def test_missing_bucket(small: SmallDeployment) -> None:
    small.spec["state"]["bucket"] = "missing-name"
    small.generate()
    require_failed_plan(small, "`aws s3 ls s3://missing-name --profile emulated`\n", "correct `state.bucket`")


def test_missing_lock_table(small: SmallDeployment) -> None:
    small.spec["state"]["dynamodb_table"] = "missing-name"
    small.generate()
    command = "`aws dynamodb describe-table --table-name missing-name --region us-east-1 --profile emulated`\n"
    require_failed_plan(small, command, "correct `state.dynamodb_table`")


def _lock_by_table(small: SmallDeployment) -> None:
    item: Any = {"LockID": {"S": f"{BUCKET}/{small.name}.tfstate"}, "Info": {"S": json.dumps(LOCK)}}
    small.account.client("dynamodb").put_item(TableName=TABLE, Item=item)


def _lock_by_file(small: SmallDeployment) -> None:
    small.spec["state"] = {key: small.spec["state"][key] for key in ("bucket", "key")} | {"use_lockfile": True}
    small.generate()
    body = json.dumps(LOCK | {"Path": f"{BUCKET}/{small.name}.tfstate"}).encode()
    small.account.client("s3").put_object(Bucket=BUCKET, Key=f"{small.name}.tfstate.tflock", Body=body)


@pytest.mark.parametrize("lock", [_lock_by_table, _lock_by_file])
def test_lock_of_another_run(lock: Any, small: SmallDeployment) -> None:
    lock(small)
    folder = small.root.relative_to(Path.cwd())
    err = require_failed_plan(
        small,
        "hint: wait until anna@laptop releases the lock, held since 2000-01-01 12:00:00 +0000 UTC (apply)",
        f"when that run is certainly dead: `terraform -chdir={folder} force-unlock {LOCK['ID']}`",
    )
    assert "-lock=false" not in err
    status = small.tf("status")
    assert f"lock: held by anna@laptop since {LOCK['Created']} (apply), ID {LOCK['ID']}" in status.out


def test_state_of_a_newer_terraform(small: SmallDeployment) -> None:
    small.put_state({"version": 5, "terraform_version": "1.99.0", "serial": 1, "lineage": "a", "resources": []})
    require_failed_plan(small, "hint: install Terraform 1.99.0 or newer, then run `owscale tf plan")


def test_changed_backend(small: SmallDeployment) -> None:
    assert small.tf("output").code == 1  # no outputs, but initialized
    small.spec["state"]["key"] = "elsewhere.tfstate"
    small.generate()
    require_failed_plan(small, "init -migrate-state`\n", "init -reconfigure`")


def test_selected_workspace(small: SmallDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_WORKSPACE", "mine")
    require_failed_plan(small, "the workspace mine is selected", "hint: unset TF_WORKSPACE")


def test_changed_root_module(small: SmallDeployment) -> None:
    small.spec["alarms"]["cpu_percent"] = 80
    Path("spec.yaml").write_text(json.dumps(small.spec))
    (small.root / "variables.tf").unlink()
    require_failed_plan(small, "differ from the spec\n  hint: run `owscale generate --spec spec.yaml`")


def test_full_disk(small: SmallDeployment) -> None:
    small.plan_file.parent.mkdir(parents=True)
    small.plan_file.with_name("next.tfplan.part").symlink_to("/dev/full")
    require_failed_plan(small, "hint: make room on the disk, then run `owscale tf plan")
