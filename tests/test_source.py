"""YAML text → data and places; what is refused, where, and in which words."""

import copy
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from generator import source
from generator.document import Document, Located, Place, dotted
from generator.document import Path as KeyPath
from generator.errors import Diagnostic, OwscaleError, Report
from generator.source import find

LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]
Read = Callable[[str | bytes], tuple[Document | None, list[Diagnostic]]]

# The loader and the folder serve every example alike.
hypothesis_settings = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__, autouse=True)
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_LOADER", request.param)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str | bytes) -> tuple[Document | None, list[Diagnostic]]:
        path = tmp_path / "spec.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_path(path)

    return read


def read_path(path: Path) -> tuple[Document | None, list[Diagnostic]]:
    report = Report()
    return source.read(path, "spec/spec.yaml", report), list(report)


def document(read: Read, text: str | bytes) -> Document:
    result, found = read(text)
    assert found == []
    assert result is not None
    return result


def refused(read: Read, text: str | bytes) -> Diagnostic:
    """The only diagnostic of a text of which nothing can be used."""
    result, found = read(text)
    assert result is None
    assert len(found) == 1, found
    return found[0]


def doubted(read: Read, text: str) -> tuple[dict[str, Any], list[str]]:
    """The data of a text that has errors and can be used, and its errors without their hints."""
    result, found = read(text)
    assert result is not None
    assert found
    return result.data, [str(diagnostic).partition("\n")[0] for diagnostic in found]


# --- what is accepted ---------------------------------------------------------------------------------------------

SPEC = """\
# a comment
name: gravity
aws:
  tags: {cost center: "42", ä: [x, 'y']}
subnets:
- subnet-1
-   - subnet-2
notes: |
  two
  lines
empty:
"""


def test_data(read: Read) -> None:
    assert document(read, SPEC).data == {
        "name": "gravity",
        "aws": {"tags": {"cost center": "42", "ä": ["x", "y"]}},
        "subnets": ["subnet-1", ["subnet-2"]],
        "notes": "two\nlines\n",
        "empty": None,
    }


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ((), (2, 1), (2, 1)),
        (("name",), (2, 1), (2, 7)),
        (("aws",), (3, 1), (4, 3)),
        (("aws", "tags"), (4, 3), (4, 9)),
        (("aws", "tags", "cost center"), (4, 10), (4, 23)),
        (("aws", "tags", "ä"), (4, 29), (4, 32)),
        (("aws", "tags", "ä", 1), (4, 36), (4, 36)),
        (("subnets", 0), (6, 3), (6, 3)),
        (("subnets", 1), (7, 5), (7, 5)),
        (("subnets", 1, 0), (7, 7), (7, 7)),
        (("notes",), (8, 1), (8, 8)),
        (("empty",), (11, 1), (11, 7)),
    ],
)
@pytest.mark.parametrize("spell", [lambda t: t, lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n")])
def test_places(
    read: Read, spell: Callable[[str], str], path: KeyPath, key: tuple[int, int], value: tuple[int, int]
) -> None:
    places = document(read, spell(SPEC)).places
    assert places[path] == Located(path, Place(*key), Place(*value))
    assert len(places) == 14


def test_columns_count_characters(read: Read) -> None:
    places = document(read, "{ä: 1, 😀: 2, b: 3}").places
    assert places[("b",)] == Located(("b",), Place(1, 14), Place(1, 17))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-7", -7),
        ("1600", 1600),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("0.5", 0.5),
        ("-10.25", -10.25),
        ("text", "text"),
        ("vpc-0123", "vpc-0123"),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("1.2.3", "1.2.3"),
        ("redis:7", "redis:7"),
        ("https://chat.example.com:8443", "https://chat.example.com:8443"),
        ("${PATH}", "${PATH}"),
        ("one\n  two", "one two"),
        ('"on"', "on"),
        ("'010'", "010"),
        ('"a\\tb\\n"', "a\tb\n"),
        ("|\n  yes\n", "yes\n"),
        (">-\n  1\n  2\n", "1 2"),
        ("Zürich 😀", "Zürich 😀"),
    ],
)
def test_scalars(read: Read, written: str, value: object) -> None:
    result = document(read, f"key: {written}").data["key"]
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize("key", ["on", "010", "null", "~", "1.5", "2026-01-01", "true"])
def test_a_key_is_its_text(read: Read, key: str) -> None:
    assert document(read, f"{key}: x").data == {key: "x"}


def test_a_spec_may_begin_with_dashes_and_nest_32_levels(read: Read) -> None:
    assert document(read, "---\na: 1\n").data == {"a": 1}
    document(read, "{a: " * 32 + "1" + "}" * 32)


# --- S101: what cannot be read -------------------------------------------------------------------------------------


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


@pytest.fixture
def _nobody() -> Iterator[None]:
    """Root may read every file, so that a test of permissions takes another user."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text("a: 1")
    path.chmod(0)
    return path


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


# --- S104: duplicate keys -----------------------------------------------------------------------------------------


def test_duplicate_keys(read: Read) -> None:
    data, said = doubted(read, 'a: {b: 1, "b": {c: on}}\nd: 1\na: off\n')
    assert data == {"a": {"b": 1}, "d": 1}
    assert said == [
        "spec/spec.yaml:1:11: a.b: duplicate key: it stands on line 1 already [S104]",
        "spec/spec.yaml:1:20: a.b.c: on is easily misread: it may be text or true [S106]",
        "spec/spec.yaml:3:1: a: duplicate key: it stands on line 1 already [S104]",
        "spec/spec.yaml:3:4: a: off is easily misread: it may be text or false [S106]",
    ]


def test_the_places_of_a_duplicate_are_those_of_the_first(read: Read) -> None:
    result, _ = read("a: 1\na: {b: 2}\n")
    assert result is not None
    assert result.places.keys() == {(), ("a",)}
    assert result.places[("a",)].value == Place(1, 4)


# --- S105: YAML that a spec does not use --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1", "1:4: a: the anchor &x"),
        ("&x a: 1", "1:1: the anchor &x"),
        ("a: *x", "1:4: a: the alias *x"),
        ("*x : 1", "1:1: the alias *x"),
        ("a:\n  <<: {b: 1}", "2:3: a: the merge key <<"),
        ("a: [!x 1]", "1:5: a[0]: the tag !x"),
        ("a: !!str 1", "1:4: a: the tag !!str"),
        ("a: !!python/object/apply:os.system [x]", "1:4: a: the tag !!python/object/apply:os.system"),
        ("a: ! 1", "1:4: a: the tag !"),
        ("a: 1\n---\nb: 2\n---\nc: 3", "2:1: a second document"),
        ("a: 1\n...\n---\n", "3:1: a second document"),
        ("a: {? [b] : 1}", "1:7: a: a list or mapping as a key"),
        ("a:\n  ? b: 1\n  : 1", "2:5: a: a list or mapping as a key"),
        ("%YAML 1.1\n---\na: 1", "1:1: a directive (%)"),
        ("# c\n%FOO\n---\na: 1", "2:1: a directive (%)"),
    ],
)
def test_unused_yaml(read: Read, text: str, said: str) -> None:
    diagnostic = refused(read, text)
    expected = f"spec/spec.yaml:{said} is YAML that a spec does not use [S105]"
    assert str(diagnostic) == f"{expected}\n  hint: {diagnostic.hint}"
    assert diagnostic.hint


def test_a_quoted_merge_key_is_text(read: Read) -> None:
    assert document(read, '"<<": 1').data == {"<<": 1}


def test_a_bomb_of_aliases_ends_at_the_first(read: Read) -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]" for i in range(30)]
    result, found = read("\n".join(lines))
    assert result is None
    assert [diagnostic.message.split(" is ")[0] for diagnostic in found] == [
        "the anchor &a0", "the anchor &a1", "the alias *a0",
    ]  # fmt: skip


# --- S106: what is easily misread ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "plain", "value"),
    [
        *((word, "true", True) for word in ("y", "Y", "yes", "Yes", "YES", "yEs", "on", "On", "ON", "True", "TRUE")),
        *((word, "false", False) for word in ("n", "N", "no", "No", "NO", "off", "Off", "OFF", "False", "FALSE")),
        *((word, "null", None) for word in ("~", "Null", "NULL")),
        ("010", "8", 8),
        ("089", "89", 89),
        ("00", "0", 0),
        ("0x1F", "31", 31),
        ("-0x1f", "-31", -31),
        ("0o17", "15", 15),
        ("0b11", "3", 3),
        ("1_000", "1000", 1000),
        ("1:30", "90", 90),
        ("1:30.5", "90.5", 90.5),
        ("+1", "1", 1),
        (".5", "0.5", 0.5),
        ("5.", "5.0", 5.0),
        ("01.5", "1.5", 1.5),
        ("1e3", "1000", 1000),
        ("1.5e-2", "0.015", 0.015),
    ],
)
def test_misread_with_a_plain_spelling(read: Read, written: str, plain: str, value: object) -> None:
    result, [diagnostic] = read(f"a: {written}")
    assert str(diagnostic) == (
        f"spec/spec.yaml:1:4: a: {written} is easily misread: it may be text or {plain} [S106]\n"
        f'  hint: write "{written}" in quotes if it is text, or {plain}'
    )
    assert result is not None
    assert result.data["a"] == value
    assert type(result.data["a"]) is type(value)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        (".inf", "a number beyond 64 bits"),
        ("-.INF", "a number beyond 64 bits"),
        (".NaN", "a number beyond 64 bits"),
        ("1e400", "a number beyond 64 bits"),
        ("1e99999999999999999999", "a number beyond 64 bits"),
        ("9223372036854775808", "a number beyond 64 bits"),
        ("-9223372036854775809", "a number beyond 64 bits"),
        ("9" * 60, "a number beyond 64 bits"),
        ("0x1" + "0" * 16, "a number beyond 64 bits"),
        ("2026-01-01", "a date"),
        ("2026-13-45", "a date"),
        ("2026-01-01T10:00:00Z", "a date"),
        ("2026-01-01 10:00:00", "a date"),
        ("=", "an instruction"),
        ("<<", "an instruction"),
    ],
)
def test_misread_without_a_plain_spelling(read: Read, written: str, what: str) -> None:
    result, [diagnostic] = read(f"a: {written}")
    assert str(diagnostic) == (
        f"spec/spec.yaml:1:4: a: {written} is easily misread: it may be text or {what} [S106]\n"
        f'  hint: write "{written}" in quotes if it is text'
    )
    assert result is not None
    assert result.data["a"] == written


def test_a_long_number_is_shown_in_part(read: Read) -> None:
    _, [diagnostic] = read("a: " + "9" * 5000)
    assert len(str(diagnostic)) < 300


@pytest.mark.parametrize(
    "char", ["\u202a", "\u202e", "\u2066", "\u2069", "\u200b", "\u200f", "\ufeff", "\u00ad", "\u2060", "\U000e0041"]
)
@pytest.mark.parametrize(
    ("before", "line", "column"), [("a: x", 1, 5), ("a: |\n  one\n  tw", 3, 5), ("a: 'x\n  ", 2, 3)]
)
def test_invisible_characters(read: Read, char: str, before: str, line: int, column: int) -> None:
    result, [diagnostic] = read(f"{before}{char}y" + "'" * ("'" in before))
    assert diagnostic.message == f"contains the invisible character U+{ord(char):04X}"
    assert (diagnostic.code, diagnostic.path, diagnostic.line, diagnostic.column) == ("S106", "a", line, column)
    assert result is not None
    assert char not in result.data["a"]


@pytest.mark.parametrize("escape", [r"\0", r"\e", r"\r", r"\x7f", r"\N", r"\L", r"\u202e", r"\uFEFF"])
def test_invisible_characters_as_escapes(read: Read, escape: str) -> None:
    _, [diagnostic] = read(f'a:\n  - "x{escape}y"')
    assert (diagnostic.code, diagnostic.path, diagnostic.line, diagnostic.column) == ("S106", "a[0]", 2, 5)


def test_invisible_characters_in_a_key(read: Read) -> None:
    data, said = doubted(read, "a:\n  b\u200bc: 1")
    assert data == {"a": {"b\ufffdc": 1}}
    assert said == ["spec/spec.yaml:2:4: a: contains the invisible character U+200B [S106]"]


def test_all_in_one_run(read: Read) -> None:
    result, found = read("a: on\na: &x 1\nb: !t 0x1\n? [c]\n: ~\nd: 'e\u202e'\nf: [\n")
    assert result is None
    assert [(diagnostic.line, diagnostic.code) for diagnostic in found] == [
        (1, "S106"), (2, "S104"), (2, "S105"), (3, "S105"), (4, "S105"), (5, "S106"), (6, "S106"), (8, "S101"),
    ]  # fmt: skip


# --- Document -----------------------------------------------------------------------------------------------------

OVERRIDDEN = """\
name: chat
redis: {node_type: small, nodes: 1, tags: {a: x}}
subnets: [one, two]
alarms: {cpu: {percent: 1}}
environments:
  production: {}
  nothing:
  staging:
    redis:
      nodes: 2
      tags: {b: z}
      auth: {}
    subnets: [three]
    alarms:
    new: {key: [1]}
  wrong: 3
"""


def test_merged(read: Read) -> None:
    base = document(read, OVERRIDDEN)
    before = copy.deepcopy(base)
    merged = base.merged(("environments", "staging"))
    assert base == before
    assert merged.file == base.file
    assert merged.data == {
        "name": "chat",
        "redis": {"node_type": "small", "nodes": 2, "tags": {"a": "x", "b": "z"}, "auth": {}},
        "subnets": ["three"],
        "alarms": None,
        "new": {"key": [1]},
    }
    assert {path: (dotted(place.path), place.key.line) for path, place in merged.places.items()} == {
        (): ("", 1),
        ("name",): ("name", 1),
        ("redis",): ("redis", 2),
        ("redis", "node_type"): ("redis.node_type", 2),
        ("redis", "nodes"): ("environments.staging.redis.nodes", 10),
        ("redis", "tags"): ("redis.tags", 2),
        ("redis", "tags", "a"): ("redis.tags.a", 2),
        ("redis", "tags", "b"): ("environments.staging.redis.tags.b", 11),
        ("redis", "auth"): ("environments.staging.redis.auth", 12),
        ("subnets",): ("environments.staging.subnets", 13),
        ("subnets", 0): ("environments.staging.subnets[0]", 13),
        ("alarms",): ("environments.staging.alarms", 14),
        ("new",): ("environments.staging.new", 15),
        ("new", "key"): ("environments.staging.new.key", 15),
        ("new", "key", 0): ("environments.staging.new.key[0]", 15),
    }


@pytest.mark.parametrize("environment", ["production", "nothing"])
def test_merged_with_nothing(read: Read, environment: str) -> None:
    base = document(read, OVERRIDDEN)
    merged = base.merged(("environments", environment))
    assert merged.data == {key: value for key, value in base.data.items() if key != "environments"}
    assert merged.places == {path: place for path, place in base.places.items() if path[:1] != ("environments",)}


def test_merged_shares_nothing_with_the_original(read: Read) -> None:
    base = document(read, OVERRIDDEN)
    merged = base.merged(("environments", "staging"))
    merged.data["subnets"].append("x")
    merged.data["redis"]["tags"]["c"] = "z"
    assert base == document(read, OVERRIDDEN)


def test_merged_with_a_scalar_is_a_bug_of_the_caller(read: Read) -> None:
    with pytest.raises(TypeError, match=r"environments\.wrong is not a mapping"):
        document(read, OVERRIDDEN).merged(("environments", "wrong"))


def test_locate_falls_back_to_the_nearest_ancestor(read: Read) -> None:
    base = document(read, OVERRIDDEN)
    assert base.locate(("redis", "nodes")).path == ("redis", "nodes")
    assert base.locate(("redis", "tags", "no", 3, "deep")).path == ("redis", "tags")
    assert base.locate(("no",)).path == ()
    merged = base.merged(("environments", "staging"))
    assert merged.locate(("alarms", "cpu", "percent")).path == ("environments", "staging", "alarms")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("existing", "private_subnets", 0), "existing.private_subnets[0]"),
        (("aws", "tags", "cost center"), 'aws.tags."cost center"'),
        (("cost center", 1, "x", 2, 3), '"cost center"[1].x[2][3]'),
        (("a", 'q"\n', "ä"), r'a."q\"\n".ä'),
        (("",), '""'),
        ((0,), "[0]"),
    ],
)
def test_dotted(path: KeyPath, text: str) -> None:
    assert dotted(path) == text


# --- find ---------------------------------------------------------------------------------------------------------


def test_find(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "c.yaml", "schema.json", ".hidden.yaml", "d.yaml~"):
        (tmp_path / name).touch()
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "folder.yaml" / "e.yaml").touch()
    assert [path.name for path in find(tmp_path)] == ["a.yml", "b.yaml", "c.yaml"]
    assert find(tmp_path / "schema.json") == [tmp_path / "schema.json"]
    assert find(tmp_path / "missing") == [tmp_path / "missing"]


@pytest.mark.usefixtures("locked", "_nobody")
def test_find_without_permission(locked: Path) -> None:
    with pytest.raises(OwscaleError, match="Permission denied"):
        find(locked.parent)


# --- any input ----------------------------------------------------------------------------------------------------

YAMLISH = st.text(alphabet="ab01_.:-+eExo?!&*#%|>'\"[]{},~=< \t\n\r\\u\ufeffä\u202e\ud7ff", max_size=60)


def check(result: Document | None, found: list[Diagnostic]) -> None:
    assert found or result is not None
    assert (result is None) == bool({"S101", "S105"} & {diagnostic.code for diagnostic in found})
    assert all(diagnostic.message and str(diagnostic).isprintable() for diagnostic in found if not diagnostic.hint)
    if result is not None:
        str(result.data).encode()  # no lone surrogates
        assert set(result.places) == set(paths(result.data))


def paths(node: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from paths(child, (*path, key))


@hypothesis_settings
@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="surrogatepass")))
def test_any_bytes(read: Read, raw: bytes) -> None:
    check(*read(raw))


@settings(hypothesis_settings, max_examples=500)
@given(text=YAMLISH | st.tuples(st.just("a: "), YAMLISH).map("".join))
@example(text='a: "\\UFFFFFFFF"')
@example(text="%YAML " + "9" * 5000 + ".1\n---\na: 1")
@example(text="a: 0x_")
def test_any_yaml(read: Read, text: str) -> None:
    check(*read(text))


@settings(hypothesis_settings, max_examples=500)
@given(text=st.tuples(st.just("a: "), YAMLISH).map("".join))
def test_the_loaders_never_take_a_text_differently(read: Read, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Each refuses a few texts that the other takes (tabs between tokens, `{a:}`); what both take is the same."""
    results = []
    for loader in LOADERS:
        monkeypatch.setattr(source, "_LOADER", loader)
        results.append(read(text.replace("?", "")))  # they differ on the place of an empty `?` key
    clean = [result for result, found in results if not found]
    assert all(result == clean[0] for result in clean)


@hypothesis_settings
@given(
    data=st.dictionaries(
        st.text("abcäx_-1", min_size=1, max_size=8),
        st.recursive(
            st.integers(-(2**63), 2**63 - 1)
            | st.booleans()
            | st.none()
            | st.text("o 1ä:😀#-[{&*!|>%@'\"\n", max_size=12),
            lambda node: st.lists(node, max_size=3) | st.dictionaries(st.text("abä", min_size=1), node, max_size=3),
            max_leaves=12,
        ),
        min_size=1,
        max_size=5,
    ),
    flow=st.sampled_from([None, False]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_what_yaml_dumps_comes_back_with_its_places(read: Read, data: dict[str, Any], flow: bool, newline: str) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    result = document(read, text.replace("\n", newline).encode())
    assert result.data == data
    lines = text.split("\n")
    for path, place in result.places.items():
        if path and isinstance(path[-1], str):
            rest = lines[place.key.line - 1][place.key.column - 1 :].lstrip("'\"")
            assert rest.startswith(path[-1])
