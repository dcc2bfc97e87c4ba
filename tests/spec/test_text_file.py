"""Files that cannot be read as text (S101)."""

import os
import socket
from pathlib import Path

import pytest

from tests._support.spec_reading import ReadSpec, read_document, read_file, read_unusable


@pytest.mark.parametrize(
    ("text", "position", "message", "hint"),
    [
        ("a: \0", "1:4", "control character U+0000", "remove it"),
        ("a: 1\n# \x1b[31m", "2:3", "control character U+001B", ""),
        ("# a\rb: 1", "1:4", "control character U+000D", "LF or CRLF"),
        ("# a\u2028b: 1", "1:4", "control character U+2028", ""),
        ("# ä\x85b: 1", "1:4", "control character U+0085", ""),
        ("\ufeff\ufeffa: 1", "1:1", "control character U+FEFF", ""),
        (b"\xff\xfea\0", "1:1", "is UTF-16 text, of which git shows no diff", "save the file as UTF-8"),
        (b"\xfe\xff\0a", "1:1", "is UTF-16 text", "save the file as UTF-8"),
        (b"\xffa: 1", "1:1", "byte 0xff is not UTF-8", "save the file as UTF-8"),
        (b"a: 1\nb: \xc3\xa4\xff", "2:5", "byte 0xff is not UTF-8", "UTF-8"),
        (b"a: \xc3", "1:4", "byte 0xc3 is not UTF-8", "UTF-8"),
        (b"a: \xed\xa0\x80", "1:4", "byte 0xed is not UTF-8", "UTF-8"),
    ],
)
def test_content_that_is_not_text_is_an_error_at_its_position(
    read: ReadSpec, text: str | bytes, position: str, message: str, hint: str
) -> None:
    diagnostic = read_unusable(read, text)
    assert str(diagnostic).startswith(f"spec/spec.yaml:{position}: ")
    assert diagnostic.code == "S101"
    assert message in diagnostic.message
    assert hint in diagnostic.hint


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    document, [diagnostic] = read_file(tmp_path / "no.yaml")
    assert document is None
    assert str(diagnostic) == ("spec/spec.yaml: no such file [S101]\n  hint: name a spec, or a directory of specs")


def test_missing_file_is_suggested_the_most_similar_one(tmp_path: Path) -> None:
    (tmp_path / "production.yaml").touch()
    _, [diagnostic] = read_file(tmp_path / "produktion.yaml")
    assert diagnostic.hint == f"did you mean {tmp_path / 'production.yaml'}?"


def test_folder_is_an_error(tmp_path: Path) -> None:
    document, [diagnostic] = read_file(tmp_path)
    assert document is None
    assert str(diagnostic) == "spec/spec.yaml: is a folder, not a file [S101]\n  hint: move it away"


@pytest.mark.parametrize("kind", ["fifo", "socket", "device"])
def test_file_that_could_block_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket has to be short
    path = Path("/dev/zero") if kind == "device" else Path("s")
    if kind == "fifo":
        os.mkfifo(path)
    with socket.socket(socket.AF_UNIX) as server:
        if kind == "socket":
            server.bind(str(path))
        document, [diagnostic] = read_file(path)
    assert document is None
    assert str(diagnostic) == "spec/spec.yaml: is not a regular file [S101]\n  hint: move it away"


@pytest.mark.usefixtures("unreadable_file", "_unprivileged")
def test_file_without_permission_is_an_error(unreadable_file: Path) -> None:
    document, [diagnostic] = read_file(unreadable_file)
    assert document is None
    assert str(diagnostic) == (
        "spec/spec.yaml: cannot be read: Permission denied [S101]\n"
        "  hint: give yourself access; `ls -ld spec/spec.yaml` shows the owner and the permissions"
    )


def test_huge_file_is_rejected_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    with path.open("wb") as stream:
        stream.truncate(50 * 1024**3)  # a sparse file; reading it would take all memory
    document, [diagnostic] = read_file(path)
    assert document is None
    assert diagnostic.message == "has 53,687,091,200 bytes, more than the limit of 1 MiB (1,048,576 bytes)"


def test_limit_of_the_size_is_one_mebibyte(read: ReadSpec) -> None:
    text = b"a: 1\n#".ljust(1024 * 1024, b"x")
    assert read_document(read, text).data == {"a": 1}
    assert "has 1,048,577 bytes" in read_unusable(read, text + b"x").message
