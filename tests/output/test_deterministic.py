"""The same bytes on any machine: nothing but the spec, the templates and the version goes in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cases import GOLDEN, PROJECT

_SPEC = GOLDEN / "everything/spec.yaml"
_RUN = "import os, sys; os.umask(int(sys.argv.pop(1), 8)); from generator.cli import main; sys.exit(main())"


def generated(
    folder: Path, *, python: str = sys.executable, umask: str = "022", **environment: str
) -> dict[str, bytes]:
    """The tree that a project in `folder` gives, as another process makes it."""
    ran = subprocess.run(  # noqa: S603 -- our own code
        [python, "-c", _RUN, umask, "generate"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(PROJECT)} | environment,
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
    """The committed tree, as a spec of that name gives it."""
    out = GOLDEN / "everything/out"
    return {f"out/{path.relative_to(out)}": path.read_bytes() for path in out.rglob("*") if path.is_file()}


def same(tree: dict[str, bytes], expected: dict[str, bytes]) -> bool:
    """But for the spec's own path, which the first line names and the runbook's commands."""
    return {path: _body(path, text) for path, text in tree.items()} == {
        path: _body(path, text) for path, text in expected.items()
    }


def _body(path: str, text: bytes) -> bytes:
    if path.endswith(".owscale.sums"):
        return b"\n".join(line.split(b" ", 1)[-1] for line in text.splitlines() if not line.startswith(b"spec "))
    return text.split(b"\n", 1)[1].replace(b"spec/spec.yaml", b"spec.yaml")


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "3", "umask": "077", "PYTHONUTF8": "0", "LC_ALL": "POSIX"},
        {"PYTHONHASHSEED": "4", "COLUMNS": "40", "NO_COLOR": "1", "HOME": "/nowhere", "USER": "somebody"},
    ],
    ids=["C", "Turkish", "umask", "home"],
)
def test_surroundings_do_not_matter(folder: Path, expected: dict[str, bytes], surroundings: dict[str, str]) -> None:
    assert same(generated(folder, **surroundings), expected)


def test_the_order_of_files_does_not_matter(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The order in which files were made is that in which many file systems list them."""
    text = (folder / "spec/spec.yaml").read_text()
    trees = []
    for names in (["a", "b", "c"], ["c", "a", "b"]):
        place = tmp_path_factory.mktemp("order")
        (place / "spec/extra").mkdir(parents=True)
        for name in names:
            (place / f"spec/extra/{name}.tf").write_text(f"# {name}\n")
        (place / "spec/spec.yaml").write_text(f"{text}custom: {{extra: extra}}\n")
        trees.append(generated(place))
    assert trees[0] == trees[1]


def test_line_ends_do_not_matter(folder: Path, expected: dict[str, bytes]) -> None:
    spec = folder / "spec/spec.yaml"
    spec.write_bytes(spec.read_bytes().replace(b"\n", b"\r\n"))
    assert same(generated(folder), expected)


def test_the_place_of_the_project_does_not_matter(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("élsewhere with spaces")
    (other / "spec").mkdir()
    shutil.copy(folder / "spec/spec.yaml", other / "spec/spec.yaml")
    assert generated(folder) == generated(other)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_the_version_of_python_does_not_matter(folder: Path, expected: dict[str, bytes], version: str) -> None:
    python = shutil.which(f"python{version}")
    needed = [python or "", "-c", "import jinja2, pydantic, yaml"]
    if not python or subprocess.run(needed, capture_output=True, check=False).returncode:  # noqa: S603 -- a Python
        pytest.skip(f"no python{version} with owscale's libraries here")
    assert same(generated(folder, python=python), expected)
