"""Paths of a project: its specs and its output."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from owscale.console.invocation import owscale_command
from owscale.errors import OwscaleError
from owscale.fs import observed
from owscale.fs.untrusted import require_contained
from owscale.spec.text_file import missing_file_hint
from owscale.spec.yaml_reader import find_specs

SPEC_DIRECTORY = "spec"
OUT_DIRECTORY = "out"


class ProjectPaths(NamedTuple):
    """A spec, or a directory of specs, and the directory of the output.

    `found_above` is the absolute path of the project if it is a directory above the current one. `passed_over` are the
    directories that were searched before it, or all searched ones if there is no project.
    """

    spec: Path = Path(SPEC_DIRECTORY)
    out: Path = Path(OUT_DIRECTORY)
    found_above: Path | None = None
    passed_over: tuple[Path, ...] = ()

    def relative(self, file: Path) -> str:
        """Return the path of a file relative to the parent of `out`: generated files name their spec by it."""
        out = observed.real_path(self.out)
        # A link is no spec, so a thousand specs of a directory need one real path.
        real_file = f"{observed.real_path(file.parent)}/{file.name}"
        return Path(os.path.relpath(real_file, os.path.dirname(out))).as_posix()


def project_paths(spec: Path | None, out: Path | None) -> ProjectPaths:
    """Return the paths of the command line or, without them, of the project that has the current directory.

    Without `spec`, the project is the nearest directory that has specs in `spec/`, from the current one upwards. Its
    paths are relative to the current directory, so that a user can use them in messages.

    Raises OwscaleError if the project belongs to another user, or if a link makes a path lead out of its folder. A pull
    request could otherwise link its specs or its output to other files of the machine.
    """
    paths = ProjectPaths(spec, out or Path(OUT_DIRECTORY)) if spec else _find_project(out)
    for path in (paths.spec, paths.out):
        require_contained(str(path))
    _require_no_linked_specs(paths.spec)
    return paths


def _require_no_linked_specs(spec: Path) -> None:
    """Raise OwscaleError if the folder of the specs is a link: generated files would name the specs at its target.

    Folders above it may be links.
    """
    folder = spec if spec.name == SPEC_DIRECTORY else spec.parent
    if observed.kind(folder) != observed.LINK or folder.name != SPEC_DIRECTORY:
        return
    if observed.target_kind(folder) == observed.DIRECTORY:
        target = os.path.relpath(observed.real_path(folder), observed.real_path(folder.parent))
        hint = f"move the folder {target} into its place, because generated files name each spec by its path"
    else:
        hint = "remove it; it leads to no folder"
    raise OwscaleError(f"{folder}: is a symbolic link; expected a folder with specs", hint=hint)


def _find_project(out: Path | None) -> ProjectPaths:
    try:
        current = Path.cwd()
    except FileNotFoundError:
        raise OwscaleError("the current directory was removed", hint="change to the directory of the project") from None
    passed_over: list[Path] = []
    for directory in _searched_directories(current):
        if _has_specs(directory / SPEC_DIRECTORY):
            found_above = None if directory == current else directory
            root = Path(os.path.relpath(directory))
            paths = ProjectPaths(root / SPEC_DIRECTORY, out or root / OUT_DIRECTORY, found_above, tuple(passed_over))
            if found_above:
                _require_own(paths, current)
            return paths
        passed_over.append(directory)
    return ProjectPaths(out=out or Path(OUT_DIRECTORY), passed_over=tuple(passed_over))


def _searched_directories(current: Path) -> Iterator[Path]:
    """Yield the current directory and those above it, up to the top of the git repository or of the file system."""
    first = None
    for directory in (current, *current.parents):
        try:
            device, _ = observed.owner(directory)
            is_top = bool(observed.target_kind(directory / ".git"))
        except OSError:  # it may not be searched
            return
        first = first or device
        if device != first:
            return
        yield directory
        if is_top:
            return


def _has_specs(directory: Path) -> bool:
    try:
        kind = observed.target_kind(directory)
        if kind != observed.DIRECTORY:
            return observed.kind(directory) == observed.LINK  # which the command reports
        return bool(find_specs(directory))
    except (OSError, OwscaleError):  # it cannot be read, which the command reports
        return True


def _require_own(paths: ProjectPaths, current: Path) -> None:
    """Raise OwscaleError if another user owns the specs: they can name templates and Terraform code to run.

    git does the same: https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
    """
    if _owner(paths.spec) not in (os.geteuid(), _owner(current)):
        raise OwscaleError(
            f"{paths.spec}: belongs to another user, so it is not used",
            hint=f"if you trust its owner, add `--spec {paths.spec} --out {paths.out}`",
        )


def _owner(path: Path) -> int:
    return observed.owner(path)[1]


def missing_spec_error(spec: Path) -> OwscaleError:
    """Return the error for a path without a spec."""
    if observed.target_kind(spec) == observed.DIRECTORY:
        words = ["init", str(spec.parent)] if spec.name == SPEC_DIRECTORY and spec.parent != Path() else ["init"]
        init = owscale_command(*words, takes_paths=False)
        hint = f"write one as {spec}/spec.yaml; `{init}` writes a commented one to start from"
        return OwscaleError(f"{spec}: no spec found", hint=hint)
    if spec != ProjectPaths().spec:
        return OwscaleError(f"{spec}: no such file or directory", hint=missing_file_hint(spec))
    init = owscale_command("init", takes_paths=False)
    hint = f"run `{init}` to write a first spec here, or change to the directory of the project"
    return OwscaleError("no spec found in spec/ of this directory or of a directory above it", hint=hint)
