"""A copy of owscale, of libraries and of a project for one test, which may change any of them."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import jinja2

from tests._support.cases import GOLDEN, PROJECT

DEPLOYMENT = "out/minimal/production"

_CODE = """
import sys
from owscale.cli.main import main
from owscale.result_cache import lookup
answers, find = [], lookup.find
lookup.find = lambda words, **options: answers.append(find(words, **options)) or answers[-1]
exit_code = main()
print(*sorted({"argparse", "pathlib", "typing", "yaml"} & sys.modules.keys()), file=sys.stderr)
print("cached" if any(answers) else "computed", file=sys.stderr)
sys.exit(exit_code)
"""

_BLIND = """
from owscale.fs import observed
add = observed.Recorder.add
observed.Recorder.add = lambda self, question, *answer: question == {!r} or add(self, question, *answer)
"""

_LOOKUP = """
import sys
from owscale.cli.main import _prepare_streams
from owscale.result_cache import lookup
_prepare_streams()
print(lookup.find(sys.argv[1:], is_new_process=False) is not None)
"""


@dataclass(frozen=True)
class Installation:
    """The directories `program`, `site` with the libraries, `project` and `cache` below `root`."""

    root: Path

    def path(self, name: str) -> Path:
        """Return the path of a file below the root."""
        return self.root / name

    def owscale(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """Run a command. Returns its exit code, its stdout, and whether that was `computed` or `cached`."""
        exit_code, stdout, lines = self.run(*words, **environment)
        return exit_code, stdout, lines[-1]

    def run(self, *words: str, blind: str = "", **environment: str) -> tuple[int, str, list[str]]:
        """Run a command, which does not record a question where it is `blind` to it.

        Returns its exit code, its stdout, and the lines on stderr.

        The last but one names those modules that a cached result does without and that were imported.
        """
        result = subprocess.run(  # noqa: S603 -- this Python, with words of a test
            [sys.executable, "-c", _BLIND.format(blind) + _CODE if blind else _CODE, *words],
            cwd=self.root / "project",
            env=self.environment() | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return result.returncode, result.stdout, result.stderr.splitlines()

    def has_cached(self, *words: str) -> bool:
        """Return whether the cache has the result of a command."""
        result = subprocess.run(  # noqa: S603 -- this Python, with words of a test
            [sys.executable, "-c", _LOOKUP, *words],
            cwd=self.root / "project",
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        return result.stdout == "True\n"

    def environment(self) -> dict[str, str]:
        """Return the environment in which Python imports these copies."""
        return os.environ | {
            "PYTHONPATH": f"{self.root}/program:{self.root}/site",
            "XDG_CACHE_HOME": f"{self.root}/cache",
            "OWSCALE_NO_CACHE": "",
            "PYTHONDONTWRITEBYTECODE": "",
        }


def install(root: Path) -> Installation:
    """Copy owscale, two libraries and the minimal spec below a directory."""
    shutil.copytree(PROJECT / "generator", root / "program/owscale")
    shutil.copytree(PROJECT / "templates", root / "program/templates")
    library = Path(jinja2.__file__).parent
    (root / "site").mkdir()
    for name in ("jinja2", "markupsafe"):  # one with a record of its files, one without
        shutil.copytree(library.with_name(name), root / "site" / name)
    for metadata in library.parent.glob("*inja2-*.dist-info"):
        shutil.copytree(metadata, root / "site/jinja2-0.dist-info")
    (root / "site/sitecustomize.py").write_text("# of this machine\n")
    (root / "project/spec").mkdir(parents=True)
    shutil.copy(GOLDEN / "minimal/spec.yaml", root / "project/spec/spec.yaml")
    return Installation(root)


def replace_bytes(path: Path, old: bytes, new: bytes) -> None:
    """Replace some bytes of a file, and keep its size, its modification time and its inode."""
    assert len(old) == len(new)
    content, status = path.read_bytes(), path.stat()
    assert old in content
    with path.open("r+b") as file:
        file.seek(content.index(old))
        file.write(new)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
