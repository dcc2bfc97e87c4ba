"""What the README shows is what the tool does."""

import re
from pathlib import Path

import pytest

from generator import cli
from tests.cases import PROJECT

README = (PROJECT / "README.md").read_text()


def _block(language: str, containing: str) -> str:
    blocks = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", README, re.DOTALL | re.MULTILINE)
    (block,) = (text for indent, text in blocks if containing in text)
    return "\n".join(line.removeprefix("   ") if language == "" else line for line in block.splitlines()) + "\n"


def test_spec_gives_the_code_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec/spec.yaml").write_text(_block("yaml", "name: company-chat"))
    assert cli.main(["generate", "--spec", str(tmp_path / "spec"), "--out", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    main = (tmp_path / "out/company-chat/production/main.tf").read_text()
    assert _block("hcl", 'module "autoscaling"') in main
    assert (tmp_path / "out/company-chat/staging/main.tf").exists()


def test_report_is_what_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = (PROJECT / "spec/spec.yaml").read_text()
    wrong = spec.replace("  node_type: cache.t3.micro", "  nodetype: cache.t3.micro").replace(
        "  instances: 3", '  instances: "3"'
    )
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec/spec.yaml").write_text(wrong)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["generate"]) == 1
    assert capsys.readouterr().err == _block("", "redis.nodetype")


def test_figures_of_the_first_run_are_right(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    assert cli.main(["generate", "--dry-run"]) == 0
    assert capsys.readouterr().out.replace(" (nothing written)", "") in _block("console", "make generate")
