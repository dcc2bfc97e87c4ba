"""The wheel: its content, its reproducible build, and its commands in an empty environment.

The environment and the project have a space in their paths.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests._support.cases import GOLDEN, PROJECT
from tests._support.placeholders import fill_in
from tests._support.shell import blocks

pytestmark = pytest.mark.xdist_group("wheel")

_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
_CASE = GOLDEN / "everything"


def _run(*command: str | Path, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    result = subprocess.run(  # noqa: S603 -- pip, and the installed command
        list(map(str, command)), cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result


def _copy_sources(directory: Path) -> Path:
    """Copy the sources of a wheel, without the files that `make` writes into the package."""
    ignored = shutil.ignore_patterns("__pycache__", "validation.json", "catalogue.json", "*.digest", "tmpl_*")
    for name in ("generator", "templates"):
        shutil.copytree(PROJECT / name, directory / name, ignore=ignored)
    for name in ("LICENSE", "MANIFEST.in", "README.md", "docs/owscale.1", "pyproject.toml", "setup.py"):
        (directory / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, directory / name)
    return directory


def _build(source: Path) -> Path:
    """Build the wheel as pip does: Python has no libraries of its own, they come by PYTHONPATH."""
    python = source / "empty/bin/python"
    _run(sys.executable, "-m", "venv", "--without-pip", python.parents[1], cwd=source)
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", source / "dist")
    libraries = {"PYTHONPATH": sysconfig.get_path("purelib"), "SOURCE_DATE_EPOCH": "1700000000"}
    _run(python, *_PIP[1:], "wheel", *options, ".", cwd=source, **libraries)
    (wheel,) = (source / "dist").glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(_copy_sources(tmp_path_factory.mktemp("wheel")))


@pytest.fixture(scope="module")
def owscale(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a virtual environment that borrows the libraries of this one, and return its command."""
    environment = tmp_path_factory.mktemp("installed") / "with space/venv"
    _run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=PROJECT)
    _run(*_PIP, "--python", environment / "bin/python", "install", "--no-deps", "--no-index", wheel, cwd=PROJECT)
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return environment / "bin/owscale"


def test_wheel_has_the_package_owscale_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"owscale"}
    tops = {name.partition("/")[0].rpartition(".")[2]: name for name in names}
    assert tops.keys() == {"owscale", "dist-info", "data"}
    assert tops["data"].endswith("/data/share/man/man1/owscale.1")


def test_wheel_has_modules_templates_and_generated_files(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {
        f"owscale/{path.relative_to(PROJECT / 'generator')}"
        for path in (PROJECT / "generator").rglob("*.py")
        if not path.name.startswith("tmpl_")
    }
    templates = {str(path.relative_to(PROJECT)) for path in (PROJECT / "templates").rglob("*.j2")}
    generated = ("validation.json", "catalogue.json", "templates/sources.digest")
    assert modules <= names
    assert {f"owscale/{name}" for name in templates} <= names
    assert {f"owscale/_generated/{name}" for name in generated} <= names
    compiled = [name for name in names if name.startswith("owscale/_generated/templates/") and name.endswith(".py")]
    assert len(compiled) == len(templates)
    assert not [name for name in names if "__pycache__" in name]


def test_wheel_is_reproducible_despite_leftovers_of_earlier_builds(wheel: Path, tmp_path: Path) -> None:
    source = _copy_sources(tmp_path)
    for leftover in (
        "build/lib/owscale/removed.py",
        "build/lib/owscale/templates/removed.tf.j2",
        "generator/_generated/validation.json",
        "generator/_generated/templates/tmpl_removed.py",
    ):
        (source / leftover).parent.mkdir(parents=True, exist_ok=True)
        (source / leftover).write_text("{}")
    for path in source.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)  # as in a checkout with another umask
    assert _build(source).read_bytes() == wheel.read_bytes()


def test_installed_command_generates_the_same_files_as_the_checkout(owscale: Path, tmp_path: Path) -> None:
    project = tmp_path / "a project"
    shutil.copytree(_CASE, project, ignore=shutil.ignore_patterns("out"))
    result = _run(owscale, "generate", "--spec", "spec.yaml", cwd=project)
    assert result.stdout.splitlines()[-1].endswith("+108 ~0 -0 =0")
    _run(sys.executable, "-m", "owscale", "generate", "--spec", "spec.yaml", "--out", "expected", cwd=project)
    assert _contents(project / "out") == _contents(project / "expected")
    assert _run(owscale, "check", "--spec", "spec.yaml", cwd=project).stdout == "108 files up to date\n"


def _contents(directory: Path) -> dict[Path, bytes]:
    return {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_installed_command_uses_the_files_built_into_the_wheel(owscale: Path, tmp_path: Path) -> None:
    code = "import sys; from owscale.cli.main import main; main(['generate', '--no-cache']); print(*sys.modules)"
    project = tmp_path / "a project"
    _run(owscale, "init", project, cwd=tmp_path)
    fill_in(project / "spec/spec.yaml")
    modules = _run(owscale.with_name("python"), "-c", code, cwd=project).stdout.splitlines()[-1].split()
    assert "owscale.spec.validation" in modules
    assert not [name for name in modules if name.startswith("owscale.spec.models.")]
    assert [name for name in modules if name.startswith("_jinja2_module_templates")]


def test_installed_command_prints_help_and_codes(owscale: Path, tmp_path: Path) -> None:
    assert _run(owscale, "--help", cwd=tmp_path).stdout.startswith("usage: owscale")
    assert _run(owscale, "explain", "S201", cwd=tmp_path).stdout.startswith("S201 ")


def test_commands_of_a_runbook_that_need_no_aws_work_in_an_installation(owscale: Path, tmp_path: Path) -> None:
    project = tmp_path / "a project"
    _run(owscale, "init", project, cwd=tmp_path)
    fill_in(project / "spec/spec.yaml")
    _run(owscale, "generate", cwd=project)
    (runbook,) = project.glob("out/*/*/RUNBOOK.md")
    path = f"{owscale.parent}:{os.environ['PATH']}"
    lines = {
        block.strip()
        for block in blocks(runbook.read_text(), "bash")
        if block.startswith(("owscale --version", "owscale generate ", "owscale check "))
    }
    assert len(lines) == 3
    for line in sorted(lines):
        _run("bash", "-c", line, cwd=project, PATH=path)
