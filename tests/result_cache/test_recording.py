"""What of the program and of its libraries a record has, and that nothing is read past it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests._support.installation import Installation, install, replace_bytes

pytestmark = pytest.mark.xdist_group("recording")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Generate, and check until the result comes from the cache."""
    installation = install(tmp_path_factory.mktemp("installation"))
    assert installation.owscale("generate")[0] == 0
    installation.owscale("check")  # Python writes bytecode
    installation.owscale("check")
    assert installation.owscale("check")[2] == "cached"
    return installation


def _replace(name: str, old: bytes, new: bytes) -> Callable[[Installation], None]:
    """Replace bytes of a file, and keep its size and its time."""
    return lambda installation: replace_bytes(installation.path(name), old, new)


def _edit_code(installation: Installation) -> None:
    path = installation.path("program/owscale/render/context.py")
    path.write_bytes(path.read_bytes().replace(b"1024", b"1023"))


def _edit_bytecode(installation: Installation) -> None:
    """Change what Python executes, while the source and its time stay."""
    (path,) = installation.path("program/owscale/cli/__pycache__").glob("messages.*.pyc")
    replace_bytes(path, b"nothing was written", b"nothing was changed")


def _shadow_module(installation: Installation) -> None:
    shutil.copytree(installation.path("program/owscale/rules"), installation.path("program/owscale/rules/runner"))


def _shadow_library(installation: Installation) -> None:
    installation.path("program/yaml.py").write_text("raise ImportError\n")


def _upgrade_library(installation: Installation) -> None:
    installation.path("site/jinja2-0.dist-info").rename(installation.path("site/jinja2-1.dist-info"))


CHANGES: dict[str, Callable[[Installation], None]] = {
    "a template": _replace("program/templates/versions.tf.j2", b"required_version", b"required_versiom"),
    "no template": lambda installation: installation.path("program/templates/README.md.j2").unlink(),
    "a price": _replace("program/owscale/domain/aws/cache_nodes.json", b"1", b"2"),
    "code": _edit_code,
    "bytecode": _edit_bytecode,
    "a module before another": _shadow_module,
    "a library before another": _shadow_library,
    "a library in another version": _upgrade_library,
    "the files of a library": _replace("site/jinja2-0.dist-info/RECORD", b"sha256", b"sha257"),
}


def test_every_change_of_the_program_is_noticed(installation: Installation) -> None:
    # All in one test: an installation takes longer to create than to check.
    pristine = installation.root.with_name("pristine")
    shutil.copytree(installation.root, pristine, symlinks=True)
    for name, change in CHANGES.items():
        change(installation)
        assert installation.owscale("check")[2] != "cached", name
        shutil.rmtree(installation.root)
        shutil.copytree(pristine, installation.root, symlinks=True)
    assert installation.owscale("check")[2] == "cached"


def test_cached_result_imports_next_to_nothing(installation: Installation) -> None:
    assert installation.run("check")[2][-2:] == ["", "cached"]


_AUDIT = """
import os, sys
from pathlib import Path
opened = set()
def audit(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str):
        if event != "open" or not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            opened.add(arguments[0])
from owscale.result_cache import entries, lookup, recording
from owscale.cli.main import main
from owscale.fs import observed
recorded = []
ask = observed.Recorder.ask
observed.Recorder.ask = lambda self, question, path: recorded.append(path) or ask(self, question, path)
write = entries.write_entry
entries.write_entry = lambda *arguments: opened.add("stored") or write(*arguments)
sys.addaudithook(audit)
exit_code = main()
past = {path for path in opened if path not in recorded}
stdlib = os.path.dirname(os.__file__)
print(*sorted(past), sep="\\n")
sys.exit(exit_code)
"""


@pytest.mark.parametrize("command", ["check", "generate"])
def test_nothing_is_read_past_the_record(installation: Installation, command: str) -> None:
    shutil.rmtree(installation.path("cache"))
    result = subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-c", _AUDIT, command],
        cwd=installation.path("project"),
        env=installation.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    past = [line for line in result.stdout.splitlines() if line.startswith(("/", "spec", "out", "stored"))]
    assert "stored" in past
    libraries = (os.path.dirname(os.__file__), f"{installation.root}/site/jinja2", f"{installation.root}/cache")
    others = [path for path in past if path != "stored" and not path.startswith(libraries)]
    assert not [path for path in others if "site-packages" not in Path(path).parts]
