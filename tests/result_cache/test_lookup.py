"""When a cached result is printed, what it contains, and for how long it is kept."""

import pytest

from tests._support.installation import DEPLOYMENT, Installation, replace_bytes, wait_for_clock


def test_cached_result_equals_the_computed_one(installation: Installation) -> None:
    for words in (("check",), ("generate",), ("check", "--output-format", "json"), ("check", "--strict")):
        exit_code, stdout, source = installation.owscale(*words, OWSCALE_NO_CACHE="1")
        assert source == "computed"
        installation.owscale(*words)
        source = "computed" if exit_code else "cached"  # --strict fails on the warnings of this spec
        assert installation.owscale(*words) == (exit_code, stdout, source), words


def test_cached_result_imports_next_to_nothing(installation: Installation) -> None:
    assert installation.run("check")[2][-2:] == ["", "cached"]
    assert installation.run("check", "--output-format", "json")[2][-2:] == ["argparse pathlib typing yaml", "computed"]


def test_generate_that_wrote_leaves_nothing_stale(installation: Installation) -> None:
    replace_bytes(installation.path("project/spec/spec.yaml"), b"10.8.0.0", b"10.9.0.0")
    wait_for_clock()
    assert installation.owscale("check")[0] == 1
    assert installation.owscale("generate")[2] == "computed"
    wait_for_clock()
    assert installation.owscale("check")[:2] == (0, "50 files up to date\n")
    assert installation.owscale("check")[2] == "cached"
    installation.owscale("generate")
    assert installation.owscale("generate")[1:] == ("minimal/production: +0 ~0 -0 =50\n", "cached")


def test_unmanaged_files_are_listed_again(installation: Installation) -> None:
    installation.path(f"project/{DEPLOYMENT}/notes.txt").write_text("mine\n")
    wait_for_clock()
    first = installation.owscale("check")
    assert "unmanaged: notes.txt" in first[1]
    assert installation.owscale("check") == (0, first[1], "cached")
    installation.path(f"project/{DEPLOYMENT}/notes.txt").write_text("nine\n")
    assert installation.owscale("check")[2] == "computed"


@pytest.mark.parametrize("words", [("check", "--nonsense"), ("generate", "--dry-run"), ("check", "--out", "elsewhere")])
def test_other_options_have_another_result(installation: Installation, words: tuple[str, ...]) -> None:
    assert installation.owscale(*words)[2] != "cached"


@pytest.mark.parametrize("words", [("check", "--no-cache"), ("check", "--no-c"), ("generate", "--no-cache")])
def test_no_cache_neither_uses_nor_stores_a_result(installation: Installation, words: tuple[str, ...]) -> None:
    before = sorted(installation.path("cache/owscale").iterdir())
    assert [installation.owscale(*words)[::2] for _ in range(2)] == [(0, "computed")] * 2
    assert sorted(installation.path("cache/owscale").iterdir()) == before


def test_failed_check_is_computed_each_time(installation: Installation) -> None:
    installation.path(f"project/{DEPLOYMENT}/outputs.tf").unlink()
    wait_for_clock()
    assert [installation.owscale("check")[::2] for _ in range(2)] == [(1, "computed")] * 2


def test_note_on_a_deprecated_option_is_printed_each_time(installation: Installation) -> None:
    for _ in range(2):
        exit_code, _, lines = installation.run("check", "--format", "text")
        assert exit_code == 0
        assert "note: --format is deprecated: use --output-format" in lines


@pytest.mark.parametrize("fields", [1, 3, 5, 6])
def test_truncated_entry_is_not_used(installation: Installation, fields: int) -> None:
    for path in installation.path("cache/owscale").glob("answer-*"):
        path.write_text("\0".join(path.read_text().split("\0")[:fields]))
    assert installation.owscale("check")[::2] == (0, "computed")


@pytest.mark.parametrize("text", ["", "0", "\0", "\0\0\0", "\0\0x/nothing\0", "\0\0f\0", "\udcff"])
def test_broken_entry_is_not_used(installation: Installation, text: str) -> None:
    for path in installation.path("cache/owscale").glob("answer-*"):
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert installation.owscale("check")[::2] == (0, "computed")
