"""How a tree differs from what should be there, and why."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from generator.output import cause
from generator.output.generated import File, Generated
from generator.output.sums import SUMS, Sums, digest, parsed
from generator.output.tree import Tree, only_file

_GENERATED = re.compile(rb"(?:#|<!--) Generated from .+ by \S+\. Do not edit\.")
"""How a generated file begins: it tells one from a stranger where the sums have been lost."""


class State(StrEnum):
    """What a file is that is not as it should be."""

    CHANGED = "changed"
    MISSING = "missing"
    ORPHAN = "orphan"
    EDITED = "edited by hand"
    IN_THE_WAY = "in the way"


class Difference(NamedTuple):
    """A file of a deployment's folder that is not as it should be, and why: what is there, and what should be."""

    folder: str
    file: str
    state: State
    why: str
    old: bytes | None
    new: File | None

    @property
    def path(self) -> str:
        """Its place under out/."""
        return f"{self.folder}/{self.file}" if self.file else self.folder

    @property
    def mark(self) -> str:
        """What writing it does: adds it, changes it, or removes it."""
        return "+" if self.old is None else "-" if self.new is None else "~"

    @property
    def diff(self) -> str:
        """What writing it would change, as a unified diff."""
        contents = (self.old, self.new and self.new.content)
        old, new = ((content or b"").decode("utf-8", "replace").splitlines() for content in contents)
        before = self.path if self.old is not None else "/dev/null"
        after = self.path if self.new is not None else "/dev/null"
        return "\n".join(difflib.unified_diff(old, new, before, after, lineterm=""))


class Comparison(NamedTuple):
    """One deployment's folder: what differs, how many files do not, and what there is not owscale's to write.

    `marks` has the digest of each file as it should be. What is left alone goes by its path, with how that is told.
    `ended` tells that no spec describes the deployment any more. `failure` tells why nothing is known of it.
    """

    folder: str
    differences: tuple[Difference, ...] = ()
    unchanged: int = 0
    left_alone: Mapping[str, str] = {}
    marks: Mapping[str, str] = {}
    ended: bool = False
    failure: str = ""


def compare(out: Path, generated: Generated, interrupted: frozenset[tuple[str, str]]) -> Comparison:
    """How the folder of a deployment differs from what was generated.

    `interrupted` has what runs that were broken off were about to write: paths under `out` with their digests. Raises
    OwscaleError where the folder cannot be read.
    """
    tree = Tree(out, generated.folder)
    if tree.blocked:
        return _blocked(generated, tree.blocked)
    sums = File(str(generated.sums).encode(), SUMS, "")
    recorded = tree.read(SUMS)
    known = generated.sums if recorded == sums.content else parsed(recorded or b"")
    if generated.files and known.spec not in ("", generated.spec) and _stands(out, known.spec):
        return _blocked(generated, f"{tree.root}: belongs to {known.spec}, and {generated.spec} would take its place")
    look = _Look(tree, generated, known, interrupted)
    owned = generated.owned
    found = [*(look.expected(path, file) for path, file in owned.items()), look.sums(recorded, sums), *look.orphans()]
    differences = sorted((each for each in found if each), key=lambda each: each.file)
    return Comparison(
        generated.folder,
        tuple(differences),
        unchanged=sum(each is None for each in found),
        left_alone=dict(look.left_alone()),
        marks={path: origin.digest for path, origin in generated.sums.origins.items()} | {SUMS: digest(sums.content)},
        ended=not generated.files,
    )


def _blocked(generated: Generated, why: str) -> Comparison:
    return Comparison(generated.folder, (Difference(generated.folder, "", State.IN_THE_WAY, why, None, None),))


def leftovers(out: Path, sources: frozenset[str], current: frozenset[str]) -> Iterator[Generated]:
    """The deployments under `out` that no spec describes any more, as folders in which nothing should be.

    Those are the ones whose spec is one of `sources`, or is gone, and that are not `current`.
    """
    for folder in sorted(f"{name}/{environment}" for name in _folders(out) for environment in _folders(out / name)):
        if folder in current or (content := only_file(out, folder, SUMS)) is None:
            continue
        known = parsed(content)
        if known.spec in sources or _stands(out, known.spec) is False:
            yield Generated(folder, known.spec, "", {}, keep=known.keep)


def _folders(path: Path) -> list[str]:
    """The folders in a folder that may be looked into; nobody's output is in the others."""
    try:
        with os.scandir(path) as found:
            return [entry.name for entry in found if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _stands(out: Path, spec: str) -> bool | None:
    """Whether a spec exists that the manifest of a folder names; None where it cannot be looked for."""
    try:
        return (out.parent / spec).exists()
    except OSError:
        return None


class _Look(NamedTuple):
    """One comparison: the tree, what should be there, and what is known of what was."""

    tree: Tree
    generated: Generated
    known: Sums
    interrupted: frozenset[tuple[str, str]]

    def expected(self, path: str, file: File) -> Difference | None:
        if obstacle := self.tree.obstacle(path):
            return self._difference(path, State.IN_THE_WAY, obstacle, None, file)
        old = self.tree.read(path)
        if old == file.content:
            return None
        origin = self.known.origins.get(path)
        why = cause.of_change(self.known, self.generated, origin, file)
        if old is None:
            why = why or "removed by hand" if self.known.version else "not generated yet"
            return self._difference(path, State.MISSING, why, None, file)
        if self._is_ours(path, old):
            why = why or ("its line ends changed" if b"\r\n" in old else "a run was interrupted")
            return self._difference(path, State.CHANGED, why, old, file)
        if origin or _GENERATED.match(old):
            return self._difference(path, State.EDITED, why, old, file)
        why = f"{self.tree.root}/{path}: was not generated, and stands where a generated file belongs"
        return self._difference(path, State.IN_THE_WAY, why, old, file)

    def sums(self, old: bytes | None, file: File) -> Difference | None:
        """The manifest itself; it goes with the last file."""
        new = file if self.generated.files else None
        if obstacle := self.tree.obstacle(SUMS):
            return self._difference(SUMS, State.IN_THE_WAY, obstacle, None, new)
        if old == (new and new.content):
            return None
        if new is None:
            return self._difference(SUMS, State.ORPHAN, cause.NO_SPEC, old, None)
        if old is None:
            return self._difference(SUMS, State.MISSING, "it goes with the others", old, new)
        return self._difference(SUMS, State.CHANGED, cause.of_sums(self.known, self.generated), old, new)

    def orphans(self) -> Iterator[Difference]:
        """Generated files that nothing generates any more."""
        for path in self.tree.entries:
            if path == SUMS or path in self.generated.files or self.generated.keeps(path) or not self._once_ours(path):
                continue
            old = self.tree.read(path) or b""
            why = cause.of_end(self.known, self.generated, self.known.origins.get(path))
            yield self._difference(path, State.ORPHAN if self._is_ours(path, old) else State.EDITED, why, old, None)

    def left_alone(self) -> Iterator[tuple[str, str]]:
        """What is kept, and what was never generated, each with how it is told."""
        owned = self.generated.owned
        for path, kind in sorted(self.tree.entries.items()):
            if kind == "folder":
                if path.endswith(".terraform"):
                    yield path, f"{path}/"
            elif self.generated.keeps(path):
                yield path, f"{path} (kept)"
            elif path != SUMS and path not in owned and not self._once_ours(path):
                yield path, path

    def _once_ours(self, path: str) -> bool:
        """Whether a file was generated, as far as its name and its head tell; it may have been edited since."""
        if self.tree.entries[path] != "file":
            return False
        named = path in self.known.origins
        return named or (path.endswith((".tf", ".hcl", ".md")) and bool(_GENERATED.match(self.tree.read(path) or b"")))

    def _is_ours(self, path: str, content: bytes) -> bool:
        """Whether the content is what owscale wrote, whatever line ends a checkout gave it."""
        digests = {digest(content), digest(content.replace(b"\r\n", b"\n"))}
        place = f"{self.generated.folder}/{path}"
        return bool(digests & self.known.digests) or any((place, own) in self.interrupted for own in digests)

    def _difference(self, path: str, state: State, why: str, old: bytes | None, new: File | None) -> Difference:
        return Difference(self.generated.folder, path, state, why, old, new)
