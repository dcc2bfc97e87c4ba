"""Templates kept compiled: never a wrong one, whatever became of the file, and never a word about it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest

from generator import bytecode, render
from generator.bytecode import VERSIONS, key
from generator.render import Renderer, TemplateError

TEMPLATE = "a = {{ value | hcl }}\n\nb = {{ 'text' | hcl }}\n"
EXPECTED = '# Generated.\n\na = 1\n\nb = "text"\n'
Compiled = Callable[[], int]

# What another process does: it renders all templates of a folder, and says how many of them it compiled.
SCRIPT = """
import sys
from pathlib import Path
import jinja2
from generator.render import Renderer
compiled = []
compile = jinja2.Environment.compile
jinja2.Environment.compile = lambda *given, **named: compiled.append(given) or compile(*given, **named)
if len(sys.argv) > 2:
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
print(Renderer(Path(sys.argv[1])).render("main.tf.j2", "Generated.", {"value": 1}), end="")
print(len(compiled), file=sys.stderr)
"""


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "main.tf.j2").write_text(TEMPLATE)
    return folder


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where they are kept; nothing is kept in the process, as if each renderer were one's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setattr(render, "bytecode", bytecode.Bytecode)
    return tmp_path / "caches/owscale"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Compiled:
    """How many templates were compiled since it was asked last."""
    calls: list[object] = []
    original = jinja2.Environment.compile

    def counted(self: jinja2.Environment, source: str, name: str, filename: str) -> object:
        calls.append(name)
        return original(self, source, name, filename)

    def since() -> int:
        number = len(calls)
        calls.clear()
        return number

    monkeypatch.setattr(jinja2.Environment, "compile", counted)
    return since


def rendered(folder: Path, value: object = 1) -> str:
    return Renderer(folder).render("main.tf.j2", "Generated.", {"value": value})


def elsewhere(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SCRIPT, str(folder), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603 -- this Python


# --- what is found again ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("kept")
def test_a_second_run_compiles_nothing(templates: Path, compiled: Compiled) -> None:
    assert rendered(templates) == EXPECTED
    assert compiled() == 1
    assert rendered(templates) == EXPECTED
    assert compiled() == 0


@pytest.mark.usefixtures("kept")
def test_a_template_of_the_same_size_and_time_is_another(templates: Path, compiled: Compiled) -> None:
    assert rendered(templates) == EXPECTED
    file, stat = templates / "main.tf.j2", (templates / "main.tf.j2").stat()
    file.write_text(TEMPLATE.replace("b =", "c ="))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert rendered(templates) == EXPECTED.replace("b =", "c =")
    assert compiled() == 2


@pytest.mark.usefixtures("kept")
def test_a_mistake_keeps_its_line(templates: Path) -> None:
    (templates / "main.tf.j2").write_text("a = 1\n\nb = {{ nope | hcl }}\n")
    for _ in range(2):
        with pytest.raises(TemplateError, match=r"^templates/main\.tf\.j2:3: nope is undefined"):
            rendered(templates)


@pytest.mark.usefixtures("kept")
def test_a_broken_template_is_told_when_it_is_needed(templates: Path) -> None:
    (templates / "broken.tf.j2").write_text("{% if\n")
    for _ in range(2):
        assert rendered(templates) == EXPECTED
        with pytest.raises(TemplateError, match=r"^templates/broken\.tf\.j2:1: "):
            Renderer(templates).render("broken.tf.j2", "Generated.", {})


@pytest.mark.usefixtures("kept")
def test_a_template_of_the_users_own_is_never_taken_for_ours(templates: Path, tmp_path: Path) -> None:
    assert rendered(templates) == EXPECTED
    own = tmp_path / "own/main.tf.j2"
    own.parent.mkdir()
    for text in ("mine = 1\n", "mine = 2\n"):
        own.write_text(text)
        renderer = Renderer(templates, {"main.tf.j2": own}, "templates")
        assert renderer.render("main.tf.j2", "Generated.", {}) == f"# Generated.\n\n{text}"


@pytest.mark.usefixtures("kept")
def test_code_of_one_language_is_not_run_for_the_other(templates: Path) -> None:
    (templates / "README.md.j2").write_text('{% include "main.tf.j2" %}\n')
    for _ in range(2):
        with pytest.raises(TemplateError, match="No filter named 'hcl'"):
            Renderer(templates).render("README.md.j2", "Generated.", {"value": 1})


# --- the key ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "shaping", "versions"),
    [
        ({"a": "1", "b": "3"}, [b"x", b"y"], VERSIONS),
        ({"a": "1", "c": "2"}, [b"x", b"y"], VERSIONS),
        ({"a": "1"}, [b"x", b"y"], VERSIONS),
        ({"a": "1", "b": "2", "c": ""}, [b"x", b"y"], VERSIONS),
        ({"a": "1", "b": "2"}, [b"x", b"z"], VERSIONS),
        ({"a": "1", "b": "2"}, [b"xy"], VERSIONS),
        ({"a": "1", "b": "2"}, [b"x", b"y"], VERSIONS.replace(jinja2.__version__, "3.0.0")),
        ({"a": "1", "b": "2"}, [b"x", b"y"], VERSIONS.replace(sys.version, "3.99.0")),
    ],
)
def test_key_is_another_for(texts: dict[str, str], shaping: list[bytes], versions: str) -> None:
    assert key(texts, shaping, versions) != key({"a": "1", "b": "2"}, [b"x", b"y"])


def test_key_knows_every_file_that_shapes_the_code(
    kept: Path, templates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shaping = render._SHAPING
    assert {path.name for path in shaping} == {"hcl.py", "kinds.py", "markdown.py", "render.py"}
    rendered(templates)
    for number, path in enumerate(shaping):
        (tmp_path / path.name).write_bytes(path.read_bytes() + b"\n")
        monkeypatch.setattr(render, "_SHAPING", [*shaping[:number], tmp_path / path.name, *shaping[number + 1 :]])
        rendered(templates)
    assert len(list(kept.iterdir())) == 1 + len(shaping)


# --- where it cannot be kept --------------------------------------------------------------------------------------


def test_a_damaged_file_is_not_trusted(kept: Path, templates: Path, compiled: Compiled) -> None:
    rendered(templates)
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    flipped = whole[:-1] + bytes([whole[-1] ^ 1])
    damaged = [whole[:size] for size in (0, 1, 31, 32, 33, len(whole) // 2, len(whole) - 1)]
    for content in (*damaged, flipped, whole + b"\0", b"\0" * len(whole)):
        file.write_bytes(content)
        compiled()
        assert rendered(templates) == EXPECTED
        assert compiled() == 1
        assert file.read_bytes() == whole


@pytest.mark.parametrize("obstacle", ["file", "missing home", "off"])
def test_nothing_is_said_where_there_is_no_folder(
    templates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    match obstacle:
        case "file":
            (tmp_path / "caches").touch()
            monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
        case "missing home":
            monkeypatch.delenv("XDG_CACHE_HOME")
            monkeypatch.setenv("HOME", str(tmp_path / "gone"))
        case "off":
            monkeypatch.setenv("OWSCALE_NO_CACHE", "1")
    for _ in range(2):
        process = elsewhere(templates)
        assert process.communicate() == (EXPECTED, "1\n")
    assert not (tmp_path / "gone").exists()


def test_nothing_is_said_where_nothing_can_be_written(kept: Path, templates: Path) -> None:
    process = elsewhere(templates, "no file may grow")
    assert process.communicate() == (EXPECTED, "1\n")
    assert list(kept.iterdir()) == []


def test_runs_at_once_do_each_other_no_harm(kept: Path, templates: Path) -> None:
    processes = [elsewhere(templates) for _ in range(4)]
    for process in processes:
        out, err = process.communicate()
        assert (out, process.returncode) == (EXPECTED, 0)
        assert err in ("0\n", "1\n")
    assert len(list(kept.iterdir())) == 1
    assert elsewhere(templates).communicate() == (EXPECTED, "0\n")


def test_what_is_kept_does_not_grow(kept: Path, templates: Path) -> None:
    for number in range(2 * bytecode._MOST_KEPT):
        (templates / "main.tf.j2").write_text(f"a = {number}\n")
        rendered(templates)
        (kept / f"templates-{number}.broken-off").touch()
    assert len(list(kept.iterdir())) <= bytecode._MOST_KEPT + 1
