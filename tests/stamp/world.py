"""A program, a library and a project of its own for each test, which may change any of them."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_CODE = """
import sys
from generator.cli import main
code = main()
print(*(name for name in sys.modules if name in {"argparse", "pathlib", "typing", "yaml"}), file=sys.stderr)
print("worked out" if "yaml" in sys.modules else "replayed", file=sys.stderr)
sys.exit(code)
"""
FOLDER = "out/minimal/production"


@dataclass(frozen=True)
class World:
    """A program, a library and a project that a test may change."""

    root: Path

    def path(self, name: str) -> Path:
        return self.root / name

    def owscale(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """The exit code, what was said on stdout, and whether that was worked out or replayed."""
        code, said, lines = self.run(*words, **environment)
        return code, said, lines[-1]

    def run(self, *words: str, **environment: str) -> tuple[int, str, list[str]]:
        """The same, with all lines on stderr; the last but one names what a replay does without."""
        run = subprocess.run(  # noqa: S603 -- our own code
            [sys.executable, "-c", _CODE, *words],
            cwd=self.root / "project",
            env=os.environ
            | {"PYTHONPATH": f"{self.root}/program:{self.root}/site", "XDG_CACHE_HOME": f"{self.root}/cache"}
            | {"OWSCALE_NO_CACHE": "", "PYTHONDONTWRITEBYTECODE": ""}
            | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return run.returncode, run.stdout, run.stderr.splitlines()


def wait() -> None:
    """Until what was written is older than the tick of a clock."""
    time.sleep(0.05)


def one_byte(path: Path, old: bytes, new: bytes) -> None:
    """Another byte in a file that keeps its size, its times and its inode."""
    assert len(old) == len(new)
    content, seen = path.read_bytes(), path.stat()
    assert old in content
    with path.open("r+b") as file:
        file.seek(content.index(old))
        file.write(new)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (seen.st_size, seen.st_mtime_ns)
