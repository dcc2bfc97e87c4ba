"""Files as they stood at a git revision, without touching the working tree."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from generator.errors import OwscaleError, UsageError

_FILES = {b"100644", b"100755"}  # the modes of what is neither a link nor a submodule
_FROM_HOOKS = {"GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"}  # relative to where git called the hook


class Repository:
    """The git repository that a path is in.

    Raises OwscaleError where there is none, or no git.
    """

    def __init__(self, path: Path) -> None:
        self._folder = next(folder for folder in (path, *path.absolute().parents) if folder.is_dir())
        self.top = Path(os.fsdecode(self._git("rev-parse", "--show-toplevel").rstrip(b"\n")))

    def commit(self, revision: str) -> str:
        """The commit that a revision names; UsageError where it names none."""
        try:
            named = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except OwscaleError:
            hint = "name a branch, a tag or a commit; in a shallow clone fetch it first: git fetch origin <branch>"
            raise UsageError(f"{revision}: git knows no such revision\n  hint: {hint}") from None
        return named.decode().strip()

    def fork(self, base: str, head: str) -> str:
        """The commit at which `head` left `base`, as a pull request shows; `base` where the two share no history."""
        try:
            shared = self._git("merge-base", base, head).decode().strip()
        except OwscaleError:
            return base
        return base if shared == head else shared  # looking back from an older revision, all of it counts

    def holds(self, path: Path) -> bool:
        """Whether a path lies in this repository."""
        return path.resolve().is_relative_to(self.top.resolve())

    def extract(self, commit: str, path: Path, into: Path) -> Path:
        """Writes the files at or below `path` as they stood, under `into` at the same path: where that is.

        Bytes are those that git keeps, whatever line ends or filters a checkout would use. Links are left out. Nothing
        is written where nothing stood.
        """
        inside = (path.parent.resolve() / path.name).relative_to(self.top.resolve()).as_posix()
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", commit, "--", inside).split(b"\0")
        entries = [entry.partition(b"\t") for entry in listed if entry[:6] in _FILES]
        blobs = self._blobs([head.split(b" ")[2] for head, _, _ in entries])
        for (_, _, name), content in zip(entries, blobs, strict=True):
            place = into / os.fsdecode(name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return into / inside

    def _blobs(self, names: list[bytes]) -> Iterator[bytes]:
        """The contents of objects, all in one call."""
        told = self._git("cat-file", "--batch", stdin=b"".join(name + b"\n" for name in names))
        for _ in names:
            head, _, told = told.partition(b"\n")
            size = int(head.split(b" ")[2])
            yield told[:size]
            told = told[size + 1 :]

    def _git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        try:
            ran = subprocess.run(  # noqa: S603 -- arguments of our own, and revisions behind --end-of-options
                ["git", "-C", str(self._folder), *arguments],  # noqa: S607 -- the user's git, wherever it is
                input=stdin,
                capture_output=True,
                check=False,
                env={name: value for name, value in os.environ.items() if name not in _FROM_HOOKS}
                | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
            )
        except FileNotFoundError:
            raise OwscaleError("git: not found\n  hint: install git, and run this inside the repository") from None
        if ran.returncode:
            said = os.fsdecode(ran.stderr).strip() or f"{arguments[0]} failed"
            hint = "\n  hint: run this where the specs are kept in git" if "not a git repository" in said else ""
            raise OwscaleError(f"git: {said}{hint}")
        return ran.stdout
