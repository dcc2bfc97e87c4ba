"""Another program than `terraform`: one in the place of OpenTofu, which prints what its documentation describes."""

import json
import os
from pathlib import Path

import pytest

from tests._support.project import Project

REGISTRY = "registry.opentofu.org"
LOCK = f'provider "{REGISTRY}/hashicorp/aws" {{\n  version = "6.69.1"\n}}\n'


class Tofu:
    """The program: it keeps its command lines, and writes a lock file as `tofu init` does."""

    def __init__(self, folder: Path, name: str = "tofu") -> None:
        self.path, self._log = folder / name, folder / "log"
        folder.mkdir()
        self.write("1.11.0")

    def write(self, version: str) -> None:
        """Write the program of a version: https://opentofu.org/docs/cli/commands/version/."""
        printed = json.dumps({"terraform_version": version, "platform": "linux_amd64", "provider_selections": {}})
        self.path.write_text(
            f"""#!/bin/sh
echo "$@" >> {self._log}
case "$1" in
version) echo '{printed}' ;;
init) [ -e .terraform.lock.hcl ] || printf '{LOCK}' > .terraform.lock.hcl ;;
validate) echo '{{"valid": true, "diagnostics": []}}' ;;
esac
"""
        )
        self.path.chmod(0o755)

    def commands(self) -> list[str]:
        """Return the command lines since the last call."""
        lines = self._log.read_text().splitlines()
        self._log.unlink()
        return lines


@pytest.fixture
def tofu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tofu:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")  # without Terraform
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TF_PLUGIN_DIR", raising=False)
    return Tofu(tmp_path / "bin")


@pytest.fixture
def project_6(project: Project) -> Project:
    project.spec.write_text(f"{project.spec.read_text()}terraform: {{aws_provider: 6}}\n")
    project.generate()
    return project


@pytest.mark.parametrize("by", ["option", "path", "relative path", "environment"])
def test_program_is_run_in_place_of_terraform(
    by: str, tofu: Tofu, project_6: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    relative = os.path.relpath(tofu.path)  # Terraform itself runs in the root module
    programs = {"option": "tofu", "path": str(tofu.path), "relative path": relative}
    words = ["--terraform", programs[by]] if by in programs else []
    if by == "environment":
        monkeypatch.setenv("OWSCALE_TERRAFORM", "tofu")
    assert project_6.run("tf", "validate", *words) == 0, project_6.stderr
    assert project_6.stdout == "out/minimal/production: valid\n"
    assert tofu.commands() == ["version -json", "init -input=false -no-color -backend=false", "validate -json"]


def test_lock_file_of_init_is_kept_and_then_not_changed(tofu: Tofu, project_6: Project) -> None:
    """With provider 6 the code has none, so the first init may write it."""
    assert not (project_6.root / ".terraform.lock.hcl").exists()
    assert project_6.run("tf", "validate", "--terraform", "tofu") == 0
    assert "note: out/minimal/production/.terraform.lock.hcl: written by init; commit it" in project_6.stderr
    assert project_6.run("check") == 0
    assert project_6.generate() == "+0 ~0 -0 =49"
    tofu.commands()
    assert project_6.run("tf", "validate", "--terraform", "tofu") == 0
    assert "written by init" not in project_6.stderr
    assert "init -input=false -no-color -lockfile=readonly -backend=false" in tofu.commands()


@pytest.mark.usefixtures("tofu")
def test_generated_lock_file_is_not_changed_by_init(tofu: Tofu, project: Project) -> None:
    project.generate()
    assert project.run("tf", "validate", "--terraform", "tofu") == 0
    assert "init -input=false -no-color -lockfile=readonly -backend=false" in tofu.commands()
    assert project.run("check") == 0


def test_old_version_is_named_with_the_product(tofu: Tofu, project_6: Project) -> None:
    tofu.write("1.10.6")
    assert project_6.run("tf", "validate", "--terraform", "tofu") == 1
    assert "tofu on PATH is 1.10.6; out/minimal/production/versions.tf requires 1.11 or newer" in project_6.stderr
    assert "hint: install OpenTofu 1.11 or newer: https://opentofu.org/docs/intro/install/" in project_6.stderr
    assert project_6.run("tf", "status", "--terraform", "tofu") == 1
    assert "hint: install OpenTofu 1.11 or newer" in project_6.stderr
    assert tofu.commands() == ["version -json", "version -json"]


@pytest.mark.usefixtures("tofu")
@pytest.mark.parametrize(
    ("program", "problem", "product"),
    [
        ("tofu-1.12", "tofu-1.12 is not on PATH", "OpenTofu"),
        ("./bin/terraform", "./bin/terraform is not executable, or does not exist", "Terraform"),
    ],
)
def test_missing_program(program: str, problem: str, product: str, project_6: Project) -> None:
    assert project_6.run("tf", "validate", "--terraform", program) == 1
    assert problem in project_6.stderr
    assert f"hint: install {product} 1.11 or newer: https://" in project_6.stderr


def test_hints_name_the_program(tofu: Tofu, project_6: Project) -> None:
    (project_6.root / "errored.tfstate").touch()
    assert project_6.run("tf", "plan", "--terraform", str(tofu.path)) == 1
    assert f"`{tofu.path} -chdir=out/minimal/production state push errored.tfstate`" in project_6.stderr
    (project_6.root / "errored.tfstate").unlink()
    (project_6.root / "main.tf").unlink()
    assert project_6.run("tf", "plan", "--terraform", "tofu") == 1
    assert "differs from the spec" in project_6.stderr


def test_program_that_cannot_be_run(tofu: Tofu, project_6: Project) -> None:
    tofu.path.write_bytes(b"\0\0 of another processor")
    for action in ("validate", "plan", "status"):
        assert project_6.run("tf", action, "--terraform", "tofu") == 1
        assert "tofu on PATH cannot be run: Exec format error" in project_6.stderr
