"""The terraform binary, run through python-terraform."""

import json
import logging
import os
from pathlib import Path

import pytest

from owscale.errors import OwscaleError
from owscale.terraform.runner import _NO_STATE_FILE, Terraform


@pytest.fixture
def fake_terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a script on PATH in the place of the terraform binary; it prints the content of the file `version`."""
    script = tmp_path / "bin/terraform"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\ncat {tmp_path}/version\necho error >&2\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent), prepend=os.pathsep)
    return tmp_path / "version"


@pytest.mark.usefixtures("terraform")
def test_missing_cli_config_file_causes_no_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "missing"))
    output = Terraform(tmp_path).run("version", "-json")
    assert json.loads(output.stdout)["terraform_version"]  # a warning on stdout would make it invalid JSON


@pytest.mark.parametrize("version", ["1.11.0", "1.11", "1.12.0-beta1", "2.0"])
def test_version_that_is_new_enough(version: str, fake_terraform: Path, tmp_path: Path) -> None:
    (tmp_path / "versions.tf").write_text('terraform {\n  required_version = ">= 1.11"\n}\n')
    fake_terraform.write_text(json.dumps({"terraform_version": version}))
    assert Terraform(tmp_path).version() == version


def test_version_that_is_too_old(fake_terraform: Path, tmp_path: Path) -> None:
    (tmp_path / "versions.tf").write_text('terraform {\n  required_version = ">= 1.11"\n}\n')
    fake_terraform.write_text('{"terraform_version": "1.9.8"}')
    with pytest.raises(OwscaleError, match=r"is 1\.9\.8; .*versions\.tf requires 1\.11 or newer"):
        Terraform(tmp_path).version()


@pytest.mark.parametrize("text", ["nonsense", "[]", "{}", '{"terraform_version": 1}', '{"terraform_version": "x"}'])
def test_version_that_cannot_be_read(text: str, fake_terraform: Path, tmp_path: Path) -> None:
    fake_terraform.write_text(text)
    with pytest.raises(OwscaleError, match="terraform on PATH reports no version: error"):
        Terraform(tmp_path).version()


def test_state_file_is_not_read(fake_terraform: Path, tmp_path: Path) -> None:
    for name in ("terraform.tfstate", ".terraform/terraform.tfstate", _NO_STATE_FILE.removeprefix("/")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("not JSON")
        fake_terraform.write_text("a value")
        assert Terraform(tmp_path).run("output").stdout == "a value"
    assert os.path.isabs(_NO_STATE_FILE), "a repository can contain any other path"


def test_output_is_not_logged(fake_terraform: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fake_terraform.write_text("a value")
    with caplog.at_level(logging.DEBUG):
        assert Terraform(tmp_path).run("output").stdout == "a value"
    assert "a value" not in caplog.text
