"""Writing a tree so that each deployment in it is wholly old or wholly new.

First every new file is written beside the tree, where a full disk or a kill costs nothing. Then the deployments are
changed one after the other: a journal says what is about to happen, and the files are put in their places, which takes
no space and a few milliseconds. A run that is asked to stop does so between two of them. While there is a journal, the
next run knows the files that a run which was killed put there for owscale's own, and completes it.
"""

import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Self

from generator.errors import OwscaleError
from generator.output import disk, journal
from generator.output.compare import Comparison
from generator.output.journal import FOLDER, JOURNAL, PART, Interrupted
from generator.output.sums import SUMS


class Change(NamedTuple):
    """What is left of a difference when its content is laid ready: its file, what is done to it, the digest to come."""

    file: str
    mark: str
    digest: str


class Transaction:
    """The changes of one run: none is in the tree before `commit`, and without it none ever will be.

    `changes` has them by the deployment's folder. With `writing` off it only looks. Raises OwscaleError, with the path,
    where the disk refuses.
    """

    def __init__(self, out: Path, earlier: Interrupted, *, writing: bool) -> None:
        self._out = out
        self._own = out / FOLDER
        self._staged = self._own / "staged"
        self._writing = writing
        self._earlier = earlier
        self.changes: dict[str, list[Change]] = {}

    def __enter__(self) -> Self:
        if self._writing:
            for path in (self._own, self._staged, self._own / JOURNAL, self._own / PART):
                if path.is_symlink():
                    raise OwscaleError(f"{path}: is a symbolic link, which may lead anywhere\n  hint: move it away")
            if self._own.exists() and not self._own.is_dir():
                raise OwscaleError(f"{self._own}: is no folder\n  hint: move it away")
            self._clear()
            if self._staged.exists():
                raise OwscaleError(f"{self._staged}: an earlier run left it, and it cannot be removed")
        return self

    def __exit__(self, *_: object) -> None:
        if self._writing:
            self._clear()

    def add(self, comparison: Comparison) -> None:
        """Lays the new files of a deployment ready, and notes those that go."""
        if not comparison.differences:
            return
        if self._writing:
            new = ((each.file, each.new.content) for each in comparison.differences if each.new)
            with _told(self._staged):
                disk.lay(f"{self._staged}/{comparison.folder}", new)
        self.changes[comparison.folder] = [
            Change(each.file, each.mark, each.new.digest if each.new else "") for each in comparison.differences
        ]

    def commit(self, seen: Collection[str], stop: Callable[[], bool], step: Callable[[], object]) -> list[str]:
        """Changes one deployment after the other, with a `step` after each, until `stop` says so: those that are done.

        `seen` are the folders that the run looked at: what was interrupted there is complete then.
        """
        self._refuse_what_cannot_be_moved()
        done: list[str] = []
        whole = set(seen) - self.changes.keys()
        for folder, changes in self.changes.items():
            if stop():
                break
            coming = {(f"{folder}/{change.file}", change.digest) for change in changes if change.digest}
            with _told(self._out / folder):
                journal.write(self._out, coming | self._earlier.beyond(whole).files)
                self._settle(folder, changes)
            whole.add(folder)
            done.append(folder)
            step()
        with _told(self._own):
            journal.write(self._out, self._earlier.beyond(whole).files)
        return done

    def _settle(self, folder: str, changes: list[Change]) -> None:
        staged, place = f"{self._staged}/{folder}", f"{self._out}/{folder}"
        if disk.is_free(place):
            disk.move(staged, place)  # a new deployment comes in one step
            return
        # The sums come last: until all that they name is in place, the old ones tell which files are owscale's.
        for change in sorted(changes, key=lambda change: change.file == SUMS):
            if change.digest:
                disk.move(f"{staged}/{change.file}", f"{place}/{change.file}")
            else:
                disk.remove(f"{place}/{change.file}", str(self._out))

    def _clear(self) -> None:
        """Forgets what was laid ready; the journal of a run that was broken off stays for a later one."""
        shutil.rmtree(self._staged, ignore_errors=True)
        with suppress(OSError):  # not there, or the journal is in it
            self._own.rmdir()

    def _refuse_what_cannot_be_moved(self) -> None:
        """Before the first change: a rename that fails half-way would leave a deployment mixed."""
        own = self._out.stat().st_dev
        for folder, changes in self.changes.items():
            for there in sorted(disk.standing(f"{self._out}/{folder}", (change.file for change in changes))):
                if not os.access(there, os.W_OK | os.X_OK):
                    raise OwscaleError(f"{there}: is not writable")
                if Path(there).stat().st_dev != own:
                    hint = f"unmount it, or take a folder below it with --out; {self._out} must be on one disk"
                    raise OwscaleError(f"{there}: is on another disk than {self._out}\n  hint: {hint}")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tells an error of the disk as one that the user can mend; the disk names no file when it is full."""
    try:
        yield
    except OSError as error:
        raise OwscaleError(f"{error.filename or path}: {error.strerror}") from error
