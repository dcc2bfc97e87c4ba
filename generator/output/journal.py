"""The journal of a run: the files that it is about to write, so that the next run can complete an interrupted one."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from owscale.fs import observed
from owscale.fs.files import atomic_write, io_errors
from owscale.fs.hashing import content_digest

WORK_DIRECTORY = ".owscale"
JOURNAL = "journal"
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

    Raises OwscaleError where it cannot be read.
    """
    journal = out / WORK_DIRECTORY / JOURNAL
    with io_errors(journal):
        try:
            lines = observed.read_bytes(journal).decode("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return IncompleteRun()
    entries = (line.partition(" ") for line in lines)
    files = frozenset((path, digest) for digest, _, path in entries if path.count("/") >= _DEPTH)
    return IncompleteRun(files, sum(_is_written(out / path, digest) for path, digest in files))


def write_journal(out: Path, files: Collection[tuple[str, str]]) -> None:
    """Record the files that are about to be written; without files, remove the journal. Raises OSError."""
    journal = out / WORK_DIRECTORY / JOURNAL
    if files:
        journal.parent.mkdir(exist_ok=True)
        atomic_write(journal, "".join(f"{digest} {path}\n" for path, digest in sorted(files)).encode())
    else:
        journal.unlink(missing_ok=True)


def _is_written(path: Path, digest: str) -> bool:
    try:
        return content_digest(observed.read_bytes(path)) == digest
    except OSError:
        return False


def _folder(path: str) -> str:
    return "/".join(path.split("/")[:_DEPTH])
