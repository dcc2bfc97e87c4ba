"""`owscale init`: from an empty folder to Terraform that validates."""

from pathlib import Path

import pytest

from generator.cli import main
from generator.terraform import Terraform


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "team-chat"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_an_empty_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert files(folder) == [".gitattributes", ".gitignore", "README.md", "spec/schema.json", "spec/spec.yaml"]
    assert main(["generate"]) == 0
    assert main(["check", "--strict"]) == 0
    said = capsys.readouterr()
    assert "owscale generate" in said.out
    assert said.err == "", "without a warning"
    assert (folder / "out/team-chat/production/main.tf").exists()


def test_terraform_finds_it_valid(folder: Path, terraform: str) -> None:  # noqa: ARG001 -- the binary must be there
    assert main(["init"]) == 0
    assert main(["generate"]) == 0
    root = Terraform(folder / "out/team-chat/production")
    assert root.init("-backend=false", "-lockfile=readonly", "-no-color").code == 0
    assert root.run("validate", "-json").code == 0
    assert root.run("fmt", "-check", "-recursive").code == 0


def test_another_folder_and_another_name(folder: Path) -> None:
    assert main(["init", "elsewhere", "--name", "company-chat"]) == 0
    assert files(folder) == [f"elsewhere/{name}" for name in files(folder / "elsewhere")]
    assert "name: company-chat # the folder" in (folder / "elsewhere/spec/spec.yaml").read_text()
    assert "out/company-chat/production" in (folder / "elsewhere/README.md").read_text()


@pytest.mark.parametrize("own", ["Company Chat", "42", "a" * 40, "chat_2"])
def test_a_folder_whose_name_cannot_be_the_deployments(folder: Path, own: str) -> None:
    assert main(["init", own]) == 0
    assert "name: company-chat # " in (folder / own / "spec/spec.yaml").read_text()


def test_a_name_that_cannot_be_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--name", "Chat!"]) == 2
    assert "--name Chat!: must be at most 32 lower-case letters" in capsys.readouterr().err
    assert files(folder) == []


def test_a_spec_that_is_there_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec").mkdir()
    (folder / "spec/spec.yaml").write_text("mine\n")
    assert main(["init"]) == 1
    assert "spec/spec.yaml: is there already, and nothing was written" in capsys.readouterr().err
    assert files(folder) == ["spec/spec.yaml"]


def test_what_is_there_is_added_to_and_only_once(folder: Path) -> None:
    (folder / "README.md").write_text("# Our platform")
    (folder / ".gitignore").write_text("*.log\n")
    assert main(["init"]) == 0
    readme = (folder / "README.md").read_text()
    assert readme.startswith("# Our platform\n\n## Open WebUI on AWS\n")
    assert (folder / ".gitignore").read_text().startswith("*.log\n\n# What an interrupted")
    for name in ("spec.yaml", "schema.json"):
        (folder / "spec" / name).unlink()
    assert main(["init"]) == 0
    assert (folder / "README.md").read_text() == readme


def test_a_file_in_the_way(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec").write_text("mine\n")
    assert main(["init"]) == 1
    assert "spec: " in capsys.readouterr().err
    assert (folder / "spec").read_text() == "mine\n"


def test_line_ends_and_bytes_that_are_there_stay(folder: Path) -> None:
    (folder / "README.md").write_bytes(b"# Ours\r\n\xff\r\n")
    assert main(["init"]) == 0
    content = (folder / "README.md").read_bytes()
    assert content.startswith(b"# Ours\r\n\xff\r\n\r\n## Open WebUI on AWS\r\n")


@pytest.mark.parametrize("name", ["README.md", ".gitignore"])
def test_all_or_nothing(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / name).mkdir()
    assert main(["init"]) == 1
    assert f"{name}: Is a directory" in capsys.readouterr().err
    assert files(folder) == []


def test_links_are_not_written_through(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "README.md").symlink_to("../elsewhere.md")
    assert main(["init"]) == 1
    assert "README.md: is a symbolic link" in capsys.readouterr().err
    assert not (folder.parent / "elsewhere.md").exists()


def test_another_spec_that_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec").mkdir()
    (folder / "spec/chat.yaml").write_text("mine\n")
    assert main(["init"]) == 1
    assert "spec/chat.yaml: is there already" in capsys.readouterr().err


def test_a_schema_that_is_there_is_renewed(folder: Path) -> None:
    (folder / "spec").mkdir()
    (folder / "spec/schema.json").write_text("{}")
    assert main(["init"]) == 0
    assert (folder / "spec/schema.json").read_text().startswith("{\n")
