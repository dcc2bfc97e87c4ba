"""Paths of a project: its specs and its output."""

import os
from pathlib import Path
from typing import NamedTuple

from owscale.fs import observed


class ProjectPaths(NamedTuple):
    """A spec, or a directory of specs, and the directory of the output."""

    spec: Path = Path("spec")
    out: Path = Path("out")

    def relative(self, file: Path) -> str:
        """Return the path of a file relative to the parent of `out`: generated files name their spec by it."""
        out = observed.real_path(self.out)
        return Path(os.path.relpath(_real_path(file), os.path.dirname(out))).as_posix()


def _real_path(file: Path) -> str:
    """Return the path of a file without links; a thousand specs of a directory share most of the work."""
    if observed.kind(file) == observed.LINK:
        return observed.real_path(file)
    return f"{observed.real_path(file.parent)}/{file.name}"


def project_paths(spec: Path | None, out: Path | None) -> ProjectPaths:
    """Return the paths given on the command line, or the default ones."""
    default = ProjectPaths()
    return ProjectPaths(spec or default.spec, out or default.out)
