"""`owscale doctor`: programs, libraries, specs and access to AWS, each there, missing or wrong."""

import json
import os
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests._support.in_process_aws import in_process_aws
from tests._support.project import Project

REGION, ACCOUNT = "eu-west-1", "123456789012"


def _findings(project: Project, *arguments: str, exit_code: int) -> dict[str, tuple[str, str, str]]:
    assert project.run("doctor", "--output-format", "json", *arguments) == exit_code, project.stdout
    document = json.loads(project.stdout)
    assert document["passed"] is (exit_code == 0)
    return {each["name"]: (each["status"], each["evidence"], each["hint"]) for each in document["prerequisites"]}


def _program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put programs on PATH that print the versions of a machine with everything, and nothing else."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("sh", "cat"):
        (folder / name).symlink_to(Path("/bin", name))
    _program(folder, "terraform", json.dumps({"terraform_version": "1.12.0"}))
    _program(folder, "git", "git version 2.45.1")
    _program(folder, "aws", "aws-cli/2.17.0 Python/3.12.4 Linux/6.8")
    _program(folder, "curl", "curl 8.5.0 (x86_64-pc-linux-gnu)")
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Provide an account with the bucket of the state of the minimal spec."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with in_process_aws():
        _s3().create_bucket(Bucket="minimal-states", CreateBucketConfiguration={"LocationConstraint": REGION})
        _s3().put_bucket_versioning(Bucket="minimal-states", VersioningConfiguration={"Status": "Enabled"})
        yield


def _s3() -> Any:
    return boto3.Session(region_name=REGION).client("s3")


@pytest.fixture
def ready(programs: Path, account: None, project: Project) -> Project:  # noqa: ARG001 -- both belong to it
    """Return a project on a machine that lacks nothing."""
    project.spec.write_text(project.spec.read_text().replace("111122223333", ACCOUNT))
    return project


def test_machine_with_everything_passes(ready: Project) -> None:
    findings = _findings(ready, exit_code=0)
    assert {status for status, _, _ in findings.values()} == {"ok"}
    assert findings["Terraform"][1] == "1.12.0"
    assert findings["AWS access"][1] == f"credentials of the environment: account {ACCOUNT}"
    assert findings["state bucket"][1] == "minimal-states, with versioning"


def test_text_ends_with_the_numbers(ready: Project, programs: Path) -> None:
    (programs / "curl").unlink()
    assert ready.run("doctor") == 0
    lines = ready.stdout.splitlines()
    assert "missing  curl            is not on PATH; the runbooks use it" in lines
    assert lines[-1] == f"{len(lines) - 2} prerequisites: 0 failed, 1 missing"


def test_missing_programs_have_a_hint(ready: Project, programs: Path) -> None:
    for name in ("terraform", "git", "aws"):
        (programs / name).unlink()
    findings = _findings(ready, exit_code=1)
    assert [findings[name][0] for name in ("Terraform", "git", "AWS CLI")] == ["failed", "failed", "missing"]
    assert findings["Terraform"][2].startswith("install Terraform 1.11 or newer: https://")
    assert findings["AWS CLI"][2].startswith("install the AWS CLI 2: https://")


def test_old_programs_are_named(ready: Project, programs: Path) -> None:
    _program(programs, "terraform", json.dumps({"terraform_version": "1.5.7"}))
    _program(programs, "aws", "aws-cli/1.33.0 Python/3.12.4")
    findings = _findings(ready, exit_code=1)
    assert findings["Terraform"][:2] == ("failed", "1.5.7 is too old")
    assert findings["AWS CLI"][:2] == ("missing", "1.33.0 is too old for the runbooks")


def test_opentofu_is_examined_on_request(ready: Project, programs: Path) -> None:
    _program(programs, "tofu", json.dumps({"terraform_version": "1.11.0"}))
    assert _findings(ready, "--terraform", "tofu", exit_code=0)["OpenTofu"][:2] == ("ok", "1.11.0")


def test_without_boto3_nothing_is_asked_of_aws(ready: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(_: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", version)
    for name in [name for name in sys.modules if name.partition(".")[0] == "boto3"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.delitem(sys.modules, "owscale.aws_api.client", raising=False)
    findings = _findings(ready, exit_code=0)
    assert findings["boto3"][0] == "missing"
    assert findings["AWS access"][:2] == ("missing", "is not checked, because boto3 is not installed")


def test_without_a_spec_init_is_the_hint(programs: Path, project: Project) -> None:  # noqa: ARG001 -- the PATH
    project.spec.unlink()
    status, _, hint = _findings(project, exit_code=0)["specs"]
    assert (status, hint.endswith("owscale init` to begin")) == ("missing", True)


def test_errors_in_specs_are_counted(ready: Project) -> None:
    ready.change_spec("node_type:", "nodetype:")
    assert _findings(ready, exit_code=1)["specs"][:2] == ("failed", "2 errors in spec")


def test_other_account_fails(programs: Path, account: None, project: Project) -> None:  # noqa: ARG001 -- the machine
    project.change_spec("{region: eu-west-1}", '{region: eu-west-1, account_id: "111122223333"}')
    evidence = f"credentials of the environment: account {ACCOUNT}, but minimal/production belongs to 111122223333"
    assert _findings(project, exit_code=1)["AWS access"][:2] == ("failed", evidence)


def test_missing_profile_fails(ready: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_aws_profile", "absent")
    status, evidence, hint = _findings(ready, exit_code=1)["AWS access"]
    assert (status, evidence) == ("failed", "profile absent: AWS profile absent does not exist on this machine")
    assert "aws configure sso --profile absent" in hint


def test_state_bucket_needs_versioning(ready: Project) -> None:
    _s3().put_bucket_versioning(Bucket="minimal-states", VersioningConfiguration={"Status": "Suspended"})
    status, _, hint = _findings(ready, exit_code=1)["state bucket"]
    assert (status, "put-bucket-versioning --bucket minimal-states" in hint) == ("failed", True)


def test_missing_state_bucket_fails(ready: Project) -> None:
    _s3().delete_bucket(Bucket="minimal-states")
    assert _findings(ready, exit_code=1)["state bucket"][0::2] == ("failed", "create it, with versioning")


def test_program_that_never_ends_is_stopped(ready: Project, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (programs / "curl").write_text(f"#!{sys.executable}\nimport time; time.sleep(60)\n")
    monkeypatch.setattr("owscale.workflow.machine._SECONDS", 0.2)
    assert _findings(ready, exit_code=0)["curl"] == ("ok", os.fspath(programs / "curl"), "")


def test_terraform_that_never_answers_is_stopped(
    ready: Project, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (programs / "terraform").write_text(f"#!{sys.executable}\nimport time; time.sleep(60)\n")
    monkeypatch.setattr("owscale.workflow.machine._SECONDS", 0.5)
    evidence = f"{programs / 'terraform'} prints no version"
    assert _findings(ready, exit_code=1)["Terraform"][:2] == ("failed", evidence)


def test_program_that_prints_no_text_is_not_terraform(ready: Project, programs: Path) -> None:
    (programs / "terraform").write_text("#!/bin/sh\nprintf '\\377\\376'\n")
    evidence = "terraform on PATH prints no UTF-8, so it is not Terraform"
    assert _findings(ready, exit_code=1)["Terraform"][:2] == ("failed", evidence)
