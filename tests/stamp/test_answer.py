"""What an answer says, which are kept, and for how long."""

import os
import subprocess
import sys

import pytest

from tests.stamp.world import FOLDER, World, one_byte, wait


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
    one_byte(world.path("project/spec/spec.yaml"), b"10.8.0.0", b"10.9.0.0")
    wait()
    assert world.owscale("check")[0] == 1
    assert world.owscale("generate")[2] == "worked out"
    assert world.owscale("check") == (0, "50 files as they should be.\n", "replayed")
    assert world.owscale("generate")[1:] == ("minimal/production: +0 ~0 -0 =50\n", "replayed")


def test_what_is_left_alone_is_told_again(world: World) -> None:
    world.path(f"project/{FOLDER}/notes.txt").write_text("mine\n")
    wait()
    first = world.owscale("check")
    assert "left alone: notes.txt" in first[1]
    assert world.owscale("check") == (0, first[1], "replayed")
    world.path(f"project/{FOLDER}/notes.txt").write_text("nine\n")
    assert world.owscale("check")[2] == "worked out"


@pytest.mark.parametrize("words", [("check", "--nonsense"), ("generate", "--dry-run"), ("check", "--out", "elsewhere")])
def test_other_words_have_another_answer(world: World, words: tuple[str, ...]) -> None:
    assert world.owscale(*words)[2] != "replayed"


def test_what_is_wrong_is_worked_out_each_time(world: World) -> None:
    world.path(f"project/{FOLDER}/outputs.tf").unlink()
    wait()
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


@pytest.mark.parametrize("fields", [1, 3, 5, 6])
def test_an_answer_that_was_cut_short_is_not_given(world: World, fields: int) -> None:
    """However much of it is there: what is left says nothing of the rest."""
    for path in world.path("cache/owscale").glob("answer-*"):
        path.write_text("\0".join(path.read_text().split("\0")[:fields]))
    assert world.owscale("check")[::2] == (0, "worked out")


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
