"""The examples in README.md match the behaviour of the tool."""

import shutil
from pathlib import Path

import pytest

from owscale.cli.main import main
from tests._support.cases import PROJECT
from tests._support.shell import blocks

README = (PROJECT / "README.md").read_text()


def code_block(language: str, *, containing: str) -> str:
    """Return the code block of a language that contains a text."""
    (block,) = (text for text in blocks(README, language) if containing in text)
    return block


def test_init_writes_the_listed_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--name", "company-chat"]) == 0
    command, *files = code_block("console", containing="owscale init").splitlines()
    assert command == "$ owscale init --name company-chat"
    assert capsys.readouterr().out.splitlines()[:-1] == files


def test_spec_generates_the_code_below_it(tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec/spec.yaml").write_text(code_block("yaml", containing="name: company-chat"))
    assert main(["generate", "--spec", str(tmp_path / "spec"), "--out", str(tmp_path / "out")]) == 0
    main_tf = (tmp_path / "out/company-chat/production/main.tf").read_text()
    assert code_block("hcl", containing='module "autoscaling"') in main_tf
    assert (tmp_path / "out/company-chat/staging/main.tf").exists()


def test_wrong_spec_gives_the_messages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = (PROJECT / "spec/spec.yaml").read_text()
    wrong_spec = spec.replace("  node_type: cache.t3.micro", "  nodetype: cache.t3.micro").replace(
        "  instances: 3", '  instances: "3"'
    )
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec/spec.yaml").write_text(wrong_spec)
    monkeypatch.chdir(tmp_path)
    assert main(["generate"]) == 1
    assert capsys.readouterr().err == code_block("", containing="redis.nodetype")


def test_generate_in_this_repository_prints_the_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("spec", "out"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns(".terraform"))
    monkeypatch.chdir(tmp_path)
    assert main(["generate", "--dry-run"]) == 0
    summary = capsys.readouterr().out.replace(" (dry run: nothing was written)", "")
    assert summary in code_block("console", containing="make generate")
