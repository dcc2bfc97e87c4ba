"""Files that a deployment brings along: extra Terraform, and templates that replace shipped ones."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from owscale.console.text import suggest
from owscale.errors import OwscaleError
from owscale.fs.files import io_errors
from owscale.render.file_list import generated_paths
from owscale.render.template_loader import shipped_path
from owscale.spec.deployment import Deployment

_PORTABLE_NAME = re.compile(
    r"(?!(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$))[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Overrides(NamedTuple):
    """The files below `custom.templates` and `custom.extra` of a spec, by their paths in those directories.

    `templates_path` and `extra_path` are the directories in generated files, `templates_shown` and `extra_shown` in
    messages.
    """

    templates: Mapping[str, Path] = {}
    templates_path: str = ""
    templates_shown: str = ""
    extra: Mapping[str, Path] = {}
    extra_path: str = ""
    extra_shown: str = ""

    def template_path(self, template: str) -> str:
        """Return the path of a template in generated files."""
        return f"{self.templates_path}/{template}" if template in self.templates else shipped_path(template)

    def extra_content(self, path: str) -> bytes:
        """Return an extra file as git stores it: without a byte order mark, with LF line ends in text."""
        with io_errors(f"{self.extra_shown}/{path}"):
            content = self.extra[path].read_bytes()
        return content if b"\0" in content else content.removeprefix(_BYTE_ORDER_MARK).replace(b"\r\n", b"\n")


def load_overrides(deployment: Deployment, spec_path: str) -> Overrides:
    """Return the files that a spec brings along; `spec_path` is the path of the spec in generated files.

    Raises OwscaleError with every problem of these files.
    """
    custom = deployment.spec.custom
    if not custom.templates and not custom.extra:
        return Overrides()
    directory = deployment.document.source.parent
    in_files, in_messages = PurePosixPath(spec_path).parent, PurePosixPath(deployment.document.file).parent
    overrides = Overrides(
        _list_files(directory, custom.templates, in_messages),
        str(in_files / (custom.templates or "")),
        str(in_messages / (custom.templates or "")),
        _list_files(directory, custom.extra, in_messages),
        str(in_files / (custom.extra or "")),
        str(in_messages / (custom.extra or "")),
    )
    if errors := [*_misplaced_files(overrides), *_unsuitable_files(overrides)]:
        raise OwscaleError("\n".join(map(str, errors)))
    return overrides


def _list_files(directory: Path, name: str | None, shown: PurePosixPath) -> dict[str, Path]:
    """Return the files below a directory by their path in it, without hidden ones of editors or the system."""
    if name is None:
        return {}
    top = directory / name
    templates = _template_names()
    files: dict[str, Path] = {}

    def fail(error: OSError) -> None:
        below = os.path.relpath(error.filename, top)
        raise OwscaleError(f"{shown / name / below}: {error.strerror}") from error

    for parent, folders, names in os.walk(top, onerror=fail):
        folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
        for file in sorted(names):
            path = Path(parent, file)
            relative = path.relative_to(top).as_posix()
            if not file.startswith(".") or relative in templates:
                files[relative] = path
    return files


def _template_names() -> frozenset[str]:
    return frozenset(f"{path}.j2" for path in generated_paths())


def _misplaced_files(overrides: Overrides) -> Iterator[OwscaleError]:
    """Yield an error for each template that replaces no shipped one, and for each extra file on the path of another."""
    templates, generated = _template_names(), generated_paths()
    for template in sorted(overrides.templates.keys() - templates):
        hint = suggest(template, templates, "name a template after the file that it generates, with `.j2`")
        yield OwscaleError(f"{overrides.templates_shown}/{template}: replaces no shipped template", hint=hint)
    directories = {part.casefold(): path for path in generated for part in _with_parents(path)}
    files = {path.casefold(): path for path in generated}
    for path in overrides.extra:
        files_above = [files[part.casefold()] for part in _with_parents(path) if part.casefold() in files]
        if other := next(iter(files_above), directories.get(path.casefold())):
            yield _conflict(overrides, path, other, is_generated=other in generated)
        files[path.casefold()] = path
        directories |= {part.casefold(): path for part in _with_parents(path) if part.casefold() not in directories}


def _conflict(overrides: Overrides, path: str, other: str, *, is_generated: bool) -> OwscaleError:
    shown = f"{overrides.extra_shown}/{path}"
    if is_generated:
        hint = f"rename it, or put a template `{other}.j2` into the directory of `custom.templates`"
        return OwscaleError(f"{shown}: conflicts with the generated file {other}", hint=hint)
    return OwscaleError(
        f"{shown}: differs only in case from {overrides.extra_shown}/{other}",
        hint="rename one of them; some file systems ignore case",
    )


def _with_parents(path: str) -> list[str]:
    """Return a path and the directories above it."""
    return [path, *map(str, PurePosixPath(path).parents)][:-1]


def _unsuitable_files(overrides: Overrides) -> Iterator[OwscaleError]:
    """Yield an error for each link, each special file, and each name that some systems refuse."""
    templates = _template_names()
    for shown, files in ((overrides.templates_shown, overrides.templates), (overrides.extra_shown, overrides.extra)):
        for path, file in files.items():
            if any(part.is_symlink() for part in (file, *list(file.parents)[: path.count("/")])):
                yield OwscaleError(f"{shown}/{path}: is a symbolic link", hint="replace it with a regular file")
            elif not file.is_file():
                yield OwscaleError(f"{shown}/{path}: is not a regular file", hint="move it out of the directory")
            elif path not in templates and not all(_PORTABLE_NAME.fullmatch(part) for part in path.split("/")):
                hint = "use letters, digits, `_`, `.` and `-`, and no name that Windows reserves"
                yield OwscaleError(f"{shown}/{path}: has a name that some systems refuse", hint=hint)
