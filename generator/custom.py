"""What a deployment brings along: Terraform of its own, and templates in the place of owscale's."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from generator.deployment import Deployment
from generator.errors import OwscaleError
from generator.files import FILES

_TEMPLATES = frozenset(f"{path}.j2" for path in FILES)
_PORTABLE = re.compile(
    r"(?!(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$))[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
)


_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Custom(NamedTuple):
    """A deployment's own parts: its templates by name, and its extra files by the path they are copied to.

    `…_shown` are the two folders as messages and generated files name them.
    """

    templates: Mapping[str, Path] = {}
    templates_shown: str = ""
    extra: Mapping[str, Path] = {}
    extra_shown: str = ""

    def shown(self, template: str) -> str:
        """Where a template stands."""
        return f"{self.templates_shown if template in self.templates else 'templates'}/{template}"

    def content(self, path: str) -> bytes:
        """An extra file as git keeps it: text has one kind of line end, whatever a checkout made of it."""
        try:
            content = self.extra[path].read_bytes()
        except OSError as error:
            raise OwscaleError(f"{self.extra_shown}/{path}: {error.strerror}") from error
        return content if b"\0" in content else content.removeprefix(_BYTE_ORDER_MARK).replace(b"\r\n", b"\n")


def custom(deployment: Deployment, origin: str) -> Custom:
    """The parts that the spec names; `origin` is the spec as generated files name it.

    Raises OwscaleError with all that is wrong with their files.
    """
    named = deployment.spec.custom
    if not named.templates and not named.extra:
        return Custom()
    beside, shown = Path(deployment.document.file).parent, PurePosixPath(origin).parent
    templates = _files(beside / named.templates) if named.templates else {}
    extra = _files(beside / named.extra) if named.extra else {}
    found = Custom(
        templates,
        str(shown / (named.templates or "")),
        extra,
        str(shown / (named.extra or "")),
    )
    if problems := [*_misplaced(found), *_strange({**templates, **extra})]:
        raise OwscaleError("\n".join(problems))
    return found


def _files(folder: Path) -> dict[str, Path]:
    """The files below a folder by their path in it; hidden ones are an editor's or the system's, and left out."""
    found: dict[str, Path] = {}

    def told(error: OSError) -> None:
        raise OwscaleError(f"{error.filename}: {error.strerror}") from error

    for here, folders, names in os.walk(folder, onerror=told):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            inside = path.relative_to(folder).as_posix()
            if not name.startswith(".") or inside in _TEMPLATES:
                found[inside] = path
    return found


def _misplaced(own: Custom) -> Iterator[str]:
    """Templates of files that are never generated, and extra files in the place of those that are."""
    for template in sorted(own.templates.keys() - _TEMPLATES):
        import difflib  # noqa: PLC0415 -- only a mistake waits for it

        near = difflib.get_close_matches(template, _TEMPLATES, n=1)
        meant = f"did you mean {near[0]}?" if near else "owscale's own are named after the files they give, with .j2"
        yield f"{own.templates_shown}/{template}: takes the place of no template of owscale's\n  hint: {meant}"
    taken = {part.casefold(): path for path in FILES for part in _parts(path)}
    files = {path.casefold(): path for path in FILES}
    for path in own.extra:
        folders = [files[part.casefold()] for part in _parts(path) if part.casefold() in files]
        if other := next(iter(folders), taken.get(path.casefold())):
            shown = f"{own.extra_shown}/{path}"
            if other in FILES:
                way = f"give it another name, or put a template {other}.j2 into the folder of custom.templates"
                yield f"{shown}: {other} is a generated file\n  hint: {way}"
            else:
                yield f"{shown}: some disks take it for {own.extra_shown}/{other}\n  hint: give one another name"
        files[path.casefold()] = path
        taken |= {part.casefold(): path for part in _parts(path) if part.casefold() not in taken}


def _parts(path: str) -> list[str]:
    """A path, and the folders that it is in."""
    return [path, *map(str, PurePosixPath(path).parents)][:-1]


def _strange(files: Mapping[str, Path]) -> Iterator[str]:
    for path, file in files.items():
        if any(part.is_symlink() for part in (file, *list(file.parents)[: path.count("/")])):
            yield f"{file}: is a symbolic link, which may lead anywhere\n  hint: put a real file in its place"
        elif not file.is_file():
            yield f"{file}: is neither file nor folder\n  hint: move it away"
        elif path not in _TEMPLATES and not all(_PORTABLE.fullmatch(part) for part in path.split("/")):
            what = "use letters, digits, `_`, `.` and `-`, and no name that Windows keeps for itself"
            yield f"{file}: a name that not every system takes\n  hint: {what}"
