"""The project of the current directory: the nearest directory above with specs, as git finds its repository."""

import os
import subprocess
from pathlib import Path

import pytest

from owscale.cli.main import main
from owscale.errors import OwscaleError
from owscale.workflow import project
from owscale.workflow.project import ProjectPaths, project_paths
from tests._support.cases import GOLDEN

MINIMAL = (GOLDEN / "minimal/spec.yaml").read_text()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a git repository with a spec and a subfolder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec/spec.yaml").write_text(MINIMAL)
    (tmp_path / "modules/deep").mkdir(parents=True)
    return tmp_path


def test_project_is_the_current_directory(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    assert project_paths(None, None) == ProjectPaths()


@pytest.mark.parametrize("folder", ["modules", "modules/deep", "spec"])
def test_project_above_is_found(folder: str, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / folder)
    paths = project_paths(None, None)
    assert paths.found_above == repository
    assert (paths.spec.resolve(), paths.out.resolve()) == (repository / "spec", repository / "out")
    assert not paths.spec.is_absolute()  # so that messages can name it
    assert project_paths(None, Path("elsewhere")).out == Path("elsewhere")


def test_command_in_a_subfolder_does_the_same(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    assert main(["generate"]) == 0
    capsys.readouterr()
    monkeypatch.chdir(repository / "modules/deep")
    for _ in range(2):  # the second time from the result cache
        assert main(["check"]) == 0
        printed = capsys.readouterr()
        assert printed.err.startswith(f"note: using the project in {repository}\n")
        assert "files up to date" in printed.out
    assert not (repository / "modules/deep/out").exists()


def test_project_that_appears_nearer_is_used(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    assert main(["generate"]) == 0
    monkeypatch.chdir(repository / "modules")
    assert main(["check"]) == 0
    (repository / "modules/spec").mkdir()
    (repository / "modules/spec/spec.yaml").write_text(MINIMAL)
    capsys.readouterr()
    assert main(["check"]) == 1
    assert "using the project" not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["generate", "check", "validate", "explain", "cost"])
def test_directory_without_a_project_hints_at_init(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    assert main([command]) == 1
    assert capsys.readouterr().err == (
        "no spec found in spec/ of this directory or of a directory above it\n"
        "  hint: run `owscale init` to write a first spec here, or change to the directory of the project\n"
    )
    assert not list((tmp_path / "a").iterdir())


def test_search_ends_at_the_top_of_the_git_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = repository / "modules/other"
    other.mkdir()
    subprocess.run(["git", "init", "-q", str(other)], check=True)  # noqa: S603, S607 -- git of the machine
    monkeypatch.chdir(other)
    paths = project_paths(None, None)
    assert paths.found_above is None
    assert paths.passed_over == (other,)


def test_folder_of_tests_of_another_tool_is_no_project(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "modules/spec").mkdir()
    (repository / "modules/spec/main_spec.rb").touch()
    monkeypatch.chdir(repository / "modules")
    assert project_paths(None, None).found_above == repository


def test_specs_of_another_user_above_are_not_used(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "modules")
    monkeypatch.setattr(project, "_owner", lambda path: os.geteuid() + (path.name == "spec"))
    with pytest.raises(OwscaleError, match="belongs to another user, so it is not used") as error:
        project_paths(None, None)
    assert error.value.hint == "if you trust its owner, add `--spec ../spec --out ../out`"


def test_removed_current_directory_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(OwscaleError, match="the current directory was removed"):
        project_paths(None, None)
