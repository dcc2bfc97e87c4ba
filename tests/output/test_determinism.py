"""The output is the same on any machine: it depends on the spec, the templates and the version alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import owscale
from tests._support.cases import GOLDEN, committed_files

_PACKAGE_PATH = str(Path(owscale.__file__).parent.parent)
_SPEC = GOLDEN / "everything/spec.yaml"
_OWSCALE = "import os, sys; os.umask(int(sys.argv.pop(1), 8)); from owscale.cli.main import main; sys.exit(main())"


def generate(folder: Path, *, python: str = sys.executable, umask: str = "022", **environment: str) -> dict[str, bytes]:
    """Generate the output of a project in another process; return its files."""
    ran = subprocess.run(  # noqa: S603 -- our own code
        [python, "-c", _OWSCALE, umask, "generate"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": _PACKAGE_PATH} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return {str(path.relative_to(folder)): path.read_bytes() for path in (folder / "out").rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "spec").mkdir()
    shutil.copy(_SPEC, tmp_path / "spec/spec.yaml")
    return tmp_path


@pytest.fixture(scope="module")
def expected() -> dict[str, bytes]:
    """Return the committed output of the golden case."""
    out = GOLDEN / "everything/out"
    return {f"out/{path.relative_to(out)}": path.read_bytes() for path in committed_files(out)}


def bodies(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return contents without the path of the spec, which is in first lines, manifests and commands of the runbook."""
    return {path: _body(path, text) for path, text in files.items()}


def _body(path: str, text: bytes) -> bytes:
    if path.endswith(".owscale.sums"):
        return b"\n".join(line.split(b" ", 1)[-1] for line in text.splitlines() if not line.startswith(b"spec "))
    return text.split(b"\n", 1)[1].replace(b"spec/spec.yaml", b"spec.yaml")


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "3", "umask": "077", "PYTHONUTF8": "0", "LC_ALL": "POSIX"},
        {"PYTHONHASHSEED": "4", "COLUMNS": "40", "NO_COLOR": "1", "HOME": "/nowhere", "USER": "user"},
    ],
    ids=["C", "Turkish", "umask", "home"],
)
def test_output_does_not_depend_on_the_environment(
    folder: Path, expected: dict[str, bytes], variables: dict[str, str]
) -> None:
    assert bodies(generate(folder, **variables)) == bodies(expected)


def test_output_does_not_depend_on_the_order_of_files(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Many file systems list files in the order of their creation."""
    text = (folder / "spec/spec.yaml").read_text()
    trees = []
    for names in (["a", "b", "c"], ["c", "a", "b"]):
        project = tmp_path_factory.mktemp("order")
        (project / "spec/extra").mkdir(parents=True)
        for name in names:
            (project / f"spec/extra/{name}.tf").write_text(f"# {name}\n")
        (project / "spec/spec.yaml").write_text(f"{text}custom: {{extra: extra}}\n")
        trees.append(generate(project))
    assert trees[0] == trees[1]


def test_output_does_not_depend_on_line_endings(folder: Path, expected: dict[str, bytes]) -> None:
    spec = folder / "spec/spec.yaml"
    spec.write_bytes(spec.read_bytes().replace(b"\n", b"\r\n"))
    assert bodies(generate(folder)) == bodies(expected)


def test_output_does_not_depend_on_the_path_of_the_project(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("élsewhere with spaces")
    (other / "spec").mkdir()
    shutil.copy(folder / "spec/spec.yaml", other / "spec/spec.yaml")
    assert generate(folder) == generate(other)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_output_does_not_depend_on_the_version_of_python(
    folder: Path, expected: dict[str, bytes], version: str
) -> None:
    python = shutil.which(f"python{version}")
    import_libraries = [python or "", "-c", "import jinja2, pydantic, yaml"]
    if not python or subprocess.run(import_libraries, capture_output=True, check=False).returncode:  # noqa: S603 -- a Python
        pytest.skip(f"no python{version} with the libraries of owscale")
    assert bodies(generate(folder, python=python)) == bodies(expected)
