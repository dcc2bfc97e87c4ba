"""The journal of a run: the files that it is about to write, so that the next run can complete an interrupted one."""

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from owscale.errors import OwscaleError
from owscale.fs import observed
from owscale.fs.confined import unsafe_path_reason
from owscale.fs.files import atomic_write, io_errors
from owscale.fs.hashing import DIGEST_LENGTH, content_digest
from owscale.fs.untrusted import MAX_JOURNAL_BYTES, UnsafeFileError, read_untrusted
from owscale.output.directory import read_single_file

WORK_DIRECTORY = ".owscale"
JOURNAL = "journal"
_LINE = re.compile(rb"([0-9a-f]{%d}) ([^\n]+)" % DIGEST_LENGTH)
_DEPTH = 2  # directories above a generated file: name/environment/


class IncompleteRun(NamedTuple):
    """The files of interrupted runs, as paths under out/ with digests, and the number of them that were written."""

    files: frozenset[tuple[str, str]] = frozenset()
    written: int = 0

    def __bool__(self) -> bool:
        return bool(self.files)

    def __str__(self) -> str:
        paths = {path for path, _ in self.files}
        return f"an earlier run was interrupted after {self.written} of {len(paths)} files of {', '.join(self.folders)}"

    @property
    def folders(self) -> list[str]:
        """The directories of the deployments that were being written."""
        return sorted({_folder(path) for path, _ in self.files})

    def outside(self, folders: Collection[str]) -> "IncompleteRun":
        """Return the part of the run that is not in these directories."""
        return IncompleteRun(frozenset((path, digest) for path, digest in self.files if _folder(path) not in folders))


def read_incomplete_run(out: Path) -> IncompleteRun:
    """Read the journal of an interrupted run; there is none after a run that ended.

    Raises OwscaleError if it cannot be read, and if a line is not one that owscale writes.
    """
    journal = out / WORK_DIRECTORY / JOURNAL
    with io_errors(journal):
        if observed.kind(journal.parent) == observed.LINK:
            raise _damaged(journal.parent, "is a symbolic link, which is not followed")
        try:
            content = read_untrusted(journal, MAX_JOURNAL_BYTES)
        except FileNotFoundError:
            return IncompleteRun()
        except UnsafeFileError as error:
            raise _damaged(journal, error.problem) from None
    files = frozenset(_parse(journal, content))
    return IncompleteRun(files, sum(_is_written(out, path, digest) for path, digest in files))


def write_journal(out: Path, files: Collection[tuple[str, str]]) -> None:
    """Record the files that are about to be written; without files, remove the journal. Raises OSError."""
    journal = out / WORK_DIRECTORY / JOURNAL
    if files:
        journal.parent.mkdir(exist_ok=True)
        atomic_write(journal, "".join(f"{digest} {path}\n" for path, digest in sorted(files)).encode())
    else:
        journal.unlink(missing_ok=True)


def _parse(journal: Path, content: bytes) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(content.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise _damaged(journal, f"line {number} is malformed: no digest and path")
        path = os.fsdecode(match[2])
        if reason := unsafe_path_reason(path) or ("" if path.count("/") >= _DEPTH else "is in no deployment"):
            raise _damaged(journal, f"line {number} is malformed: its path {reason}")
        yield path, match[1].decode()


def _damaged(path: Path, problem: str) -> OwscaleError:
    hint = f"remove {path}, then run `owscale check`; files of an interrupted run then count as modified locally"
    return OwscaleError(f"{path}: {problem}", hint=hint)


def _is_written(out: Path, path: str, digest: str) -> bool:
    content = read_single_file(out, *path.rsplit("/", 1))
    return content is not None and content_digest(content) == digest


def _folder(path: str) -> str:
    return "/".join(path.split("/")[:_DEPTH])
