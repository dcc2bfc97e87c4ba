"""The content of a directory under out/, read without following a link out of it.

Paths are text here: a large run looks at fifty thousand files, and creating a Path takes longer than reading one.
Errors of the file system are OSErrors, which the caller turns into messages once, for the same reason.
"""

from pathlib import Path

from owscale.errors import OwscaleError
from owscale.fs import observed
from owscale.fs.untrusted import MAX_OUTPUT_BYTES, read_untrusted
from owscale.fs.walk import walk

_NOT_ENTERED = ".terraform"  # Terraform's own directory, with the providers and modules that it downloaded


class OutputDirectory:
    """The directory of a deployment as it is on disk.

    `entries` has the kind of each path in it, as in `fs.observed`. If the directory itself is blocked, such as by a
    link above it, `blocked` is the message, and there are no entries. Without a `folder` it is empty. Raises OSError if
    it cannot be read, and OwscaleError if folders are nested too deep.
    """

    def __init__(self, out: Path, folder: str | None) -> None:
        self.root = str(out / (folder or ""))
        self.blocked = _blocked_message(out, folder) if folder else ""
        has_entries = folder and not self.blocked
        self.entries: dict[str, str] = dict(walk(self.root, not_entered=_NOT_ENTERED)) if has_entries else {}
        self._by_casefolded = {path.casefold(): path for path in self.entries}
        self._has_no_clashes = len(self._by_casefolded) == len(self.entries)

    def obstacle(self, path: str) -> str:
        """Return the message if something at or above `path` prevents writing a file there; else ""."""
        if self._has_no_clashes and self.entries.get(path) == observed.FILE:  # so all above it are directories
            return ""
        part, expected = path, observed.FILE
        while part:
            if existing := self._name_in_other_case(part):
                return (
                    f"{self.root}/{existing}: differs only in case from the generated {part}, "
                    "and some file systems ignore case"
                )
            if (kind := self.entries.get(part, expected)) != expected:
                return _wrong_kind(f"{self.root}/{part}", kind, expected)
            part, expected = part.rpartition("/")[0], observed.DIRECTORY
        return ""

    def _name_in_other_case(self, path: str) -> str:
        """Return the path that differs from another one in case alone; empty if there is none."""
        name = path.casefold()
        if self._has_no_clashes:
            existing = self._by_casefolded.get(name, path)
            return existing if existing != path else ""
        return next((entry for entry in self.entries if entry != path and entry.casefold() == name), "")

    def read(self, path: str) -> bytes | None:
        """Return the content of the file at `path`; None if there is none.

        Raises OwscaleError if it is too large, and OSError if it cannot be read.
        """
        is_file = self.entries.get(path) == observed.FILE
        return read_untrusted(f"{self.root}/{path}", MAX_OUTPUT_BYTES) if is_file else None

    def read_head(self, path: str) -> bytes:
        """Return the first 4 KiB of the file at `path`, which may be large if it is not generated. Raises OSError."""
        return observed.read_head(f"{self.root}/{path}")


def read_single_file(out: Path, folder: str, name: str) -> bytes | None:
    """Return the content of one file without listing its directory; None if it cannot be read."""
    path = out / folder / name
    try:
        return None if _blocked_message(out, folder) else read_untrusted(path, MAX_OUTPUT_BYTES)
    except (OSError, OwscaleError):
        return None


def _blocked_message(out: Path, folder: str) -> str:
    """Return the message if a link or a file blocks the path of a directory; `out` itself may be a link."""
    directory = out / folder
    for path in (out, *(parent for parent in reversed(directory.parents) if out in parent.parents), directory):
        kind = observed.target_kind(path) if path is out else observed.kind(path)
        if not kind:
            return ""
        if kind != observed.DIRECTORY:
            return _wrong_kind(str(path), kind, observed.DIRECTORY)
    return ""


def _wrong_kind(path: str, kind: str, expected: str) -> str:
    names = {
        observed.FILE: "a file",
        observed.DIRECTORY: "a directory",
        observed.LINK: "a symbolic link",
        observed.OTHER: "neither a file nor a directory",
    }
    return f"{path}: is {names[kind]}; expected {names[expected]}"
