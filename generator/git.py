"""Files as they stood at a git revision, without touching the working tree."""

import os
import subprocess
from pathlib import Path

from generator.errors import OwscaleError, UsageError

_LINK, _FILES = "120000", {"100644", "100755"}


class Repository:
    """The git repository that a path is in.

    Raises OwscaleError where there is none, or no git.
    """

    def __init__(self, path: Path) -> None:
        self._folder = path if path.is_dir() else path.parent
        self.top = Path(os.fsdecode(self._git("rev-parse", "--show-toplevel").rstrip(b"\n")))

    def commit(self, revision: str) -> str:
        """The commit that a revision names; UsageError where it names none."""
        try:
            return self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode()[
                :40
            ]
        except OwscaleError:
            hint = "name a branch, a tag or a commit; in a shallow clone fetch it first: git fetch origin <branch>"
            raise UsageError(f"{revision}: git knows no such revision\n  hint: {hint}") from None

    def holds(self, path: Path) -> bool:
        """Whether a path lies in this repository."""
        return path.resolve().is_relative_to(self.top.resolve())

    def extract(self, commit: str, path: Path, into: Path) -> Path:
        """Writes the files at or below `path` as they stood, under `into` at the same path: where that is.

        Bytes are those that git keeps, whatever line ends or filters a checkout would use. Nothing is written where
        nothing stood.
        """
        inside = path.resolve().relative_to(self.top.resolve()).as_posix()
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", commit, "--", inside)
        for entry in filter(None, listed.split(b"\0")):
            head, _, name = entry.partition(b"\t")
            mode, _, blob = head.decode().split(" ")
            place = into / os.fsdecode(name)
            content = self._git("cat-file", "blob", blob) if mode in _FILES or mode == _LINK else None
            place.parent.mkdir(parents=True, exist_ok=True)
            if mode == _LINK and content is not None:
                place.symlink_to(os.fsdecode(content))
            elif content is not None:
                place.write_bytes(content)
        return into / inside

    def _git(self, *arguments: str) -> bytes:
        try:
            ran = subprocess.run(  # noqa: S603 -- arguments of our own, and revisions behind --end-of-options
                ["git", "-C", str(self._folder), *arguments],  # noqa: S607 -- the user's git, wherever it is
                capture_output=True,
                check=False,
                env=os.environ | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
            )
        except FileNotFoundError:
            raise OwscaleError("git: not found\n  hint: install git, and run this inside the repository") from None
        if ran.returncode:
            raise OwscaleError(f"git: {os.fsdecode(ran.stderr).strip() or f'{arguments[0]} failed'}")
        return ran.stdout
