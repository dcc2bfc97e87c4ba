"""Read files of a git revision without touching the working tree."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from owscale.errors import OwscaleError, UsageError

_REGULAR_FILE_MODES = {b"100644", b"100755"}  # the others are links and submodules
_HOOK_VARIABLES = {"GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"}  # relative to where git ran the hook


class Repository:
    """The git repository that contains a path.

    Raises OwscaleError where there is none, and where git is not installed.
    """

    def __init__(self, path: Path) -> None:
        self._folder = next(folder for folder in (path, *path.absolute().parents) if folder.is_dir())
        self.top = Path(os.fsdecode(self._git("rev-parse", "--show-toplevel").rstrip(b"\n")))

    def commit(self, revision: str) -> str:
        """Return the commit that a revision names. Raises UsageError where it names none."""
        try:
            commit = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except OwscaleError:
            hint = "name a branch, a tag or a commit; in a shallow clone, run `git fetch origin BRANCH` first"
            raise UsageError(f"{revision}: no such git revision", hint=hint) from None
        return commit.decode().strip()

    def merge_base(self, base: str, head: str) -> str:
        """Return the commit at which `head` left `base`, as a pull request compares them.

        It is `base` itself where the two share no history, and where `head` is an ancestor of `base`.
        """
        try:
            shared = self._git("merge-base", base, head).decode().strip()
        except OwscaleError:
            return base
        return base if shared == head else shared

    def contains(self, path: Path) -> bool:
        """Return whether a path is in this repository."""
        return path.resolve().is_relative_to(self.top.resolve())

    def extract(self, commit: str, path: Path, directory: Path) -> Path:
        """Write the files at or below `path` in a commit into a directory, and return their path there.

        They have the bytes that git stores, without the line endings or filters of a checkout. Links are left out.
        Nothing is written where the commit has no such path.
        """
        name = (path.parent.resolve() / path.name).relative_to(self.top.resolve()).as_posix()
        listing = self._git("ls-tree", "-r", "-z", "--full-tree", commit, "--", name).split(b"\0")
        entries = [line.partition(b"\t") for line in listing if line[:6] in _REGULAR_FILE_MODES]
        blobs = self._blobs([info.split(b" ")[2] for info, _, _ in entries])
        for (_, _, entry_name), content in zip(entries, blobs, strict=True):
            file = directory / os.fsdecode(entry_name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return directory / name

    def _blobs(self, names: list[bytes]) -> Iterator[bytes]:
        """Yield the contents of objects, read in one call of git."""
        batch = self._git("cat-file", "--batch", stdin=b"".join(name + b"\n" for name in names))
        for _ in names:
            info, _, batch = batch.partition(b"\n")
            size = int(info.split(b" ")[2])
            yield batch[:size]
            batch = batch[size + 1 :]

    def _git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        environment = {name: value for name, value in os.environ.items() if name not in _HOOK_VARIABLES}
        try:
            result = subprocess.run(  # noqa: S603 -- fixed arguments, and revisions after --end-of-options
                ["git", "-C", str(self._folder), *arguments],  # noqa: S607 -- the user's git, wherever it is
                input=stdin,
                capture_output=True,
                check=False,
                env=environment | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
            )
        except FileNotFoundError:
            raise OwscaleError("git: not found", hint="install git, and run this inside the repository") from None
        if result.returncode:
            message = os.fsdecode(result.stderr).strip() or f"{arguments[0]} failed"
            is_outside = "not a git repository" in message
            hint = "run this in the git repository of the specs" if is_outside else "correct what git reports"
            raise OwscaleError(f"git: {message}", hint=hint)
        return result.stdout
