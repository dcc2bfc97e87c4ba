"""Writing a tree so that it is wholly old or wholly new; a run that is killed in between is completed by the next.

First every new file is written beside the tree, where a full disk or a kill costs nothing. Then a journal says what is
about to happen. Then the files are put in their places, which takes no space and a few milliseconds, and the journal
goes. While there is one, the next run knows the files that the broken run put there for owscale's own.
"""

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from generator.errors import OwscaleError
from generator.output.compare import Difference
from generator.output.sums import SUMS, digest

FOLDER = ".owscale"
_JOURNAL = "journal"
_PART = "journal.part"
_DEPTH = 2  # of a generated file: name/environment/…


@dataclass(frozen=True)
class Interrupted:
    """What runs that were broken off were about to write: paths under out/ with digests, and how many are in place."""

    files: frozenset[tuple[str, str]] = frozenset()
    done: int = 0

    def __bool__(self) -> bool:
        return bool(self.files)

    def __str__(self) -> str:
        paths = {path for path, _ in self.files}
        return f"an earlier run was interrupted after {self.done} of {len(paths)} files"

    def beyond(self, folders: Collection[str]) -> frozenset[tuple[str, str]]:
        """What of it lies in other folders than these."""
        return frozenset((path, own) for path, own in self.files if "/".join(path.split("/")[:2]) not in folders)


def interrupted(out: Path) -> Interrupted:
    """What the journal of an earlier run says; nothing where the last run came to its end."""
    try:
        lines = (out / FOLDER / _JOURNAL).read_bytes().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return Interrupted()
    except OSError as error:
        raise OwscaleError(f"{error.filename}: {error.strerror}") from error
    entries = (line.partition(" ") for line in lines)
    files = frozenset((path, own) for own, _, path in entries if path.count("/") >= _DEPTH)
    return Interrupted(files, sum(_in_place(out / path, own) for path, own in files))


def _in_place(path: Path, own: str) -> bool:
    try:
        return digest(path.read_bytes()) == own
    except OSError:
        return False


class Transaction:
    """The changes of one run: none is in the tree before `commit`, and without it none ever will be.

    With `writing` off it only looks. Raises OwscaleError, with the path, where the disk refuses.
    """

    def __init__(self, out: Path, earlier: Interrupted, *, writing: bool) -> None:
        self._out = out
        self._own = out / FOLDER
        self._staged = self._own / "staged"
        self._writing = writing
        self._earlier = earlier
        self._journal = set(earlier.files)
        self._goes: dict[str, bool] = {}

    def __enter__(self) -> Self:
        if self._writing:
            for path in (self._own, self._staged, self._own / _JOURNAL, self._own / _PART):
                if path.is_symlink():
                    raise OwscaleError(f"{path}: is a symbolic link, which may lead anywhere\n  hint: move it away")
            if self._own.exists() and not self._own.is_dir():
                raise OwscaleError(f"{self._own}: is no folder\n  hint: move it away")
        self._clear()
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def make(self, difference: Difference) -> Difference:
        """Lays a file ready, or notes one that goes and with it the folders that it leaves empty."""
        if not self._writing:
            return difference
        self._goes[difference.path] = difference.new is None
        if difference.new is None:
            return difference
        staged = self._staged / difference.path
        with _told(staged):
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.write_bytes(difference.new)
        self._journal.add((difference.path, digest(difference.new)))
        return difference

    def commit(self, folders: Collection[str]) -> None:
        """Makes all changes. `folders` are those that the run looked at: what was interrupted there is complete."""
        if not self._writing:
            return
        if self._goes:
            self._refuse_what_cannot_be_moved()
            self._write_journal(self._journal)
        for path in sorted(self._goes, key=lambda path: path.endswith(f"/{SUMS}")):
            # The sums come last: until all that they name is in place, the old ones tell which files are owscale's.
            with _told(self._out / path):
                self._settle(path)
        if others := self._earlier.beyond(folders):
            self._write_journal(others)
        else:
            with _told(self._own):
                (self._own / _JOURNAL).unlink(missing_ok=True)

    def _settle(self, path: str) -> None:
        place = self._out / path
        if self._goes[path]:
            place.unlink(missing_ok=True)
            self._remove_empty(place.parent)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            (self._staged / path).replace(place)

    def _clear(self) -> None:
        """Forgets what was laid ready; the journal of a run that was broken off stays for a later one."""
        if self._writing:
            shutil.rmtree(self._staged, ignore_errors=True)
            with suppress(OSError):  # not there, or the journal is in it
                self._own.rmdir()

    def _refuse_what_cannot_be_moved(self) -> None:
        """Before the journal: a rename that fails half-way would leave the tree mixed."""
        disk = self._out.stat().st_dev
        for folder in {(self._out / path).parent for path in self._goes}:
            there = next(above for above in (folder, *folder.parents) if above.exists())
            if not os.access(there, os.W_OK | os.X_OK):
                raise OwscaleError(f"{there}: is not writable")
            if there.stat().st_dev != disk:
                hint = f"unmount it, or take a folder below it with --out; {self._out} must be on one disk"
                raise OwscaleError(f"{there}: is on another disk than {self._out}\n  hint: {hint}")

    def _write_journal(self, files: Collection[tuple[str, str]]) -> None:
        journal, part = self._own / _JOURNAL, self._own / _PART
        with _told(journal):
            self._own.mkdir(exist_ok=True)
            lines = "".join(f"{own} {path}\n" for path, own in sorted(files))
            part.write_text(lines, encoding="utf-8", newline="\n")
            part.replace(journal)

    def _remove_empty(self, folder: Path) -> None:
        while folder != self._out and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tells an error of the disk as one that the user can mend; the disk names no file when it is full."""
    try:
        yield
    except OSError as error:
        raise OwscaleError(f"{error.filename or path}: {error.strerror}") from error
