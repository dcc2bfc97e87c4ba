"""`owscale tf validate` with the real Terraform and provider."""

import shutil
from pathlib import Path

import pytest

from owscale.cli import main
from tests._support.cases import PROJECT
from tests._support.shared_provider import shared_provider

MINIMAL = PROJECT / "tests/golden/minimal"
ROOT = "minimal/production"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    shutil.copytree(MINIMAL / "out", tmp_path / "out", ignore=shutil.ignore_patterns(".terraform"))
    return tmp_path / "out"


def tf_validate(out: Path) -> int:
    return main.main(["tf", "validate", "--spec", str(MINIMAL / "spec.yaml"), "--out", str(out)])


@pytest.mark.usefixtures("terraform")
def test_valid_root_module(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tf_validate(out) == 0
    assert capsys.readouterr().out == f"{out / ROOT}: valid\n"


@pytest.mark.usefixtures("terraform")
def test_invalid_root_module_is_reported_with_its_place(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = out / ROOT / "outputs.tf"
    outputs.write_text(outputs.read_text().replace("module.redis.primary_endpoint", "module.redis.nonsense"))
    with shared_provider():
        assert tf_validate(out) == 1
    printed = capsys.readouterr()
    line = 1 + outputs.read_text()[: outputs.read_text().index("module.redis.nonsense")].count("\n")
    assert f"{outputs}:{line}: error: Unsupported attribute" in printed.err
    assert printed.out == f"{out / ROOT}: invalid\n"


@pytest.mark.usefixtures("terraform")
def test_failed_init_is_reported(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / ROOT / "backend.tf").write_text("terraform {\n")
    assert tf_validate(out) == 1
    assert "terraform init failed" in capsys.readouterr().err


@pytest.mark.usefixtures("terraform")
def test_missing_root_module(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tf_validate(tmp_path) == 1
    assert "hint: run `owscale generate --spec " in capsys.readouterr().err


def test_missing_terraform(out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", str(out))
    assert tf_validate(out) == 1
    assert "terraform is not on PATH" in capsys.readouterr().err
