"""Progress of a large run: on a real terminal, on one that cannot redraw, and on a pipe."""

import fcntl
import io
import itertools
import os
import re
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TextIO

import pytest

from owscale.console import progress_bar
from owscale.console.progress_bar import ProgressBar
from tests._support.cases import GOLDEN, PROJECT, own_resources

CLEAR = "\r\x1b[K"


class Terminal:
    """A real terminal: a program writes to `stream` or `slave`, and `shown` is all that it has written."""

    def __init__(self, columns: int) -> None:
        self._master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        settings = termios.tcgetattr(self.slave)
        settings[1] &= ~termios.OPOST  # line endings as they were written
        termios.tcsetattr(self.slave, termios.TCSANOW, settings)
        os.set_blocking(self._master, False)
        self.stream: TextIO = os.fdopen(os.dup(self.slave), "w")
        self._shown = b""

    @property
    def shown(self) -> str:
        try:
            while output := os.read(self._master, 65536):
                self._shown += output
        except BlockingIOError:
            pass
        return self._shown.decode()

    def close(self) -> None:
        self.stream.close()
        os.close(self.slave)
        os.close(self._master)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("TERM", "xterm")
    with closing(Terminal(80)) as opened:
        yield opened


class Clock:
    """A clock in the place of the module time, on which 1/32 s passes between readings."""

    def __init__(self) -> None:
        self._readings = itertools.count(1)

    def monotonic(self) -> float:
        return next(self._readings) / 32


def count_to(total: int, stream: TextIO) -> None:
    with ProgressBar(stream, total, "deployments") as progress:
        for _ in range(total):
            progress.step()


@pytest.mark.parametrize(
    ("total", "lines"), [(99, []), (100, ["100 of 100"]), (2250, [f"{n * 100:,} of 2,250" for n in range(1, 23)])]
)
def test_pipe_gets_a_line_per_hundred(total: int, lines: list[str]) -> None:
    stream = io.StringIO()
    count_to(total, stream)
    assert stream.getvalue().splitlines() == [f"{line} deployments" for line in lines]


def test_terminal_has_one_line_that_is_removed(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_bar, "time", Clock())
    count_to(203, terminal.stream)
    first, *lines, last = terminal.shown.split(CLEAR)
    assert (first, last) == ("", "")
    assert lines[0] == f"[{' ' * 20}] 4 of 203 deployments"
    assert lines[-1] == f"[{'#' * 19} ] 200 of 203 deployments"
    assert len(lines) == 50, "one for each fourth: 0.1 s must pass in between"
    assert "\n" not in terminal.shown


def test_small_run_is_silent(terminal: Terminal) -> None:
    count_to(99, terminal.stream)
    assert terminal.shown == ""


@pytest.mark.parametrize("columns", [1, 2, 10, 30])
def test_line_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with closing(Terminal(columns)) as terminal:
        count_to(100, terminal.stream)
        assert all(len(line) < columns for line in terminal.shown.split(CLEAR))


def test_dumb_terminal_gets_a_line_per_hundred(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    count_to(250, terminal.stream)
    assert terminal.shown == "100 of 250 deployments\n200 of 250 deployments\n"


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with a hundred deployments, without output."""
    project = tmp_path_factory.mktemp("hundred")
    (project / "spec").mkdir()
    minimal = (GOLDEN / "minimal/spec.yaml").read_text()
    for name in ("a", "b"):
        text = minimal.replace("name: minimal", f"name: {name}")
        environments = "".join(
            f"  e{n}: {{state: {{key: {name}{n}.tfstate}}, service: {{name: {name}{n}}}, "
            f"existing: {own_resources(f'{name}{n}')}}}\n"
            for n in range(50)
        )
        (project / f"spec/{name}.yaml").write_text(f"{text}environments:\n{environments}")
    return project


def start_owscale(project: Path, *arguments: str, stderr: int) -> "subprocess.Popen[str]":
    code = "import sys; from owscale.cli.main import main; sys.exit(main())"
    return subprocess.Popen(  # noqa: S603 -- our own code
        [sys.executable, "-c", code, *arguments],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "TERM": "xterm"},
    )


def test_commands_show_their_progress(hundred: Path, terminal: Terminal) -> None:
    """On a pipe with another format; then on a terminal, where no other text is on the live line."""
    with start_owscale(hundred, "generate", "--output-format", "json", stderr=subprocess.PIPE) as run:
        out, err = run.communicate()
    assert run.returncode == 0
    assert out.startswith("{"), "a document alone"
    assert err.splitlines()[:2] == ["100 of 100 deployments", "100 of 100 deployments written"]

    (hundred / "out/b/e25/outputs.tf").write_text("# mine\n")
    with start_owscale(hundred, "check", stderr=terminal.slave) as run:
        while run.poll() is None:
            assert terminal.shown is not None  # reading makes room for more output
            time.sleep(0.01)
    lines = terminal.shown.split(CLEAR)
    live = [line for line in lines if re.fullmatch(r"\[#* *\] \d+ of 100 deployments", line)]
    assert live[0].endswith("] 1 of 100 deployments")
    others = "".join(line for line in lines if line not in live)
    assert others.splitlines()[0] == "out/b/e25/outputs.tf: modified locally"
    assert "1 of 5,000 files in out/ differs from the specs" in others.splitlines()
