"""`owscale tf` and what is beneath it: the binary, the provider, and what is said when one of them is not there."""

import json
import shutil
from pathlib import Path

import pytest

from generator import cli, terraform
from tests.cases import PROJECT

MINIMAL = PROJECT / "tests/golden/minimal"
ROOT = "minimal/production"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    shutil.copytree(MINIMAL / "out", tmp_path / "out", ignore=shutil.ignore_patterns(".terraform"))
    return tmp_path / "out"


def tf_validate(out: Path) -> int:
    return cli.main(["tf", "validate", "--spec", str(MINIMAL / "spec.yaml"), "--out", str(out)])


@pytest.mark.usefixtures("terraform")
def test_valid_root(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tf_validate(out) == 0
    assert capsys.readouterr().out == f"{out / ROOT}: valid, says Terraform\n"


@pytest.mark.usefixtures("terraform")
def test_wrong_root_is_told_with_its_place(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = out / ROOT / "outputs.tf"
    outputs.write_text(outputs.read_text().replace("module.redis.primary_endpoint", "module.redis.nonsense"))
    assert tf_validate(out) == 1
    said = capsys.readouterr()
    line = 1 + outputs.read_text()[: outputs.read_text().index("module.redis.nonsense")].count("\n")
    assert f"{outputs}:{line}: error: Unsupported attribute" in said.err
    assert said.out == f"{out / ROOT}: not valid, says Terraform\n"


@pytest.mark.usefixtures("terraform")
def test_failed_init_is_told(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / ROOT / "backend.tf").write_text("terraform {\n")
    assert tf_validate(out) == 1
    assert "terraform init failed" in capsys.readouterr().err


@pytest.mark.usefixtures("terraform")
def test_missing_root(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tf_validate(tmp_path) == 1
    assert "make generate writes it" in capsys.readouterr().err


def test_no_terraform(out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", str(out))
    assert tf_validate(out) == 1
    assert "terraform is not on PATH" in capsys.readouterr().err


@pytest.mark.parametrize("variable", ["TF_PLUGIN_DIR", "XDG_DATA_HOME"])
def test_mirror_is_found_where_the_environment_says(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # nothing in ~/.terraform.d
    monkeypatch.delenv("TF_PLUGIN_DIR", raising=False)
    folder = tmp_path / "terraform/plugins" if variable == "XDG_DATA_HOME" else tmp_path
    (folder / "registry.terraform.io/hashicorp/aws/5.100.0").mkdir(parents=True)
    monkeypatch.setenv(variable, str(tmp_path))
    assert terraform.provider_mirror() == folder


@pytest.mark.usefixtures("terraform")
def test_configuration_that_is_not_there_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "missing"))
    ran = terraform.Terraform(tmp_path).run("version", "-json")
    assert json.loads(ran.stdout)["terraform_version"]  # else a warning would stand before it
