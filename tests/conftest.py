"""Fixtures that several directories of tests share."""

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from owscale.console import invocation
from tests._support.project import Project
from tests._support.repository import commit, git

# Other tests, and other programs of the machine, use the processor at the same time.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")


@pytest.fixture(scope="session")
def terraform() -> str:
    """Return the path of the terraform binary; without it, the tests fail in CI and are skipped elsewhere."""
    binary = shutil.which("terraform")
    if binary is None:
        message = "terraform is not on PATH: https://developer.hashicorp.com/terraform/install"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)  # the other tests run without Terraform
    return binary


_LONGEST = ("lifecycle", "deployment", "interrupted apply")
"""The groups that take longest and mostly wait. Each starts on a worker of its own, beside the tests of the others."""
_has_started = False
_MIN_FREE_BYTES = 4 * 2**30


def pytest_runtest_setup(item: pytest.Item) -> None:
    global _has_started  # noqa: PLW0603 -- a worker decides once, because it cannot raise its priority again
    if not _has_started and hasattr(item.config, "workerinput") and _rank(item) >= len(_LONGEST):
        os.nice(5)  # leave them the processor
    _has_started = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


def pytest_collection_finish() -> None:
    """Search for garbage less often: that takes a sixth of the processor time of many tests."""
    gc.freeze()  # the tests themselves
    gc.set_threshold(50_000, 20, 50)


def _rank(item: pytest.Item) -> int:
    """Return the place of a test in the order of the run: the longest groups, then the other groups, then the rest."""
    marker = item.get_closest_marker("xdist_group")
    if marker is None:
        return len(_LONGEST) + 1
    return _LONGEST.index(marker.args[0]) if marker.args[0] in _LONGEST else len(_LONGEST)


def pytest_configure(config: pytest.Config) -> None:
    """Give the tests a cache directory of their own, which the workers inherit; some render during collection.

    A shell starts background jobs with SIGINT ignored, and every process that a test starts would ignore it too.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.pop("OWSCALE_NO_CACHE", None)
    # A quarter less processor time of Terraform, for more memory: https://pkg.go.dev/runtime#hdr-Environment_Variables
    os.environ.setdefault("GOGC", "400")
    if _is_suitable(memory := Path("/dev/shm")):  # noqa: S108 -- pytest creates a directory of this user in it
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))  # tests write many files, and sync each of them
    if not hasattr(config, "workerinput"):
        caches = tempfile.TemporaryDirectory()
        config.add_cleanup(caches.cleanup)
        os.environ["XDG_CACHE_HOME"] = caches.name


def _is_suitable(directory: Path) -> bool:
    """Return whether the files of all tests have room in a directory, and can be programs."""
    if not os.access(directory, os.W_OK):
        return False
    is_executable = not os.statvfs(directory).f_flag & getattr(os, "ST_NOEXEC", 0)
    return is_executable and shutil.disk_usage(directory).free > _MIN_FREE_BYTES


@pytest.fixture(scope="session", autouse=True)
def no_cached_results() -> Iterator[None]:
    """Compute every result in this process: a test may have changed the program in memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("owscale.result_cache.lookup.find", lambda _words, **_options: None)
        yield


@pytest.fixture(autouse=True)
def no_command_line() -> None:
    """Forget the options of the command line that another test ran."""
    invocation.set_options({})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    """Create a project with the minimal spec, the working directory of the test."""
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path, capsys)


@pytest.fixture
def git_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Commit the spec of the project to a git repository, without the git settings of the machine."""
    for name, value in (("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")):
        monkeypatch.setenv(name, value)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@example.com")
    git("init", "-q", "-b", "main")
    commit()
    return project
