"""An answer is given again only while nothing has changed: not one byte, whatever size and time say (ADR 12)."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jinja2
import pytest

from tests.cases import PROJECT

_CODE = """
import sys
from generator.cli import main
code = main()
print(*(name for name in sys.modules if name in {"argparse", "pathlib", "typing", "yaml"}), file=sys.stderr)
print("worked out" if "yaml" in sys.modules else "replayed", file=sys.stderr)
sys.exit(code)
"""
_FOLDER = "out/minimal/production"


@dataclass(frozen=True)
class World:
    """A program, a library and a project that a test may change."""

    root: Path

    def path(self, name: str) -> Path:
        return self.root / name

    def owscale(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """The exit code, what was said on stdout, and whether that was worked out or replayed."""
        code, said, lines = self.run(*words, **environment)
        return code, said, lines[-1]

    def run(self, *words: str, **environment: str) -> tuple[int, str, list[str]]:
        """The same, with all lines on stderr; the last but one names what a replay does without."""
        run = subprocess.run(  # noqa: S603 -- our own code
            [sys.executable, "-c", _CODE, *words],
            cwd=self.root / "project",
            env=os.environ
            | {"PYTHONPATH": f"{self.root}/program:{self.root}/site", "XDG_CACHE_HOME": f"{self.root}/cache"}
            | {"OWSCALE_NO_CACHE": "", "PYTHONDONTWRITEBYTECODE": ""}
            | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return run.returncode, run.stdout, run.stderr.splitlines()


@pytest.fixture
def world(tmp_path: Path) -> World:
    """All generated, and known to be as it should be."""
    shutil.copytree(PROJECT / "generator", tmp_path / "program/generator")
    shutil.copytree(PROJECT / "templates", tmp_path / "program/templates")
    (tmp_path / "site").mkdir()
    library = Path(jinja2.__file__).parent
    (tmp_path / "site/jinja2").symlink_to(library)
    for info in library.parent.glob("*inja2-*.dist-info"):
        shutil.copytree(info, tmp_path / "site/jinja2-0.dist-info")
    (tmp_path / "project/spec").mkdir(parents=True)
    shutil.copy(PROJECT / "tests/golden/minimal/spec.yaml", tmp_path / "project/spec/spec.yaml")
    found = World(tmp_path)
    assert found.owscale("generate")[0] == 0
    _wait()
    found.owscale("check")
    assert found.owscale("check")[2] == "replayed"
    return found


def _wait() -> None:
    """Until what was written is older than the tick of a clock."""
    time.sleep(0.05)


def _one_byte(path: Path, old: bytes, new: bytes) -> None:
    """Another byte in a file that keeps its size, its times and its inode."""
    assert len(old) == len(new)
    content, seen = path.read_bytes(), path.stat()
    assert old in content
    with path.open("r+b") as file:
        file.seek(content.index(old))
        file.write(new)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (seen.st_size, seen.st_mtime_ns)


_BYTES = {
    "the spec": ("project/spec/spec.yaml", b"#", b"%"),
    "a comment of the spec": ("project/spec/spec.yaml", b"spec", b"Spec"),
    "a template": ("program/templates/versions.tf.j2", b"required_version", b"required_versiom"),
    "the output": (f"project/{_FOLDER}/main.tf", b"module", b"nodule"),
    "the manifest": (f"project/{_FOLDER}/.owscale.sums", b"owscale", b"0wscale"),
    "the program's version": ("program/generator/__init__.py", b'"0.', b'"1.'),
    "the program": ("program/generator/context.py", b"1024", b"1023"),
    "a price": ("program/generator/facts/prices.json", b"1", b"2"),
    "a library's version": ("site/jinja2-0.dist-info/METADATA", b"Version: 3", b"Version: 4"),
    "a library's files": ("site/jinja2-0.dist-info/RECORD", b"sha256", b"sha257"),
}


def test_one_byte_is_noticed(world: World) -> None:
    """One test for all, since a world takes longer to make than to look at."""
    for what, (name, old, new) in _BYTES.items():
        _one_byte(world.path(name), old, new)
        assert world.owscale("check")[2] == "worked out", what
        _one_byte(world.path(name), new, old)
        _wait()
        world.owscale("check")
        assert world.owscale("check")[2] == "replayed", what


def _added_beside(world: World) -> None:
    world.path(f"project/{_FOLDER}/notes.txt").write_text("mine\n")


def _added_below(world: World) -> None:
    world.path(f"project/{_FOLDER}/modules/redis/more.tf").write_text("# more\n")


def _removed(world: World) -> None:
    world.path(f"project/{_FOLDER}/outputs.tf").unlink()


def _spec_added(world: World) -> None:
    shutil.copy(PROJECT / "tests/golden/fixed/spec.yaml", world.path("project/spec/fixed.yaml"))


def _template_removed(world: World) -> None:
    world.path("program/templates/README.md.j2").unlink()


def _code_added(world: World) -> None:
    world.path("program/generator/more.py").write_text("")


def _another_deployment(world: World) -> None:
    shutil.copytree(world.path(f"project/{_FOLDER}"), world.path("project/out/minimal/old"))


def _interrupted(world: World) -> None:
    world.path("project/out/.owscale").mkdir()
    world.path("project/out/.owscale/journal").write_text("0 minimal/production/main.tf\n")


def _file_for_folder(world: World) -> None:
    folder = world.path(f"project/{_FOLDER}/modules/redis")
    shutil.rmtree(folder)
    folder.write_text("")


def _link_for_file(world: World) -> None:
    path = world.path(f"project/{_FOLDER}/outputs.tf")
    path.rename(world.path("project/outputs.tf"))
    path.symlink_to(world.path("project/outputs.tf"))


def _spec_elsewhere(world: World) -> None:
    """The same text, but generated files name another place."""
    world.path("project/spec").rename(world.path("project/specs"))
    world.path("project/spec").symlink_to("specs")


def _out_elsewhere(world: World) -> None:
    """The same files, but from there the spec has another path."""
    world.path("project/deep").mkdir()
    world.path("project/out").rename(world.path("project/deep/out"))
    world.path("project/out").symlink_to("deep/out")


@pytest.mark.parametrize(
    "change",
    [
        _added_beside,
        _added_below,
        _removed,
        _spec_added,
        _template_removed,
        _code_added,
        _another_deployment,
        _interrupted,
        _file_for_folder,
        _link_for_file,
        _spec_elsewhere,
        _out_elsewhere,
    ],
)
def test_what_comes_or_goes_is_noticed(world: World, change: Callable[[World], None]) -> None:
    change(world)
    assert world.owscale("check")[2] == "worked out"


def test_an_answer_is_the_one_that_was_worked_out(world: World) -> None:
    for words in (("check",), ("generate",), ("check", "--format", "json"), ("check", "--strict")):
        fresh = world.owscale(*words, OWSCALE_NO_CACHE="1")
        world.owscale(*words)
        assert world.owscale(*words)[:2] == fresh[:2], words


def test_a_replay_imports_next_to_nothing(world: World) -> None:
    """That is what it is for (docs/performance.md)."""
    assert world.run("check")[2][-2:] == ["", "replayed"]
    assert world.run("check", "--format", "json")[2][-2:] == ["argparse pathlib typing yaml", "worked out"]


def test_what_generate_wrote_is_known_to_check(world: World) -> None:
    _one_byte(world.path("project/spec/spec.yaml"), b"10.8.0.0", b"10.9.0.0")
    _wait()
    assert world.owscale("check")[0] == 1
    assert world.owscale("generate")[2] == "worked out"
    assert world.owscale("check") == (0, "50 files as they should be.\n", "replayed")
    assert world.owscale("generate")[1:] == ("minimal/production: +0 ~0 -0 =50\n", "replayed")


def test_what_is_left_alone_is_told_again(world: World) -> None:
    _added_beside(world)
    _wait()
    first = world.owscale("check")
    assert "left alone: notes.txt" in first[1]
    assert world.owscale("check") == (0, first[1], "replayed")
    world.path(f"project/{_FOLDER}/notes.txt").write_text("nine\n")
    assert world.owscale("check")[2] == "worked out"


@pytest.mark.parametrize("words", [("check", "--nonsense"), ("generate", "--dry-run"), ("check", "--out", "elsewhere")])
def test_other_words_have_another_answer(world: World, words: tuple[str, ...]) -> None:
    assert world.owscale(*words)[2] != "replayed"


def test_what_is_wrong_is_worked_out_each_time(world: World) -> None:
    _removed(world)
    _wait()
    assert [world.owscale("check")[::2] for _ in range(2)] == [(1, "worked out")] * 2


def test_a_file_that_changes_while_it_is_read_is_not_relied_on(world: World) -> None:
    """As if it had been written after the run began: nobody knows which content was read."""
    spec = world.path("project/spec/spec.yaml")
    spec.write_text(spec.read_text() + "# more\n")
    later = "import time; now = time.time_ns; time.time_ns = lambda: now() - 10**9;"
    run = [sys.executable, "-c", later + "import sys; from generator.cli import main; sys.exit(main(['check']))"]
    environment = {"PYTHONPATH": f"{world.root}/program:{world.root}/site", "XDG_CACHE_HOME": f"{world.root}/cache"}
    subprocess.run(run, cwd=world.path("project"), env=os.environ | environment, check=True, capture_output=True)  # noqa: S603 -- our own
    assert world.owscale("check")[2] == "worked out"


@pytest.mark.parametrize("text", ["", "0", "\0", "\0\0\0", "\0\0x/nothing\0", "\0\0f\0", "\udcff"])
def test_a_broken_answer_is_not_given(world: World, text: str) -> None:
    for path in world.path("cache/owscale").glob("answer-*"):
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert world.owscale("check")[::2] == (0, "worked out")


def test_old_answers_are_forgotten(world: World) -> None:
    folder = world.path("cache/owscale")
    for number in range(150):
        (folder / f"answer-{number}").write_text("")
        os.utime(folder / f"answer-{number}", (number, number))
    world.owscale("check", "--format", "json")
    left = {path.name for path in folder.glob("answer-*")}
    assert len(left) == 100
    assert "answer-149" in left
    assert "answer-0" not in left
