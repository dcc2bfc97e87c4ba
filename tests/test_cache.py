"""The folder for what can be worked out again: whose it has to be, and where there is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator import cache


def test_is_made_for_this_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    assert cache.folder() == cache.folder() == f"{tmp_path}/caches/owscale"
    for folder in (tmp_path / "caches", tmp_path / "caches/owscale"):
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("named", ["", None])
def test_is_in_the_home_folder_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str | None) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME")
    if named is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", named)
    assert cache.folder() == f"{tmp_path}/.cache/owscale"


@pytest.mark.parametrize("named", ["caches", "./caches", "~/caches"])
def test_a_relative_folder_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    assert cache.folder() is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("home", [None, "", "home", "/nowhere/at/all", os.devnull])
def test_without_a_home_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("HOME", home)
    assert cache.folder() is None
    assert not list(tmp_path.iterdir())


def test_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache.folder()
    monkeypatch.setenv("OWSCALE_NO_CACHE", "1")
    assert cache.folder() is None


@pytest.mark.parametrize("mode", [0o777, 0o720, 0o702])
def test_a_folder_that_others_write_to_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "owscale").mkdir()
    (tmp_path / "owscale").chmod(mode)
    assert cache.folder() is None
    (tmp_path / "owscale").chmod(0o755)
    assert cache.folder()


def test_a_folder_of_somebody_else_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "owscale"
    if os.geteuid() == 0:
        folder.mkdir(0o755)
        os.chown(folder, 1, -1)
    else:
        folder.symlink_to("/")
    assert cache.folder() is None


def test_imports_next_to_nothing() -> None:
    loaded = "import sys; before = set(sys.modules); import generator.cache; print(*set(sys.modules) - before)"
    ran = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)  # noqa: S603 -- this Python
    assert set(ran.stdout.split()) == {"generator", "generator.cache"}
