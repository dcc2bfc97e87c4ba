"""The journal: what a run is about to put in place, so that the next one knows the files of one that was killed."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from generator.errors import OwscaleError
from generator.output.sums import digest

FOLDER = ".owscale"
JOURNAL = "journal"
PART = "journal.part"
_DEPTH = 2  # of a generated file: name/environment/…


class Interrupted(NamedTuple):
    """What runs that were broken off were about to write: paths under out/ with digests, and how many are in place."""

    files: frozenset[tuple[str, str]] = frozenset()
    done: int = 0

    def __bool__(self) -> bool:
        return bool(self.files)

    def __str__(self) -> str:
        paths = {path for path, _ in self.files}
        return f"an earlier run was interrupted after {self.done} of {len(paths)} files of {', '.join(self.folders)}"

    @property
    def folders(self) -> list[str]:
        """The deployments that it was about."""
        return sorted({_folder(path) for path, _ in self.files})

    def beyond(self, folders: Collection[str]) -> "Interrupted":
        """What of it lies in other folders than these."""
        return Interrupted(frozenset((path, own) for path, own in self.files if _folder(path) not in folders))


def interrupted(out: Path) -> Interrupted:
    """What the journal of an earlier run says; nothing where the last run came to its end."""
    try:
        lines = (out / FOLDER / JOURNAL).read_bytes().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return Interrupted()
    except OSError as error:
        raise OwscaleError(f"{error.filename}: {error.strerror}") from error
    entries = (line.partition(" ") for line in lines)
    files = frozenset((path, own) for own, _, path in entries if path.count("/") >= _DEPTH)
    return Interrupted(files, sum(_in_place(out / path, own) for path, own in files))


def write(out: Path, files: Collection[tuple[str, str]]) -> None:
    """Says what is about to happen; without files, that all is well."""
    journal, part = out / FOLDER / JOURNAL, out / FOLDER / PART
    if files:
        journal.parent.mkdir(exist_ok=True)
        part.write_text("".join(f"{own} {path}\n" for path, own in sorted(files)), encoding="utf-8", newline="\n")
        part.replace(journal)
    else:
        journal.unlink(missing_ok=True)


def _in_place(path: Path, own: str) -> bool:
    try:
        return digest(path.read_bytes()) == own
    except OSError:
        return False


def _folder(path: str) -> str:
    return "/".join(path.split("/")[:_DEPTH])
