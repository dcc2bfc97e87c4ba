"""`owscale init`: from an empty directory to Terraform that validates."""

from pathlib import Path

import pytest

from owscale.cli.main import main
from owscale.terraform.runner import Terraform
from tests._support.placeholders import fill_in


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "team-chat"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_empty_directory_gets_a_project(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert files(folder) == [".gitattributes", ".gitignore", "README.md", "spec/schema.json", "spec/spec.yaml"]
    fill_in(folder / "spec/spec.yaml")
    assert main(["generate"]) == 0
    assert main(["check", "--strict"]) == 0
    printed = capsys.readouterr()
    assert "owscale generate" in printed.out
    assert printed.err == "", "there are no warnings"
    assert (folder / "out/team-chat/production/main.tf").exists()


def test_each_placeholder_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert main(["validate"]) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line.endswith("is a placeholder [S233]")]
    places = {line.split(": ")[0].split(":")[1] for line in lines}
    spec = (folder / "spec/spec.yaml").read_text().splitlines()
    marked = {str(number) for number, line in enumerate(spec, 1) if "# CHANGE" in line and "region" not in line}
    assert marked <= places
    assert len(lines) == 13


def test_generated_terraform_is_valid(folder: Path, terraform: str) -> None:  # noqa: ARG001 -- the binary must be there
    assert main(["init"]) == 0
    fill_in(folder / "spec/spec.yaml")
    assert main(["generate"]) == 0
    root = Terraform(folder / "out/team-chat/production")
    assert root.init("-backend=false").code == 0
    assert root.run("validate", "-json").code == 0
    assert root.run("fmt", "-check", "-recursive").code == 0


def test_directory_and_name_can_be_given(folder: Path) -> None:
    assert main(["init", "elsewhere", "--name", "company-chat"]) == 0
    assert files(folder) == [f"elsewhere/{name}" for name in files(folder / "elsewhere")]
    assert "name: company-chat # the directory" in (folder / "elsewhere/spec/spec.yaml").read_text()
    assert "out/company-chat/production" in (folder / "elsewhere/README.md").read_text()


@pytest.mark.parametrize("name", ["Company Chat", "42", "a" * 40, "chat_2"])
def test_invalid_name_of_the_directory_is_replaced(folder: Path, name: str) -> None:
    assert main(["init", name]) == 0
    assert "name: company-chat # " in (folder / name / "spec/spec.yaml").read_text()


def test_invalid_name_is_a_usage_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--name", "Chat!"]) == 2
    errors = capsys.readouterr().err
    assert "--name Chat!: a name has up to 32 lower-case letters" in errors
    assert "  hint: choose another name, such as company-chat\n" in errors
    assert files(folder) == []


def test_existing_spec_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec").mkdir()
    (folder / "spec/spec.yaml").write_text("mine\n")
    assert main(["init"]) == 1
    assert (
        "spec/spec.yaml: exists already; nothing was written\n  hint: edit it, or move it away"
        in capsys.readouterr().err
    )
    assert files(folder) == ["spec/spec.yaml"]


def test_existing_files_are_appended_to_once(folder: Path) -> None:
    (folder / "README.md").write_text("# Our platform")
    (folder / ".gitignore").write_text("*.log\n")
    assert main(["init"]) == 0
    readme = (folder / "README.md").read_text()
    assert readme.startswith("# Our platform\n\n## Open WebUI on AWS\n")
    assert (folder / ".gitignore").read_text().startswith("*.log\n\n# Work directory of an interrupted")
    for name in ("spec.yaml", "schema.json"):
        (folder / "spec" / name).unlink()
    assert main(["init"]) == 0
    assert (folder / "README.md").read_text() == readme


def test_file_at_the_path_of_a_directory_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec").write_text("mine\n")
    assert main(["init"]) == 1
    assert "spec: is a file; nothing was written" in capsys.readouterr().err
    assert (folder / "spec").read_text() == "mine\n"


def test_existing_line_endings_and_bytes_stay(folder: Path) -> None:
    (folder / "README.md").write_bytes(b"# Ours\r\n\xff\r\n")
    assert main(["init"]) == 0
    content = (folder / "README.md").read_bytes()
    assert content.startswith(b"# Ours\r\n\xff\r\n\r\n## Open WebUI on AWS\r\n")


@pytest.mark.parametrize("name", ["README.md", ".gitignore", "spec/schema.json"])
def test_nothing_is_written_where_one_file_cannot_be(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / name).mkdir(parents=True)
    assert main(["init"]) == 1
    assert f"{name}: is a folder, not a file" in capsys.readouterr().err
    assert files(folder) == []


def test_links_are_not_followed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "README.md").symlink_to("../elsewhere.md")
    assert main(["init"]) == 1
    assert "README.md: is a symbolic link" in capsys.readouterr().err
    assert not (folder.parent / "elsewhere.md").exists()


def test_existing_spec_of_another_name_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "spec").mkdir()
    (folder / "spec/chat.yaml").write_text("mine\n")
    assert main(["init"]) == 1
    assert "spec/chat.yaml: exists already" in capsys.readouterr().err


def test_existing_schema_is_replaced(folder: Path) -> None:
    (folder / "spec").mkdir()
    (folder / "spec/schema.json").write_text("{}")
    assert main(["init"]) == 0
    assert (folder / "spec/schema.json").read_text().startswith("{\n")
