"""S101: files that cannot be read, and text that is not YAML."""

import os
import socket
import time
from pathlib import Path

import pytest

from tests.source.reading import Read, document, read_path, refused


@pytest.mark.parametrize(
    ("text", "place", "says", "hint"),
    [
        ("", "", "the spec is empty", "start from the example in README.md"),
        ("# only this\n", "", "the spec is empty", "README.md"),
        ("---\n...\n", "", "the spec is empty", "README.md"),
        ("null", "", "the spec is empty", "README.md"),
        ("- a", "1:1", "the spec is a list, not a mapping", "key: value"),
        ("\nname", "2:1", "the spec is a single value, not a mapping", "key: value"),
        ("a: " + "[" * 33, "1:35", "nested deeper than 32 levels", ""),
        ("a: \0", "1:4", "control character U+0000", "remove it"),
        ("a: 1\n# \x1b[31m", "2:3", "control character U+001B", ""),
        ("# a\rb: 1", "1:4", "control character U+000D", "LF or CRLF"),
        ("# a\u2028b: 1", "1:4", "control character U+2028", ""),
        ("# ä\x85b: 1", "1:4", "control character U+0085", ""),
        ("\ufeff\ufeffa: 1", "1:1", "control character U+FEFF", ""),
        (b"\xff\xfea\0", "1:1", "byte 0xff is not UTF-8", "save the file as UTF-8"),
        (b"a: 1\nb: \xc3\xa4\xff", "2:5", "byte 0xff is not UTF-8", "UTF-8"),
        (b"a: \xc3", "1:4", "byte 0xc3 is not UTF-8", "UTF-8"),
        (b"a: \xed\xa0\x80", "1:4", "byte 0xed is not UTF-8", "UTF-8"),
        ("a:\n\tb: 1", "2:1", "a tab where YAML wants spaces", "indent with spaces"),
        ("a: 1\n\tb: 1", "2:1", "a tab where YAML wants spaces", "indent with spaces"),
        ("a: 1\nb\nc: 1", "2:1", "without its colon", "key: value"),
        ("a: b: c", "1:5", "a colon where no key can stand", "quotes"),
        ("a: 1\n b: 2", "2:3", "a colon where no key can stand", "alike"),
        ("a: - b", "1:4", "a list item cannot stand here", "a line of its own"),
        ("a:\n  b: 1\n c: 2", "3:2", "does not fit the lines above it", "alike"),
        ("- a\nb: 1", "2:1", "does not fit the lines above it", "alike"),
        ("a: 'b' c", "1:8", "does not fit the lines above it", "quotes"),
        ('a: 1\nb: "x\nc: 1\n', "2:4", "the quotes that open here are never closed", "close them"),
        ("a: 'b\n---\nc'", "1:4", "the quotes that open here are never closed", "close them"),
        ("a: [1, 2\n", "2:1", "lacks a comma or its closing bracket", "[a, b]"),
        ("a: {b: 1\n", "2:1", "lacks a comma or its closing brace", "{a: 1, b: 2}"),
        ("a: [,]", "1:5", "a value is missing", "quotes"),
        ('a: "\\q"', "1:4", "hold an unknown escape", "for a backslash"),
        ('a: "\\xZZ"', "1:4", "hold an unknown escape", "for a backslash"),
        ("a: | x", "1:6", "only a line break can follow `|` or `>`", "next line"),
        ("a: *", "1:4", "text cannot begin with `*`", "quotes"),
        ("a: !x!y z", "1:4", "text cannot begin with `*`, `&` or `!`", "quotes"),
        ("a: @x", "1:4", "text cannot begin with this character", "quotes"),
        ("a: %x", "1:4", "text cannot begin with this character", "quotes"),
        ("{a: 1} b", "1:8", "after the end of the spec", "remove it"),
    ],
)
def test_unreadable(read: Read, text: str | bytes, place: str, says: str, hint: str) -> None:
    diagnostic = refused(read, text)
    assert str(diagnostic).startswith(f"spec/spec.yaml:{place}: " if place else "spec/spec.yaml: ")
    assert diagnostic.code == "S101"
    assert says in diagnostic.message
    assert hint in diagnostic.hint


@pytest.mark.parametrize("escape", [r"\U00110000", r"\UFFFFFFFF", r"\ud800", r"\ud83d\ude00"])
def test_no_text_has_a_surrogate_or_a_number_that_is_no_character(read: Read, escape: str) -> None:
    result, found = read(f'a: "{escape}"')
    assert {diagnostic.code for diagnostic in found} <= {"S101", "S106"}
    assert found
    assert result is None or set(result.data["a"]) == {"\N{REPLACEMENT CHARACTER}"}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result, [diagnostic] = read_path(tmp_path / "no.yaml")
    assert result is None
    assert str(diagnostic) == "spec/spec.yaml: cannot be read: No such file or directory [S101]"


def test_a_folder(tmp_path: Path) -> None:
    result, [diagnostic] = read_path(tmp_path)
    assert result is None
    assert str(diagnostic) == "spec/spec.yaml: is a folder, not a file [S101]"


@pytest.mark.parametrize("kind", ["fifo", "socket", "device"])
def test_a_file_that_could_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket has to be short
    path = Path("/dev/zero") if kind == "device" else Path("s")
    if kind == "fifo":
        os.mkfifo(path)
    with socket.socket(socket.AF_UNIX) as server:
        if kind == "socket":
            server.bind(str(path))
        result, [diagnostic] = read_path(path)
    assert result is None
    assert str(diagnostic) == "spec/spec.yaml: is not a regular file [S101]"


@pytest.mark.usefixtures("locked", "_nobody")
def test_a_file_without_permission(locked: Path) -> None:
    result, [diagnostic] = read_path(locked)
    assert result is None
    assert str(diagnostic) == "spec/spec.yaml: cannot be read: Permission denied [S101]"


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    with path.open("wb") as stream:
        stream.truncate(50 * 1024**3)  # a sparse file; to read it would take all memory
    result, [diagnostic] = read_path(path)
    assert result is None
    assert diagnostic.message == "has 53,687,091,200 bytes, more than the limit of 1 MiB (1,048,576 bytes)"


def test_the_size_limit(read: Read) -> None:
    text = b"a: 1\n#".ljust(1024 * 1024, b"x")
    assert document(read, text).data == {"a": 1}
    assert "has 1,048,577 bytes" in refused(read, text + b"x").message


@pytest.mark.parametrize(
    "text",
    ["[" * 2**20, "{a: " * 2**18, "? " * 2**19, "- " * 2**19, "a: " + "9" * 2**19, "a: " + "1:" * 2**19 + "1",
     "a: " + "1_" * 2**19, "\n" * 2**19 + "%", "a: 0x" + "f" * 2**19, "a: 1." + "0" * 2**19 + "x", "&a " * 2**18],
    ids=lambda text: text[:8],
)  # fmt: skip
def test_nothing_takes_long(read: Read, text: str) -> None:
    begin = time.monotonic()
    read(text)
    assert time.monotonic() - begin < 20
