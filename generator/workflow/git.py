"""Read files of a git revision without touching the working tree, and without running code of the repository."""

import os
import re
import shlex
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from owscale.errors import OwscaleError, UsageError
from owscale.fs.confined import ConfinedWriter
from owscale.fs.untrusted import MAX_EXTRA_BYTES, MIB, too_large

MAX_FILES = 20_000
MAX_BYTES = 256 * MIB
_MAX_LISTING_BYTES = 16 * MIB  # of one folder; a tree can list the same folder a billion times
_MAX_ANSWER_BYTES = MIB
_TIMEOUT_SECONDS = 300
_REGULAR_FILE_MODES = {b"100644", b"100755"}  # the others are links and submodules
_OTHER_OWNER = re.compile("dubious ownership|unsafe repository")  # git 2.36 and 2.35.2
_TRUST = "git config --global --add safe.directory"
_TRUST_COMMAND = re.compile(rf"(?<=\t){re.escape(_TRUST)} .+")  # git quotes the path for a shell
_INDEX_VARIABLE = "GIT_INDEX_FILE"
_HOOK_VARIABLES = {"GIT_DIR", _INDEX_VARIABLE, "GIT_PREFIX", "GIT_WORK_TREE"}  # relative to where git ran the hook
_GLOB_CHARACTERS = re.compile(r"[\\*?\[]")
_OBJECT_NAME = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_OPTIONS = (
    "--no-replace-objects",  # no replacement refs: a commit's content always matches its hash
    "--no-pager",
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    # A pull request can contain a folder that looks like a bare repository, with a configuration of its own.
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "protocol.allow=never"),
)
"""Options that keep git from running programs that a repository names: https://git-scm.com/docs/git#_security"""
_VARIABLES = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_LITERAL_PATHSPECS": "1",  # the name of a folder is no pattern
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone would run the transport that its configuration names
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class _Entry(NamedTuple):
    """A file in a commit: its object, its number of bytes and its path."""

    name: str
    size: int
    path: str


class Repository:
    """The git repository that contains a path.

    Raises OwscaleError if there is none, and if git is not installed.
    """

    def __init__(self, path: Path) -> None:
        self._folder = next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.is_dir())
        self.top = Path(os.fsdecode(self._git("rev-parse", "--show-toplevel").rstrip(b"\n")))

    def commit(self, revision: str) -> str:
        """Return the commit that a revision names. Raises UsageError if it names none."""
        hint = "name a branch, a tag or a commit; in a shallow clone, run `git fetch origin BRANCH` first"
        error = UsageError(f"{revision}: no such git revision", hint=hint)
        if not revision or revision.startswith("-") or not revision.isprintable():
            raise error
        try:
            answer = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except OwscaleError:
            raise error from None
        commit = answer.decode("ascii", "replace").strip()
        if not _OBJECT_NAME.fullmatch(commit):
            raise error
        return commit

    def merge_base(self, base: str, head: str) -> str:
        """Return the merge base of two commits, as pull requests use it.

        It is `base` itself if the two share no history, or if `head` is an ancestor of `base`.
        """
        try:
            shared = self._git("merge-base", base, head).decode().strip()
        except OwscaleError:
            return base
        return base if shared == head else shared

    def staged_tree(self) -> str:
        """Return the tree that the next commit would have; in a hook, the tree of the commit in progress.

        Raises OwscaleError if the index has conflicts.
        """
        index = os.environ.get(_INDEX_VARIABLE)
        try:
            return self._git("write-tree", index=os.path.abspath(index) if index else None).decode("ascii").strip()
        except OwscaleError as error:
            if "unmerged" not in error.message:
                raise
            hint = "resolve them (`git status` lists them), then `git add` the files"
            raise OwscaleError("the index of git has merge conflicts", hint=hint) from error

    def untracked(self, path: Path) -> list[Path]:
        """Return the files at or below a path that are neither in the index nor ignored."""
        options = ("--others", "--exclude-standard", "-z", "--full-name")
        answer = self._git(
            "-C", str(self.top), "ls-files", *options, "--", self.path_of(path), max_bytes=_MAX_LISTING_BYTES
        )
        return [self.top / os.fsdecode(name) for name in answer.split(b"\0") if name]

    def tracked(self, folder: Path, names: Iterable[str]) -> list[Path]:
        """Return the files of the index below `folder` whose name, or a parent folder's name, matches one of `names`.

        Links and submodules are included. Names match in any case, because some file systems ignore the case.
        """
        path = _GLOB_CHARACTERS.sub(r"\\\g<0>", self.path_of(folder))
        prefix = "" if path == "." else f"{path}/"
        patterns = [f":(top,glob,icase){prefix}**/{name}{end}" for name in names for end in ("", "/**")]
        answer = self._git(
            "--no-literal-pathspecs", "ls-files", "-z", "--full-name", "--", *patterns, max_bytes=_MAX_LISTING_BYTES
        )
        return [self.top / os.fsdecode(name) for name in answer.split(b"\0") if name]

    def index_path(self) -> Path:
        """Return the path of the index file."""
        answer = self._git("rev-parse", "--git-path", "index")
        return self._folder / os.fsdecode(answer.rstrip(b"\n"))

    def contains(self, path: Path) -> bool:
        """Return whether a path is in this repository."""
        return path.resolve().is_relative_to(self.top.resolve())

    def path_of(self, path: Path) -> str:
        """Return the path of a file or a folder in this repository."""
        return (path.parent.resolve() / path.name).relative_to(self.top.resolve()).as_posix()

    def extract(self, commit: str, path: str, writer: ConfinedWriter, *, suffixes: tuple[str, ...] = ()) -> None:
        """Write the files at or below a path of the repository in a commit.

        With `suffixes`, it writes only files that are directly in the path and have one of the suffixes. They have the
        bytes that git stores, without the line endings or filters of a checkout. Links and submodules are left out.
        Nothing is written if the commit has no such path. Raises OwscaleError if a path in the commit is not safe to
        write (`ConfinedWriter`), or a file is too large.
        """
        entries = list(self._entries(commit, path, suffixes))
        new = set(writer.reserve((entry.path, entry.size) for entry in entries))
        reserved = [entry for entry in entries if entry.path in new]
        for entry, content in zip(reserved, self._blobs(reserved), strict=True):
            writer.write(entry.path, content)

    def _entries(self, commit: str, name: str, suffixes: tuple[str, ...]) -> Iterator[_Entry]:
        """Yield the files at or below a path, as the commit has them: with names that may be hostile."""
        options = ("-z", "-l", "--full-tree") if suffixes else ("-z", "-l", "--full-tree", "-r")
        patterns = () if name == "." else (name, f"{name}/") if suffixes else (name,)
        listing = self._git("ls-tree", *options, commit, "--", *patterns, max_bytes=_MAX_LISTING_BYTES)
        for line in filter(None, listing.split(b"\0")):
            info, _, path = line.partition(b"\t")
            mode, _, blob, size = info.split()
            if mode in _REGULAR_FILE_MODES and (not suffixes or path.endswith(tuple(map(str.encode, suffixes)))):
                if not size.isdigit():  # `BAD`
                    raise _missing_object(os.fsdecode(path))
                yield _Entry(blob.decode("ascii"), int(size), os.fsdecode(path))

    def _blobs(self, entries: Sequence[_Entry]) -> Iterator[bytes]:
        """Yield the contents of files, read in one call of git."""
        for entry in entries:
            if entry.size > MAX_EXTRA_BYTES:
                problem, hint = too_large(entry.size, MAX_EXTRA_BYTES)
                raise OwscaleError(f"{entry.path}: {problem}", hint=hint)
        names = "".join(f"{entry.name}\n" for entry in entries).encode()
        limit = sum(entry.size + 128 for entry in entries)  # each content follows a line with its name and size
        batch = self._git("cat-file", "--batch", stdin=names, max_bytes=limit) if entries else b""
        start = 0
        for entry in entries:
            end_of_info = batch.find(b"\n", start)
            if batch[start:end_of_info].split() != [entry.name.encode(), b"blob", str(entry.size).encode()]:
                raise _missing_object(entry.path)
            start = end_of_info + 1
            yield batch[start : start + entry.size]
            start += entry.size + 1

    def _git(
        self, *arguments: str, stdin: bytes = b"", max_bytes: int = _MAX_ANSWER_BYTES, index: str | None = None
    ) -> bytes:
        """Return the output of git; with `index`, git uses that index file.

        Raises OwscaleError if git fails, or prints more than `max_bytes`.
        """
        environment = {name: value for name, value in os.environ.items() if not _is_left_out(name)}
        environment |= {_INDEX_VARIABLE: index} if index else {}
        try:
            result = _run(("git", "-C", str(self._folder), *_OPTIONS, *arguments), environment, stdin, max_bytes)
        except FileNotFoundError:
            raise OwscaleError("git: not found", hint="install git, and run this inside the repository") from None
        if result.returncode:
            raise _git_error(os.fsdecode(result.stderr) or f"{arguments[0]} failed", self._folder)
        return result.stdout


def _is_left_out(variable: str) -> bool:
    """Return whether a variable says where git works, or how it reads paths, both of which are decided here."""
    return variable in _HOOK_VARIABLES or (variable.startswith("GIT_") and variable.endswith("_PATHSPECS"))


def _git_error(text: str, folder: Path) -> OwscaleError:
    """Return the error for the text that git printed, with its own hint where the cause is known."""
    if _OTHER_OWNER.search(text):
        command = _TRUST_COMMAND.search(text)
        trust = command[0] if command else f"{_TRUST} {shlex.quote(str(folder.resolve()))}"
        message = "git: the repository belongs to another user, so git does not read it"
        return OwscaleError(message, hint=f"if you trust all who can change it, run `{trust}`")
    is_outside = "not a git repository" in text
    hint = "run this in the git repository of the specs" if is_outside else "correct the error that git reports"
    lines = [line.strip().removeprefix("fatal: ") for line in text.splitlines() if line.strip()]
    return OwscaleError(f"git: {' '.join(lines)}", hint=hint)


def _missing_object(path: str) -> OwscaleError:
    return OwscaleError(
        f"git: the content of {path} is not in this clone, or is damaged",
        hint="in a partial clone, run `git fetch --refetch --no-filter`; owscale itself uses no network here",
    )


def _run(
    command: Sequence[str], environment: Mapping[str, str], stdin: bytes, max_bytes: int
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command with limits on its output and its time. Raises OwscaleError if it exceeds one."""
    with tempfile.TemporaryFile() as input_file, tempfile.TemporaryFile() as error_file:
        input_file.write(stdin)
        input_file.seek(0)
        with subprocess.Popen(  # noqa: S603 -- git, with fixed options, and names of objects or after `--end-of-options`
            command, stdin=input_file, stdout=subprocess.PIPE, stderr=error_file, env={**environment, **_VARIABLES}
        ) as process:
            timer = threading.Timer(_TIMEOUT_SECONDS, process.kill)
            timer.start()
            output = process.stdout.read(max_bytes + 1) if process.stdout else b""
            if len(output) > max_bytes:
                process.kill()
            process.wait()
            timer.cancel()
        if len(output) > max_bytes:
            raise OwscaleError(
                f"git: lists more than {max_bytes // MIB} MiB in the folders of that revision",
                hint="keep only specs, templates and Terraform there",
            )
        error_file.seek(0)
        return subprocess.CompletedProcess(command, process.returncode, output, error_file.read(_MAX_ANSWER_BYTES))
