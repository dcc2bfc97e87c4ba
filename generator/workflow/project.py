"""Paths of a project: its specs and its output."""

import os
from pathlib import Path
from typing import NamedTuple

from owscale.fs.untrusted import require_contained


class ProjectPaths(NamedTuple):
    """A spec, or a directory of specs, and the directory of the output."""

    spec: Path = Path("spec")
    out: Path = Path("out")

    def relative(self, file: Path) -> str:
        """Return the path of a file relative to the parent of `out`: generated files name their spec by it."""
        return Path(os.path.relpath(file.resolve(), self.out.resolve().parent)).as_posix()


def project_paths(spec: Path | None, out: Path | None) -> ProjectPaths:
    """Return the paths given on the command line, or the default ones.

    Raises OwscaleError where a link makes one of them lead out of its folder: in a pull request, the specs and the
    output could be files of the machine otherwise.
    """
    default = ProjectPaths()
    paths = ProjectPaths(spec or default.spec, out or default.out)
    for path in paths:
        require_contained(str(path))
    return paths
