"""Files are read whole or in part, special files never; commands with a cache read through this module alone."""

import os
import re
import socket
from pathlib import Path

import pytest

from owscale.fs import observed
from tests._support.cases import PROJECT

_READS = re.compile(
    r"\bopen\(|(?<!observed)\.(?:exists|is_dir|is_file|is_symlink|stat|lstat|iterdir|r?glob|read_text|read_bytes|readlink)\("
    r"|\.resolve\(\)|os\.(?:stat|lstat|listdir|scandir|walk|access|readlink)\b"
    r"|os\.path\.(?:exists|lexists|isdir|isfile|islink|realpath|getsize|getmtime)\b|shutil\.\w+"
)
_OTHERS = {
    "generator/domain/openwebui/read_variables.py",  # for documentation alone
    "generator/output/lock.py",  # waits for others, which no answer depends on
    "generator/output/staging.py",
    "generator/output/transaction.py",
    "generator/render/compiled_templates.py",  # removes the compiled templates of an earlier build
    "generator/render/overrides.py",  # sizes of files whose contents it reads
}


def test_commands_with_a_cache_read_through_this_module_alone() -> None:
    folders = ("diagnostics", "domain", "output", "render", "rules", "spec")
    files = [file for folder in folders for file in (PROJECT / "generator" / folder).rglob("*.py")]
    files += [PROJECT / "generator/workflow" / name for name in ("pipeline.py", "project.py")]
    readers = {file.relative_to(PROJECT).as_posix() for file in files if _READS.search(file.read_text())}
    assert readers == _OTHERS


_SIZES = (0, 1, 4096, 4097, *(limit + more for limit in (1 << 16, 1 << 18) for more in (-1, 0, 1)), 1 << 21)


@pytest.mark.parametrize("size", _SIZES)
def test_file_is_read_to_its_end_or_its_limit(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "file").write_bytes(content)
    assert observed.read_bytes(tmp_path / "file") == content
    assert observed.read_head(tmp_path / "file") == content[:4096]


def test_file_of_the_kernel_is_read() -> None:
    assert observed.read_bytes("/proc/self/status")


@pytest.mark.parametrize(
    "special", ["fifo", "fifo with a writer", "socket", "/dev/null", "/dev/zero", "/dev/urandom", "."]
)
def test_special_file_is_an_error(tmp_path: Path, special: str) -> None:
    path = tmp_path / "special"
    writer = -1
    if special.startswith("fifo"):
        os.mkfifo(path)
        if "writer" in special:
            writer = os.open(path, os.O_RDWR)
            os.write(writer, b"text")
    elif special == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
    else:
        path.symlink_to(special)
    for read in (observed.read_bytes, observed.read_head):
        with pytest.raises(OSError, match=r"Not a regular file|Illegal seek|No such device|Is a directory"):
            read(path)
    if writer >= 0:
        os.close(writer)


def test_huge_file_is_an_error(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(OSError, match="File too large"):
        observed.read_bytes(tmp_path / "huge")
    assert observed.read_head(tmp_path / "huge") == bytes(4096)
    os.truncate(tmp_path / "huge", 1 << 26)
    assert observed.read_bytes(tmp_path / "huge") == bytes(1 << 26)


def test_answer_and_error_cannot_stand_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "file"
    recorder = observed.Recorder()
    with pytest.raises(FileNotFoundError):
        recorder.ask("r", str(path))
    assert observed.is_current(recorder.lines)
    for change in (path.mkdir, path.rmdir, path.touch):
        change()
        assert observed.is_current(recorder.lines) == (change == path.rmdir)
    assert not observed.is_current(observed.Recorder().lines)


def test_digests_of_two_records_differ(tmp_path: Path) -> None:
    """Their keys are random, so nobody can prepare two contents with the same digest."""
    (tmp_path / "file").write_text("content")
    records = [observed.Recorder(), observed.Recorder()]
    for recorder in records:
        recorder.ask("r", str(tmp_path / "file"))
        assert observed.is_current(recorder.lines)
    (one, one_file), (other, other_file) = (recorder.lines for recorder in records)
    assert one_file != other_file
    assert not observed.is_current([one, other_file])
    assert not observed.is_current([other, one_file])


def test_files_digest_depends_on_names_and_contents_alone(tmp_path: Path) -> None:
    for directory in ("one", "two"):
        (tmp_path / directory).mkdir()
        for name in ("a", "b"):
            (tmp_path / directory / name).write_text(name)
    digest = observed.files_digest(str(tmp_path / "one"), ["a", "b"])
    assert observed.files_digest(str(tmp_path / "two"), ["b", "a"]) == digest
    assert observed.files_digest(str(tmp_path / "two"), ["a"]) != digest
    (tmp_path / "two/b").write_text("c")
    assert observed.files_digest(str(tmp_path / "two"), ["a", "b"]) != digest


def test_digest_of_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        observed.files_digest(str(tmp_path), ["a"])
