"""The entries of the cache: where they are, whose they must be, and how much they hold."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from owscale.result_cache import lookup

FIELDS = ["out", "err"]


def is_kept() -> bool:
    """Return whether an entry can be written and read again."""
    try:
        file = lookup.entry_file(["check"])
        lookup.write_entry(file, FIELDS)
        return lookup.read_entry(file) == FIELDS
    except OSError:
        return False


def test_directory_is_created_for_this_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    assert is_kept()
    for folder in (tmp_path / "caches", tmp_path / "caches/owscale"):
        assert folder.stat().st_mode & 0o777 == 0o700
    (entry,) = (tmp_path / "caches/owscale").iterdir()
    assert entry.stat().st_mode & 0o777 == 0o600
    assert is_kept()


@pytest.mark.parametrize("xdg_cache_home", ["", None])
def test_default_is_in_the_home_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, xdg_cache_home: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME")
    if xdg_cache_home is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", xdg_cache_home)
    assert lookup.entry_file(["check"]).startswith(f"{tmp_path}/.cache/owscale/")
    assert is_kept()


@pytest.mark.parametrize("xdg_cache_home", ["caches", "./caches", "~/caches"])
def test_relative_directory_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, xdg_cache_home: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", xdg_cache_home)
    assert not is_kept()
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
    assert not is_kept()
    assert not list(tmp_path.iterdir())
    assert not Path("/nowhere").exists()


@pytest.mark.parametrize("mode", [0o777, 0o720, 0o702])
def test_directory_that_others_can_write_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert is_kept()
    file = lookup.entry_file(["check"])
    (tmp_path / "owscale").chmod(mode)
    assert not is_kept()
    with pytest.raises(PermissionError):
        lookup.read_entry(file)
    (tmp_path / "owscale").chmod(0o755)
    assert is_kept()


def test_directory_of_another_user_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "owscale"
    if os.geteuid() == 0:
        folder.mkdir(0o755)
        os.chown(folder, 1, -1)
    else:
        folder.symlink_to("/")
    assert not is_kept()


def test_directory_that_is_a_link_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "mine").mkdir(0o700)
    (tmp_path / "owscale").symlink_to("mine")
    assert not is_kept()
    assert not list((tmp_path / "mine").iterdir())


def test_size_of_entries_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "owscale"
    monkeypatch.setattr(lookup, "MAX_BYTES", 1000)
    monkeypatch.setattr(lookup, "MAX_TOTAL_BYTES", 4000)
    lookup.write_entry(f"{directory}/large", ["x" * 1000])
    assert not list(directory.iterdir())
    for number in range(10):
        lookup.write_entry(f"{directory}/{number}", ["x" * 900])
        os.utime(directory / str(number), (number, number))
    assert sorted(path.name for path in directory.iterdir()) == ["6", "7", "8", "9"]
    assert lookup.read_entry(f"{directory}/9") == ["x" * 900]


def test_processes_never_mix_their_entries(tmp_path: Path) -> None:
    """Readers see the old entry or the new one, never a part."""
    code = "import sys; from owscale.result_cache.lookup import write_entry as write\n"
    code += "for _ in range(200): write(sys.argv[1], [sys.argv[2] * 300_000])"
    file = f"{tmp_path}/owscale/same"
    lookup.write_entry(file, ["a" * 300_000])
    writers = [subprocess.Popen([sys.executable, "-c", code, file, letter]) for letter in "ab"]  # noqa: S603 -- our own code
    while any(writer.poll() is None for writer in writers):
        assert lookup.read_entry(file) in (["a" * 300_000], ["b" * 300_000])
    assert [writer.wait() for writer in writers] == [0, 0]
    assert [path.name for path in (tmp_path / "owscale").iterdir()] == ["same"]
