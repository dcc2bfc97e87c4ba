"""Custom files of a deployment: extra Terraform, and templates that replace shipped ones."""

import os
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from owscale.console.text import suggest
from owscale.domain.terraform_data import is_terraform_data
from owscale.errors import OwscaleError
from owscale.fs import observed
from owscale.fs.files import io_errors, os_error_hint
from owscale.fs.text import foreign_encoding
from owscale.fs.untrusted import MAX_EXTRA_BYTES, MIB, UnsafeFileError, read_untrusted, require_no_link, too_large
from owscale.fs.walk import require_depth
from owscale.render.file_list import generated_paths
from owscale.render.template_files import read_template, shipped_path
from owscale.spec.deployment import Deployment

_PORTABLE_NAME = r"(?!(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$))[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
_TERRAFORM_SUFFIXES = (".hcl", ".tf", ".tf.json", ".tfvars", ".tfvars.json")
_MAX_FILES = 10_000
_MAX_BYTES = 128 * MIB
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Overrides(NamedTuple):
    """The files below `custom.templates` and `custom.extra` of a spec, by their paths in those directories.

    `templates` has the texts of templates, `extra` the locations of custom files. `templates_path` and `extra_path` are
    the directories in generated files, `templates_shown` and `extra_shown` in messages.
    """

    templates: Mapping[str, str] = {}
    templates_path: str = ""
    templates_shown: str = ""
    extra: Mapping[str, Path] = {}
    extra_path: str = ""
    extra_shown: str = ""

    def template_path(self, template: str) -> str:
        """Return the path of a template in generated files."""
        return f"{self.templates_path}/{template}" if template in self.templates else shipped_path(template)

    def extra_content(self, path: str) -> bytes:
        """Return a custom file as git stores it: without a byte order mark, with LF line ends in text."""
        with io_errors(f"{self.extra_shown}/{path}"):
            content = read_untrusted(self.extra[path], MAX_EXTRA_BYTES, shown=f"{self.extra_shown}/{path}")
        if path.endswith(_TERRAFORM_SUFFIXES) and (encoding := foreign_encoding(content)):
            message = f"{self.extra_shown}/{path}: is {encoding}, which Terraform does not read"
            raise OwscaleError(message, hint="save the file as UTF-8")
        return content if b"\0" in content else content.removeprefix(_BYTE_ORDER_MARK).replace(b"\r\n", b"\n")


def load_overrides(deployment: Deployment, spec_path: str) -> Overrides:
    """Return the custom files of a spec; `spec_path` is the path of the spec in generated files.

    Raises OwscaleError with every problem of these files. A pull request can contain such files, so links, special
    files and large files are refused.
    """
    custom = deployment.spec.custom
    if not custom.templates and not custom.extra:
        return Overrides()
    directory = deployment.document.source.parent
    in_files, in_messages = PurePosixPath(spec_path).parent, PurePosixPath(deployment.document.file).parent
    templates = _Folder(directory, custom.templates, in_messages)
    extra = _Folder(directory, custom.extra, in_messages)
    errors = [*_misplaced_files(templates, extra), *_unsuitable_files(templates), *_unsuitable_files(extra)]
    if errors:
        *others, last = errors
        raise OwscaleError("\n".join((*map(str, others), last.message)), hint=last.hint)
    return Overrides(
        {name: read_template(path, f"{templates.shown}/{name}") for name, path in templates.files.items()},
        str(in_files / (custom.templates or "")),
        templates.shown,
        extra.files,
        str(in_files / (custom.extra or "")),
        extra.shown,
    )


class _Folder:
    """A folder of `custom`: its path in messages, and its files by their path in it."""

    def __init__(self, directory: Path, name: str | None, in_messages: PurePosixPath) -> None:
        self.shown = str(in_messages / (name or ""))
        self.files: dict[str, Path] = {}
        if name:
            require_no_link(str(directory / name), str(directory), self.shown)
            self.files = _list_files(directory / name, self.shown)


def _list_files(top: Path, shown: str) -> dict[str, Path]:
    """Return the files below a directory by their path in it, without hidden files of editors or the system.

    A link to a directory counts as a file, so that it is refused and not ignored.
    """
    try:
        paths = list(islice(_files_below(str(top), "", _template_names()), _MAX_FILES + 1))
    except UnsafeFileError as error:
        raise OwscaleError(f"{shown}: {error.problem}", hint=error.hint) from None
    except OSError as error:
        below = os.path.relpath(error.filename, top)
        place = f"{shown}/{below}"
        raise OwscaleError(f"{place}: {error.strerror}", hint=os_error_hint(error, place)) from error
    if len(paths) > _MAX_FILES:
        raise OwscaleError(f"{shown}: has more than {_MAX_FILES:,} files", hint="keep only Terraform there")
    return {path: top / path for path in paths}


def _files_below(directory: str, prefix: str, templates: frozenset[str]) -> Iterator[str]:
    """Yield the paths of files below a directory; the files of a directory come before its subdirectories."""
    entries = observed.scan(directory)
    require_depth(prefix, directory)
    for name, kind in entries:
        if kind != observed.DIRECTORY and (not name.startswith(".") or f"{prefix}{name}" in templates):
            yield f"{prefix}{name}"
    for name, kind in entries:
        if kind == observed.DIRECTORY and not name.startswith("."):
            yield from _files_below(f"{directory}/{name}", f"{prefix}{name}/", templates)


def _template_names() -> frozenset[str]:
    return frozenset(f"{path}.j2" for path in generated_paths())


def _misplaced_files(own: _Folder, extra: _Folder) -> Iterator[OwscaleError]:
    """Yield an error for each template that replaces no shipped one, and for each file on the path of another."""
    templates, generated = _template_names(), generated_paths()
    for template in sorted(own.files.keys() - templates):
        hint = suggest(template, templates, "name a template after the file that it generates, with `.j2`")
        yield OwscaleError(f"{own.shown}/{template}: replaces no shipped template", hint=hint)
    directories = {part.casefold(): path for path in generated for part in _with_parents(path)}
    files = {path.casefold(): path for path in generated}
    for path in extra.files:
        files_above = [files[part.casefold()] for part in _with_parents(path) if part.casefold() in files]
        if other := next(iter(files_above), directories.get(path.casefold())):
            yield _conflict(extra.shown, path, other, is_generated=other in generated)
        files[path.casefold()] = path
        directories |= {part.casefold(): path for part in _with_parents(path) if part.casefold() not in directories}


def _conflict(folder: str, path: str, other: str, *, is_generated: bool) -> OwscaleError:
    shown = f"{folder}/{path}"
    if is_generated:
        hint = f"rename it, or put a template `{other}.j2` into the directory of `custom.templates`"
        return OwscaleError(f"{shown}: conflicts with the generated file {other}", hint=hint)
    return OwscaleError(
        f"{shown}: differs only in case from {folder}/{other}",
        hint="rename one of them; some file systems ignore case",
    )


def _with_parents(path: str) -> list[str]:
    """Return a path and the directories above it."""
    return [path, *map(str, PurePosixPath(path).parents)][:-1]


def _unsuitable_files(folder: _Folder) -> Iterator[OwscaleError]:
    """Yield an error for each link, special file and large file, and for each name that some systems refuse."""
    templates = _template_names()
    total = 0
    for path, file in folder.files.items():
        kind = observed.kind(file)
        size = file.lstat().st_size  # not recorded, as it follows from the content, which a run with success reads
        total += size
        if kind == observed.LINK:
            yield OwscaleError(f"{folder.shown}/{path}: is a symbolic link", hint="replace it with a regular file")
        elif kind != observed.FILE:
            yield OwscaleError(f"{folder.shown}/{path}: is not a regular file", hint="move it out of the directory")
        elif is_terraform_data(path):
            problem = "has the name of a file that Terraform itself writes, and reads although no code names it"
            yield OwscaleError(f"{folder.shown}/{path}: {problem}", hint="move it out of the directory")
        elif size > MAX_EXTRA_BYTES:
            problem, hint = too_large(size, MAX_EXTRA_BYTES)
            yield OwscaleError(f"{folder.shown}/{path}: {problem}", hint=hint)
        elif path not in templates and not all(re.fullmatch(_PORTABLE_NAME, part) for part in path.split("/")):
            hint = "use letters, digits, `_`, `.` and `-`, and no name that Windows reserves"
            yield OwscaleError(f"{folder.shown}/{path}: has a name that is not portable", hint=hint)
    if total > _MAX_BYTES:
        yield OwscaleError(f"{folder.shown}: {too_large(total, _MAX_BYTES)[0]}", hint="keep only Terraform there")
