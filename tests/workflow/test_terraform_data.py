"""Files of Terraform itself in git: `check` names them, and no command starts Terraform beside them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from owscale.cli.parser import COMMANDS
from owscale.domain.terraform_data import is_terraform_data
from owscale.errors import OwscaleError
from owscale.workflow.terraform_data import open_terraform
from tests._support.forked_runs import forked_runs
from tests._support.project import ROOT, Project
from tests._support.repository import commit, git

MESSAGE = "is in git, although it determines the programs that Terraform runs"
DATA = [
    ".terraform/modules/modules.json",
    ".Terraform/modules/modules.json",  # the same directory on file systems that ignore case
    ".terraform/terraform.tfstate",
    "modules/redis/.terraform/run.sh",
    "terraform.d/plugins/registry.terraform.io/hashicorp/aws/9.9.9/linux_amd64/terraform-provider-aws_v9.9.9",
    "terraform.tfstate",
    "terraform.tfstate.backup",
    "terraform.tfstate.d/other/terraform.tfstate",
    "errored.tfstate",
]
ARGUMENTS = {"check-plan": ["plan.json"], "prove": ["plan.json"], "destroy": ["--confirm", "minimal/production"]}
NO_TERRAFORM = {"check-plan", "prove"}
ACTIONS = {f"tf {name}": ["tf", name, *ARGUMENTS.get(name, [])] for name in COMMANDS["tf"].actions} | {
    "verify": ["verify"]
}


@pytest.fixture
def generated(git_project: Project) -> Project:
    """Return a project whose output is committed."""
    git_project.generate()
    commit()
    return git_project


def write(project: Project, name: str) -> Path:
    path = project.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")
    return path


def add(project: Project, name: str) -> Path:
    path = write(project, name)
    git("add", "--force", str(path))
    return path


def shown(name: str) -> str:
    """Return the path in messages: Terraform's directory that contains the file, or the file itself."""
    parts = Path(ROOT, name).parts
    return str(Path(*parts[: next(number for number, part in enumerate(parts, 1) if is_terraform_data(part))]))


@pytest.fixture
def terraform_calls(generated: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program in the place of Terraform that writes its arguments into a file; return the file."""
    folder, calls = generated.folder / "bin", generated.folder / "calls"
    folder.mkdir()
    (folder / "terraform").write_text(f'#!/bin/sh\necho "$*" >> {calls}\nexit 1\n')
    (folder / "terraform").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return calls


@pytest.mark.parametrize("action", ACTIONS)
def test_no_command_starts_terraform_beside_its_own_files_in_git(
    generated: Project, terraform_calls: Path, action: str
) -> None:
    """The list comes from the command line, so that a new action is tried as well."""
    (generated.folder / "plan.json").write_text("{}")
    assert generated.run(*ACTIONS[action]) == 1
    uses_terraform = ACTIONS[action][-1] != "plan.json"
    assert terraform_calls.exists() is uses_terraform, f"{action} does not try to run Terraform"
    terraform_calls.unlink(missing_ok=True)
    add(generated, ".terraform/modules/modules.json")
    assert generated.run(*ACTIONS[action]) == 1
    assert not terraform_calls.exists()
    if uses_terraform:
        assert f"{ROOT}/.terraform: {MESSAGE}; nothing was run\n" in generated.stderr
        assert f"  hint: run `git rm -r --cached {ROOT}/.terraform`, delete it, and list it in" in generated.stderr


@pytest.mark.parametrize("name", DATA)
def test_each_kind_is_a_finding_and_stops_terraform(generated: Project, terraform_calls: Path, name: str) -> None:
    write(generated, name)
    assert generated.run("check") == 0, "it is not in git"
    open_terraform(generated.root)
    git("add", "--force", f"{ROOT}/{name}")
    for words in (("check",), ("check", "--staged")):
        assert generated.run(*words) == 1
        assert f"{shown(name)}: {MESSAGE}\n  hint: run `git rm -r --cached {shown(name)}`" in generated.stderr
        assert generated.stderr.splitlines()[-2:] == [
            "1 path of Terraform itself in the folders of deployments is in git",
            "1 warning",
        ]
    with pytest.raises(OwscaleError, match=r"is in git"):
        open_terraform(generated.root)
    assert not terraform_calls.exists()


def link(project: Project) -> None:
    (project.root / "elsewhere").mkdir()
    (project.root / ".terraform").symlink_to("elsewhere")
    git("add", "--force", f"{ROOT}/.terraform")


def submodule(_project: Project) -> None:
    git("init", "-q", f"{ROOT}/.terraform")
    git("-C", f"{ROOT}/.terraform", "commit", "-qm", "x", "--allow-empty")
    git("-c", "advice.addEmbeddedRepo=false", "add", "--force", f"{ROOT}/.terraform")


def device(project: Project) -> None:
    (project.root / "terraform.tfstate").symlink_to("/dev/zero")
    git("add", "--force", f"{ROOT}/terraform.tfstate")


@pytest.mark.parametrize("make", [link, submodule, device])
def test_links_and_submodules_count(generated: Project, make: Callable[[Project], None]) -> None:
    make(generated)
    for words in (("check",), ("check", "--staged")):
        assert generated.run(*words) == 1
        assert MESSAGE in generated.stderr
    with pytest.raises(OwscaleError, match=r"is in git"):
        open_terraform(generated.root)


def test_deployment_in_a_repository_of_its_own_is_checked(generated: Project) -> None:
    git("init", "-q", ROOT)
    write(generated, ".terraform/modules/modules.json")
    git("-C", ROOT, "add", "--force", ".terraform")
    assert generated.run("check") == 1
    assert f"{ROOT}/.terraform: {MESSAGE}" in generated.stderr
    with pytest.raises(OwscaleError, match=r"is in git"):
        open_terraform(generated.root)


def test_names_of_folders_are_no_patterns(generated: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = generated.folder / "terraform.d/[a-z]*"
    folder.mkdir(parents=True)
    for path in (generated.spec.parent, generated.out):
        path.rename(folder / path.name)
    git("add", "-A")
    monkeypatch.chdir(folder)
    assert generated.run("check") == 0, generated.stderr
    (folder / ROOT / ".terraform").mkdir()
    (folder / ROOT / ".terraform/x").touch()
    git("add", "--force", ".")
    assert generated.run("check") == 1
    assert f"{ROOT}/.terraform: {MESSAGE}\n" in generated.stderr
    monkeypatch.chdir(folder / ROOT)
    assert generated.run("check") == 1
    assert (
        f"../../../{ROOT}/.terraform: {MESSAGE}\n" in generated.stderr or f".terraform: {MESSAGE}" in generated.stderr
    )


def test_directory_that_the_environment_names_counts(generated: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_DATA_DIR", "cache/tf")
    add(generated, "cache/tf/modules/modules.json")
    with pytest.raises(OwscaleError, match=rf"{ROOT}/cache: is in git"):
        open_terraform(generated.root)


def test_outside_a_repository_nothing_is_in_git(project: Project) -> None:
    project.generate()
    write(project, ".terraform/modules/modules.json")
    assert project.run("check") == 0, project.stderr


def test_stored_result_is_not_used_for_another_index(
    generated: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    write(generated, ".terraform/modules/modules.json")
    with forked_runs() as runs:
        first = runs.run(generated.folder, "check", cache=cache)
        second = runs.run(generated.folder, "check", cache=cache)
        assert (first.exit_code, second.exit_code, second.is_cached) == (0, 0, True)
        git("add", "--force", f"{ROOT}/.terraform")
        third = runs.run(generated.folder, "check", cache=cache)
    assert (third.exit_code, third.is_cached) == (1, False)
    assert MESSAGE in third.err


@pytest.mark.parametrize("name", DATA)
def test_custom_files_cannot_have_such_a_name(generated: Project, name: str) -> None:
    generated.change_spec("name: minimal", "name: minimal\ncustom: {extra: extra}")
    file = generated.spec.parent / "extra" / name
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    before = generated.tree()
    is_hidden = any(part.startswith(".") for part in name.split("/"))
    assert generated.run("generate") == (0 if is_hidden else 1), "hidden files are left out"
    if not is_hidden:
        assert f"spec/extra/{name}: has the name of a file that Terraform itself writes" in generated.stderr
    assert generated.tree().keys() == before.keys()


@pytest.mark.parametrize(
    "name", [".terraform.lock.hcl", "main.tf", "modules/terraform/main.tf", "tfstate", "a.terraform"]
)
def test_other_files_are_no_data_of_terraform(name: str) -> None:
    assert not is_terraform_data(name)
