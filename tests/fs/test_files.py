"""Atomic writes, and messages of errors of the file system."""

import errno
import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from owscale.errors import OwscaleError
from owscale.fs.files import TEMPORARY_SUFFIX, atomic_write, io_errors


@contextmanager
def umask(mask: int) -> Iterator[None]:
    previous = os.umask(mask)
    try:
        yield
    finally:
        os.umask(previous)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let the kernel fail in the middle of a write; CPython ignores the signal that comes with it."""
    previous = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, previous[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, previous)


def content(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_file_is_created_and_replaced(tmp_path: Path) -> None:
    atomic_write(tmp_path / "a", b"one")
    atomic_write(str(tmp_path / "a"), b"two")
    assert content(tmp_path) == {"a": b"two"}


@pytest.mark.parametrize(
    ("mask", "mode", "expected"), [(0o022, 0o666, 0o644), (0o077, 0o666, 0o600), (0, 0o600, 0o600)]
)
@pytest.mark.parametrize("exists", [False, True])
def test_mode_is_restricted_by_the_umask_alone(
    tmp_path: Path, mask: int, mode: int, expected: int, exists: bool
) -> None:
    path = tmp_path / "a"
    if exists:
        path.touch()
        path.chmod(0o777)
    with umask(mask):
        atomic_write(path, b"one", mode=mode)
    assert stat.S_IMODE(path.stat().st_mode) == expected


def test_link_is_replaced_and_its_target_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"target")
    link.symlink_to(target)
    atomic_write(link, b"new")
    assert not link.is_symlink()
    assert content(tmp_path) == {"target": b"target", "link": b"new"}


@pytest.mark.parametrize("kind", ["file", "link"])
def test_existing_temporary_file_is_neither_written_nor_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(os, "urandom", bytes)
    other = tmp_path / "other"
    other.write_bytes(b"other")
    temporary = tmp_path / f"a.{bytes(8).hex()}{TEMPORARY_SUFFIX}"
    if kind == "link":
        temporary.symlink_to(other)
    else:
        temporary.write_bytes(b"other")
    with pytest.raises(FileExistsError):
        atomic_write(tmp_path / "a", b"new")
    assert content(tmp_path) == {"other": b"other", temporary.name: b"other"}


def test_failed_write_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with file_size_limit(1000), pytest.raises(OSError, match="too large") as failure:
        atomic_write(path, bytes(100_000))
    assert (failure.value.errno, failure.value.filename) == (errno.EFBIG, str(path))
    assert content(tmp_path) == {"a": b"old"}


def test_failed_rename_leaves_no_temporary_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(IsADirectoryError) as failure:
        atomic_write(tmp_path / "a", b"new")
    assert failure.value.filename == str(tmp_path / "a")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_interrupted_write_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        atomic_write(tmp_path / "a", b"new")
    assert content(tmp_path) == {}


def test_missing_directory_is_an_error_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "missing/a"
    with pytest.raises(FileNotFoundError) as failure:
        atomic_write(path, b"new")
    assert failure.value.filename == str(path)


def test_readers_see_the_old_content_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    contents = {bytes([letter]) * 50_000 for letter in b"abcd"}
    atomic_write(path, min(contents))

    def write() -> None:
        for content in sorted(contents) * 25:
            atomic_write(path, content)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert path.read_bytes() in contents
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


# --- io_errors ----------------------------------------------------------------------------------------------------


def test_io_error_names_the_file_of_the_error(tmp_path: Path) -> None:
    path = tmp_path / "missing"
    with pytest.raises(OwscaleError) as failure, io_errors("elsewhere", hint="create it"):
        path.read_bytes()
    assert (failure.value.message, failure.value.hint) == (f"{path}: No such file or directory", "create it")


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "out/a b: No space left on device", "make room on the disk"),
        (OSError(errno.EACCES, os.strerror(errno.EACCES)), "out/a b: Permission denied", "`ls -ld 'out/a b'`"),
        (
            OSError("the device is gone"),
            "out/a b: the device is gone",
            "correct the error that the operating system reports",
        ),
    ],
    ids=["without a file", "permission", "without a number"],
)
def test_io_error_without_a_file_names_the_path(error: OSError, message: str, hint: str) -> None:
    with pytest.raises(OwscaleError) as failure, io_errors(Path("out/a b")):
        raise error
    assert failure.value.message == message
    assert hint in failure.value.hint


def test_hint_names_the_directory_where_a_file_could_not_be_created(tmp_path: Path) -> None:
    with pytest.raises(OwscaleError) as error, io_errors(tmp_path / "new"):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path / "new"))
    assert f"`ls -ld {tmp_path}`" in error.value.hint


def test_other_errors_pass_through() -> None:
    with pytest.raises(ValueError, match="other"), io_errors("a"):
        raise ValueError("other")
