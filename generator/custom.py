"""What a deployment brings along: Terraform of its own, and templates in the place of owscale's."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from generator.deployment import Deployment
from generator.errors import OwscaleError
from generator.files import FILES

_PORTABLE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Custom:
    """A deployment's own parts: its templates by name, and its extra files by the path they are copied to.

    `…_shown` are the two folders as messages and generated files name them.
    """

    folder: Path | None = None
    templates: frozenset[str] = frozenset()
    templates_shown: str = ""
    extra: Mapping[str, Path] = field(default_factory=dict)
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
        return content if b"\0" in content else content.replace(b"\r\n", b"\n")


def custom(deployment: Deployment, origin: str) -> Custom:
    """The parts that the spec names; `origin` is the spec as generated files name it.

    Raises OwscaleError with all that is wrong with their files.
    """
    named = deployment.spec.custom
    beside, shown = Path(deployment.document.file).parent, PurePosixPath(origin).parent
    templates = _files(beside / named.templates) if named.templates else {}
    extra = _files(beside / named.extra) if named.extra else {}
    found = Custom(
        beside / named.templates if named.templates else None,
        frozenset(templates),
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
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                path = Path(here, name)
                found[path.relative_to(folder).as_posix()] = path
    return found


def _misplaced(own: Custom) -> Iterator[str]:
    """Templates of files that are never generated, and extra files in the place of those that are."""
    known = {f"{path}.j2" for path in FILES}
    for template in sorted(own.templates - known):
        near = difflib.get_close_matches(template, known, n=1)
        meant = f"did you mean {near[0]}?" if near else "owscale's own are named after the files they give, with .j2"
        yield f"{own.templates_shown}/{template}: takes the place of no template of owscale's\n  hint: {meant}"
    generated = {path.casefold(): path for path in FILES}
    for path in own.extra:
        if taken := generated.get(path.casefold()):
            way = f"give it another name, or put a template {taken}.j2 into the folder of custom.templates"
            yield f"{own.extra_shown}/{path}: {taken} is a generated file\n  hint: {way}"


def _strange(files: Mapping[str, Path]) -> Iterator[str]:
    for path, file in files.items():
        if any(part.is_symlink() for part in (file, *list(file.parents)[: path.count("/")])):
            yield f"{file}: is a symbolic link, which may lead anywhere\n  hint: put a real file in its place"
        elif not all(_PORTABLE.fullmatch(part) for part in path.split("/")):
            yield f"{file}: a name that not every system takes\n  hint: use letters, digits, `_`, `.` and `-`"
