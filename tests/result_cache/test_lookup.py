"""The conditions for printing a cached result, its content, and its lifetime."""

import io
import os
import shutil
import sys
from pathlib import Path

import pytest

from owscale.result_cache.lookup import entry_file
from tests._support.cases import GOLDEN
from tests._support.forked_runs import ForkedRuns, Outcome

pytestmark = pytest.mark.xdist_group("soundness")

OUTPUT = "out/minimal/production"


class CachedProject:
    """A project whose output is up to date, and a cache of its own."""

    def __init__(self, runs: ForkedRuns, root: Path) -> None:
        self._runs = runs
        self.root, self.cache = root / "project", root / "cache"

    def run(self, *words: str, **environment: str) -> Outcome:
        return self._runs.run(self.root, *words, cache=self.cache, environment=environment)

    def run_below(self, *words: str) -> Outcome:
        """Run a command in a folder of the project."""
        below = self.root / "team/folder"
        below.mkdir(parents=True, exist_ok=True)
        return self._runs.run(below, *words, cache=self.cache)

    def is_cached(self, *words: str, **environment: str) -> bool:
        """Return whether a command that runs twice has its second answer from the cache."""
        self.run(*words, **environment)
        return self.run(*words, **environment).is_cached

    def entries(self) -> list[Path]:
        return sorted(self.cache.glob("owscale/*"))


@pytest.fixture
def project(runs: ForkedRuns, fast_path: Path) -> CachedProject:
    project = CachedProject(runs, fast_path)
    (project.root / "spec").mkdir(parents=True)
    shutil.copy(GOLDEN / "minimal/spec.yaml", project.root / "spec/spec.yaml")
    assert runs.run(project.root, "generate").exit_code == 0
    return project


@pytest.mark.parametrize("words", [("check",), ("generate",), ("check", "--output-format", "json")])
def test_cached_result_equals_the_computed_one(project: CachedProject, words: tuple[str, ...]) -> None:
    computed, cached = project.run(*words), project.run(*words)
    assert (computed.is_cached, cached.is_cached) == (False, True)
    assert computed.answer == cached.answer


@pytest.mark.parametrize(
    "words",
    [
        ("check", "--strict"),  # fails on the warning of this spec
        ("check", "--nonsense"),
        ("check", "--out", "elsewhere"),
        ("check", "--no-cache"),
        ("check", "--no-c"),
        ("generate", "--no-cache"),
        ("generate", "--dry-run"),
        ("check", "--format", "text"),  # prints a note on the deprecated option
        ("validate",),
    ],
)
def test_result_is_not_stored(project: CachedProject, words: tuple[str, ...]) -> None:
    assert not project.is_cached(*words)
    assert project.entries() == []


def test_variable_switches_the_cache_off(project: CachedProject) -> None:
    assert not project.is_cached("check", OWSCALE_NO_CACHE="1")
    assert project.entries() == []
    assert project.is_cached("check", OWSCALE_NO_CACHE="0")
    assert not project.is_cached("check", OWSCALE_NO_CACHE="1")


def test_cached_result_repeats_which_project_is_used(project: CachedProject) -> None:
    computed, cached = project.run_below("check"), project.run_below("check")
    assert computed.answer == cached.answer
    assert cached.err.startswith(f"note: using the project in {project.root}\n")
    assert cached.is_cached


@pytest.mark.parametrize("nearer", ["team/spec/spec.yaml", "team/folder/spec/", "team/.git/", "team/folder/.git"])
def test_nearer_project_is_noticed(project: CachedProject, nearer: str) -> None:
    project.run_below("check")
    assert project.run_below("check").is_cached
    path = project.root / nearer
    (path if nearer.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
    if not nearer.endswith("/"):
        path.write_text("")
    assert not project.run_below("check").is_cached


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_new_owner_of_the_project_is_noticed(project: CachedProject) -> None:
    project.run_below("check")
    os.chown(project.root / "spec", 1, -1)
    outcome = project.run_below("check")
    assert (outcome.exit_code, outcome.is_cached) == (1, False)


def test_generate_that_wrote_is_not_stored(project: CachedProject) -> None:
    (project.root / OUTPUT / "main.tf").unlink()
    assert project.run("generate").out.startswith("  + ")
    assert project.entries() == []
    assert project.is_cached("generate")


def test_generate_that_removed_what_a_killed_run_left_is_not_stored(project: CachedProject) -> None:
    (project.root / "out/.owscale/staged").mkdir(parents=True)
    project.run("generate")
    assert not (project.root / "out/.owscale").exists()
    assert project.entries() == []


@pytest.mark.parametrize(
    "place", ["spec/large.txt", "out/large", "out/minimal/large.tf", f"{OUTPUT}/large", f"{OUTPUT}/large.md"]
)
def test_large_unmanaged_file_is_not_read(project: CachedProject, place: str) -> None:
    with (project.root / place).open("wb") as file:
        file.truncate(1 << 40)
    computed = project.run("check")
    assert computed.exit_code == 0
    assert ("unmanaged: large" in computed.out) == place.startswith(OUTPUT)
    assert project.run("check").is_cached


def test_large_terraform_beside_the_output_is_read_to_its_limit(project: CachedProject) -> None:
    for _ in range(2):
        with (project.root / OUTPUT / "large.tf").open("wb") as file:
            file.truncate(1 << 40)
        computed = project.run("check")
        assert (computed.exit_code, computed.is_cached) == (0, False)
        assert f"{OUTPUT}/large.tf: " in computed.out


@pytest.mark.parametrize("damage", ["truncated", "empty", "of a stranger", "writable", "link", "fifo", "too large"])
def test_entry_that_cannot_be_trusted_is_ignored(project: CachedProject, damage: str) -> None:
    answer = project.run("check").answer
    (entry,) = project.entries()
    content = entry.read_bytes()
    if damage in {"truncated", "empty"}:
        entry.write_bytes(content[: len(content) // 2 if damage == "truncated" else 0])
    elif damage == "of a stranger":
        if os.geteuid():
            pytest.skip("only root can give a file away")
        os.chown(entry, 1, -1)
    elif damage == "writable":
        entry.chmod(0o622)
    elif damage == "link":
        entry.rename(project.root / "entry")
        entry.symlink_to(project.root / "entry")
    elif damage == "fifo":
        entry.unlink()
        os.mkfifo(entry)
    else:
        entry.write_bytes(content + bytes(17 << 20))
    outcome = project.run("check")
    assert (outcome.answer, outcome.is_cached) == (answer, False)
    assert project.run("check").is_cached  # it was replaced


def test_entry_of_another_command_is_ignored(project: CachedProject) -> None:
    project.run("generate")
    (other,) = project.entries()
    answer = project.run("check").answer
    (entry,) = {*project.entries()} - {other}
    shutil.copy(other, entry)
    outcome = project.run("check")
    assert (outcome.answer, outcome.is_cached) == (answer, False)


def test_every_flipped_byte_is_noticed(project: CachedProject) -> None:
    answer = project.run("check").answer
    (entry,) = project.entries()
    content = entry.read_bytes()
    for index in range(0, len(content), len(content) // 15):
        entry.write_bytes(content[:index] + bytes([content[index] ^ 1]) + content[index + 1 :])
        outcome = project.run("check")
        assert (outcome.answer, outcome.is_cached) == (answer, False)
    text = project.root.joinpath("spec/spec.yaml").read_bytes() + (project.root / OUTPUT / "main.tf").read_bytes()
    lines = [line for line in text.splitlines() if len(line) > 20]
    assert not [line for line in lines if line in content]  # hashes, paths and the answer alone


def test_sealed_entry_without_a_record_is_ignored(project: CachedProject) -> None:
    from owscale.fs.observed import digest_of  # noqa: PLC0415 -- the test imports it again

    answer = project.run("check").answer
    (entry,) = project.entries()
    for text in (
        "",
        "\0",
        "lie\0",
        "lie\0\0",
        "lie\0\0?:x",
        "lie\0\0r:spec",
        "lie\0\0r",
        f"lie\0\0k{'0' * 32}.",
        "lie\0\0\0",
    ):
        entry.write_text(f"{digest_of(f'{entry.name}{text}'.encode())}{text}")
        outcome = project.run("check")
        assert (outcome.answer, outcome.is_cached) == (answer, False), text


class Stream(io.TextIOWrapper):
    """A stream, perhaps to a terminal."""

    def __init__(self, columns: int = -1, encoding: str = "utf-8", errors: str = "strict") -> None:
        super().__init__(io.BytesIO(), encoding, errors)
        self._columns = columns

    def isatty(self) -> bool:
        return self._columns >= 0

    def fileno(self) -> int:
        return self._columns


def test_key_has_everything_around_a_run(tmp_path: Path) -> None:
    def key(*words: str, **values: object) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "get_terminal_size", lambda columns: os.terminal_size((columns, 20)))
            for name in ("COLUMNS", "NO_COLOR", "TERM"):
                patch.delenv(name, raising=False)
            patch.setattr(sys, "stdout", Stream())
            patch.setattr(sys, "stderr", Stream())
            for name, value in values.items():
                if name == "cwd":
                    patch.chdir(str(value))
                elif name.isupper():
                    patch.setenv(name, str(value))
                else:
                    patch.setattr(sys, name, value)
            return entry_file([*words])

    streams = [Stream(0), Stream(80), Stream(81), Stream(encoding="ascii"), Stream(errors="replace")]
    python = ("version", "executable", "prefix", "base_prefix", "flags", "pycache_prefix", "path")
    keys = [
        *(key(*words) for words in (("check",), ("check", "--strict"), ("check", "--spec", "x"), ("generate",))),
        *(key("check", **{name: "1"}) for name in ("COLUMNS", "NO_COLOR", "TERM")),
        *(key("check", **{name: ["1"]}) for name in python),
        *(key("check", **{name: stream}) for name in ("stdout", "stderr") for stream in streams),
        key("check", cwd=tmp_path),
    ]
    assert len(set(keys)) == len(keys)
    assert key("check") == keys[0]
