"""The tree under out/: compare it with what should be there, and make it so."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import OwscaleError

_ORIGIN = re.compile(r"# Generated from (.+) by templates/\S+ Do not edit\.$")
"""The first line of a generated file (see manifest.py); the group is the spec that it came from."""


@dataclass(frozen=True)
class Changes:
    """How a tree differs from what should be there: paths relative to it, sorted."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.created or self.changed or self.removed)

    def __str__(self) -> str:
        return f"+{len(self.created)} ~{len(self.changed)} -{len(self.removed)} ={self.unchanged}"


def compare(out: Path, files: Mapping[str, str], sources: frozenset[str]) -> Changes:
    """How the tree under `out` differs from `files` (text by path), which the specs named `sources` gave.

    Raises OwscaleError where it cannot be read.
    """
    present = {path: _read(out / path) for path in files}
    return Changes(
        created=tuple(sorted(path for path, text in present.items() if text is None)),
        changed=tuple(sorted(path for path, text in present.items() if text not in (None, files[path].encode()))),
        removed=tuple(sorted(_orphans(out, files, sources))),
        unchanged=sum(text == files[path].encode() for path, text in present.items()),
    )


def write(out: Path, files: Mapping[str, str], changes: Changes) -> None:
    """Makes the changes, each file whole or not at all. What was not generated is left alone.

    Raises OwscaleError if a file cannot be written, with its name.
    """
    path = out
    try:
        for path in (out / name for name in (*changes.created, *changes.changed)):
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, files[path.relative_to(out).as_posix()].encode())
        for path in (out / name for name in changes.removed):
            path.unlink()
            _remove_empty(path.parent, out)
    except OSError as error:
        raise OwscaleError(f"{path}: {error.strerror}") from error


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _remove_empty(folder: Path, out: Path) -> None:
    while folder != out and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _orphans(out: Path, files: Mapping[str, str], sources: frozenset[str]) -> Iterator[str]:
    """Generated files that no spec gives any more: theirs is one of `sources`, or it is gone."""
    for folder, folders, names in os.walk(out):
        folders[:] = [name for name in folders if name != ".terraform"]
        for path in (Path(folder, name) for name in names if name.endswith((".tf", ".hcl"))):
            origin = _ORIGIN.match((_read(path) or b"").split(b"\n", 1)[0].decode("utf-8", "replace"))
            name = path.relative_to(out).as_posix()
            if origin and name not in files and (origin[1] in sources or not (out.parent / origin[1]).exists()):
                yield name


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OwscaleError(f"{path}: {error.strerror}") from error
