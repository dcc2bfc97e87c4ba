"""The cache directory: where it is, whose it must be, when there is none, and how much it holds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from owscale.result_cache import entries


def test_directory_is_created_for_this_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    assert entries.cache_directory() == entries.cache_directory() == f"{tmp_path}/caches/owscale"
    for folder in (tmp_path / "caches", tmp_path / "caches/owscale"):
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("xdg_cache_home", ["", None])
def test_default_is_in_the_home_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, xdg_cache_home: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME")
    if xdg_cache_home is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", xdg_cache_home)
    assert entries.cache_directory() == f"{tmp_path}/.cache/owscale"


@pytest.mark.parametrize("xdg_cache_home", ["caches", "./caches", "~/caches"])
def test_relative_directory_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, xdg_cache_home: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", xdg_cache_home)
    assert entries.cache_directory() is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("home", [None, "", "home", "/nowhere/at/all", os.devnull])
def test_without_a_home_there_is_no_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("HOME", home)
    assert entries.cache_directory() is None
    assert not list(tmp_path.iterdir())


def test_variable_switches_the_cache_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert entries.cache_directory()
    monkeypatch.setenv("OWSCALE_NO_CACHE", "1")
    assert entries.cache_directory() is None


@pytest.mark.parametrize("mode", [0o777, 0o720, 0o702])
def test_directory_that_others_can_write_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "owscale").mkdir()
    (tmp_path / "owscale").chmod(mode)
    assert entries.cache_directory() is None
    (tmp_path / "owscale").chmod(0o755)
    assert entries.cache_directory()


def test_directory_of_another_user_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "owscale"
    if os.geteuid() == 0:
        folder.mkdir(0o755)
        os.chown(folder, 1, -1)
    else:
        folder.symlink_to("/")
    assert entries.cache_directory() is None


def test_directory_that_is_a_link_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "mine").mkdir(0o700)
    (tmp_path / "owscale").symlink_to("mine")
    assert entries.cache_directory() is None


def test_number_of_entries_is_limited(tmp_path: Path) -> None:
    for number in range(entries.MAX_ENTRIES + 50):
        (tmp_path / f"answer-{number}").write_text("")
        os.utime(tmp_path / f"answer-{number}", (number, number))
    entries.write_entry(str(tmp_path), "new", ["out", "err"])
    assert len(list(tmp_path.iterdir())) == entries.MAX_ENTRIES
    assert entries.read_entry(str(tmp_path), "new") == ["out", "err"]
    assert not (tmp_path / "answer-0").exists()


def test_size_of_entries_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MAX_BYTES", 1000)
    monkeypatch.setattr(entries, "MAX_TOTAL_BYTES", 4000)
    entries.write_entry(str(tmp_path), "large", ["x" * 1000])
    assert not list(tmp_path.iterdir())
    for number in range(10):
        entries.write_entry(str(tmp_path), str(number), ["x" * 900])
        os.utime(tmp_path / f"answer-{number}", (number, number))
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"answer-{number}" for number in (6, 7, 8, 9)]


def test_processes_never_mix_their_entries(tmp_path: Path) -> None:
    """Readers see the old entry or the new one, never a part."""
    code = "import sys; from owscale.result_cache.entries import write_entry as write\n"
    code += "for _ in range(200): write(sys.argv[1], 'same', [sys.argv[2] * 300_000])"
    entries.write_entry(str(tmp_path), "same", ["a" * 300_000])
    writers = [subprocess.Popen([sys.executable, "-c", code, tmp_path, letter]) for letter in "ab"]  # noqa: S603 -- our own code
    while any(writer.poll() is None for writer in writers):
        assert entries.read_entry(str(tmp_path), "same") in (["a" * 300_000], ["b" * 300_000])
    assert [writer.wait() for writer in writers] == [0, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["answer-same"]
