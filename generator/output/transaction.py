"""Update out/ so that each deployment is completely old or completely new.

First, all new files are staged in out/.owscale, so a full disk or a kill does not change the output. Then the
deployments are written one after the other. The journal records the files of the next deployment, then renames move
them into place. Renames take a few milliseconds and no disk space. A signal stops the run between two deployments. A
killed run leaves its journal: with it, the next run recognises the files that were already moved, and completes the
deployment.
"""

import os
import shlex
import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from owscale.errors import OwscaleError
from owscale.fs import observed
from owscale.fs.files import TEMPORARY_SUFFIX, io_errors
from owscale.output import staging
from owscale.output.drift import DriftResult
from owscale.output.journal import WORK_DIRECTORY, IncompleteRun, write_journal
from owscale.output.manifest import MANIFEST_NAME

INTERRUPTED_MOVES = f"{WORK_DIRECTORY}/moved"
"""The temporary directory under out/ for directories of renamed deployments, so that two can be exchanged."""


class PendingWrite(NamedTuple):
    """A file to write or remove: its path in the deployment, `+`, `~` or `-`, and the digest of its new content."""

    file: str
    mark: str
    digest: str


class Transaction:
    """The changes of one run: `commit` writes them, and without it `out` stays as it was.

    `changes` has the pending writes by the directory of the deployment, and `moves` the present directory of each
    renamed deployment by its new one. `incomplete` are the interrupted runs before this one; `has_cleaned` is true
    where one of them left files. With `dry_run`, nothing is staged. Raises OwscaleError with the path if the file
    system fails.
    """

    def __init__(self, out: Path, incomplete: IncompleteRun, *, dry_run: bool) -> None:
        self._out = out
        self._work = out / WORK_DIRECTORY
        self._staged = self._work / "staged"
        self._dry_run = dry_run
        self._incomplete = incomplete
        self.has_cleaned = False
        self.changes: dict[str, list[PendingWrite]] = {}
        self.moves: dict[str, str] = {}

    def __enter__(self) -> Self:
        if not self._dry_run:
            self.has_cleaned = bool(observed.kind(self._work))
            self._require_no_links()
            self._clean()
            if self._staged.exists():
                hint = f"remove it with `rm -r {shlex.quote(str(self._staged))}`, perhaps as the user who created it"
                raise OwscaleError(f"{self._staged}: is left from an earlier run and cannot be removed", hint=hint)
        return self

    def __exit__(self, *_: object) -> None:
        if not self._dry_run:
            self._clean()

    def add(self, result: DriftResult) -> None:
        """Stage the new files of a deployment, and note the files to remove."""
        if not result.differences and not result.moved_from:
            return
        if result.moved_from:
            self.moves[result.folder] = result.moved_from
        if not self._dry_run:
            new = ((drift.file, drift.new.content) for drift in result.differences if drift.new)
            with io_errors(self._staged):
                staging.stage_files(f"{self._staged}/{result.folder}", new)
        self.changes[result.folder] = [
            PendingWrite(drift.file, drift.mark, drift.new.digest if drift.new else "") for drift in result.differences
        ]

    def commit(
        self, compared: Collection[str], should_stop: Callable[[], bool], step: Callable[[], object]
    ) -> list[str]:
        """Write one deployment after the other, each followed by a `step`, until all are done or `should_stop`.

        `compared` are the directories that this run compared: once written, they are complete again. Returns the
        directories that were written.
        """
        self._require_movable()
        written: list[str] = []
        if self.moves and not should_stop():
            with io_errors(self._out):
                self._move_directories()
        complete = set(compared) - self.changes.keys()
        for folder, changes in self.changes.items():
            if should_stop():
                break
            pending = {(f"{folder}/{change.file}", change.digest) for change in changes if change.digest}
            with io_errors(self._out / folder):
                write_journal(self._out, pending | self._incomplete.outside(complete).files)
                self._write(folder, changes)
            complete.add(folder)
            written.append(folder)
            step()
        with io_errors(self._work):
            write_journal(self._out, self._incomplete.outside(complete).files)
        return written

    def _move_directories(self) -> None:
        """Move the directories of renamed deployments. An interrupted run leaves them where the next one finds them."""
        for new, old in self.moves.items():
            between = f"{self._out}/{INTERRUPTED_MOVES}/{new}"
            if old != f"{INTERRUPTED_MOVES}/{new}":
                staging.move(f"{self._out}/{old}", between)
                staging.remove_empty(os.path.dirname(f"{self._out}/{old}"), str(self._out))
        for new in self.moves:
            between = f"{self._out}/{INTERRUPTED_MOVES}/{new}"
            staging.move(between, f"{self._out}/{new}")
            staging.remove_empty(os.path.dirname(between), str(self._work))

    def _write(self, folder: str, changes: list[PendingWrite]) -> None:
        staged, target = f"{self._staged}/{folder}", f"{self._out}/{folder}"
        if staging.is_free(target):
            staging.move(staged, target)  # a new deployment appears in one step
            return
        # The manifest comes last: until all its files are in place, the old one lists the generated files.
        for change in sorted(changes, key=lambda change: change.file == MANIFEST_NAME):
            if change.digest:
                staging.move(f"{staged}/{change.file}", f"{target}/{change.file}")
            else:
                staging.remove_file(f"{target}/{change.file}", str(self._out))

    def _parents(self, folder: str) -> set[str]:
        """Return the directories whose entries change when the directory of a deployment is moved."""
        if folder not in self.moves:
            return set()
        paths = (f"{self._out}/{path}" for path in (folder, self.moves[folder]))
        return {staging.nearest_existing(os.path.dirname(path)) for path in paths}

    def _require_no_links(self) -> None:
        """Raise OwscaleError if a link leads out of the work directory."""
        with io_errors(self._work):
            paths = [self._work] if self._work.is_symlink() else sorted(self._work.glob("*"))
            if links := [path for path in paths if path.is_symlink()]:
                raise OwscaleError(f"{links[0]}: is a symbolic link, which is not followed", hint="move it away")

    def _clean(self) -> None:
        """Remove the staged files; the journal of an interrupted run stays for a later one."""
        shutil.rmtree(self._staged, ignore_errors=True)
        with suppress(OSError):
            for temporary in self._work.glob(f"*{TEMPORARY_SUFFIX}"):  # of a run that was killed
                temporary.unlink()
            self._work.rmdir()  # fails if it has a journal, or is missing

    def _require_movable(self) -> None:
        """Raise OwscaleError if a rename would fail; a failure between two renames would leave a deployment mixed."""
        device = self._out.stat().st_dev
        for folder, changes in self.changes.items():
            names = (change.file for change in changes)
            root = f"{self._out}/{self.moves.get(folder, folder)}"
            for directory in sorted({*staging.target_directories(root, names), *self._parents(folder)}):
                if not os.access(directory, os.W_OK | os.X_OK):
                    hint = f"give yourself write access; `ls -ld {shlex.quote(directory)}` shows the permissions"
                    raise OwscaleError(f"{directory}: is not writable", hint=hint)
                if Path(directory).stat().st_dev != device:
                    raise OwscaleError(
                        f"{directory}: is on another file system than {self._out}",
                        hint="unmount it, or set `--out` to a directory below it; "
                        f"all of {self._out} must be on one file system",
                    )
