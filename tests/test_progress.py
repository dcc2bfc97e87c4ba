"""How far a large run is: on a real terminal, on one that cannot redraw, and on a pipe."""

import fcntl
import io
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

from generator.report.progress import Progress
from tests.cases import GOLDEN, PROJECT

CLEAR = "\r\x1b[K"


class Terminal:
    """A real one: a program writes to `stream`, and `shown` is what it has written."""

    def __init__(self, columns: int) -> None:
        self._master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        settings = termios.tcgetattr(self.slave)
        settings[1] &= ~termios.OPOST  # line ends as they were written
        termios.tcsetattr(self.slave, termios.TCSANOW, settings)
        os.set_blocking(self._master, False)
        self.stream: TextIO = os.fdopen(os.dup(self.slave), "w")
        self._shown = b""

    @property
    def shown(self) -> str:
        try:
            while more := os.read(self._master, 65536):
                self._shown += more
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
    with closing(Terminal(80)) as made:
        yield made


def _count(stream: TextIO, total: int, seconds: float = 0) -> None:
    with Progress(stream, total, "deployments") as progress:
        for _ in range(total):
            progress.step()
            time.sleep(seconds)


@pytest.mark.parametrize(
    ("total", "lines"), [(99, []), (100, ["100 of 100"]), (2250, [f"{n * 100:,} of 2,250" for n in range(1, 23)])]
)
def test_piped_it_is_a_line_a_hundred(total: int, lines: list[str]) -> None:
    stream = io.StringIO()
    _count(stream, total)
    assert stream.getvalue().splitlines() == [f"{line} deployments" for line in lines]


def test_on_a_terminal_it_is_one_line_that_goes(terminal: Terminal) -> None:
    began = time.monotonic()
    _count(terminal.stream, 200, 0.002)
    took = time.monotonic() - began
    first, *lines, last = terminal.shown.split(CLEAR)
    assert (first, last) == ("", "")
    assert lines[0] == f"[{' ' * 20}] 1 of 200 deployments"
    assert re.fullmatch(r"\[#+ +\] \d+ of 200 deployments", lines[-1])
    assert 2 < len(lines) <= took / 0.1 + 1
    assert "\n" not in terminal.shown


def test_nothing_of_a_small_run(terminal: Terminal) -> None:
    _count(terminal.stream, 99, 0.002)
    assert terminal.shown == ""


@pytest.mark.parametrize("columns", [1, 2, 10, 30])
def test_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with closing(Terminal(columns)) as terminal:
        _count(terminal.stream, 100)
        assert all(len(line) < columns for line in terminal.shown.split(CLEAR))


def test_a_terminal_that_cannot_redraw(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    _count(terminal.stream, 250)
    assert terminal.shown == "100 of 250 deployments\n200 of 250 deployments\n"


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a hundred deployments, of which one has a file that was edited by hand."""
    folder = tmp_path_factory.mktemp("hundred")
    (folder / "spec").mkdir()
    minimal = (GOLDEN / "minimal/spec.yaml").read_text()
    for name in ("a", "b"):
        text = minimal.replace("name: minimal", f"name: {name}")
        environments = "".join(
            f"  e{n}: {{state: {{key: {name}{n}.tfstate}}, service: {{name: {name}{n}}}}}\n" for n in range(50)
        )
        (folder / f"spec/{name}.yaml").write_text(f"{text}environments:\n{environments}")
    return folder


def _owscale(folder: Path, *arguments: str, stderr: int) -> "subprocess.Popen[str]":
    code = "import sys; from generator.cli import main; sys.exit(main())"
    return subprocess.Popen(  # noqa: S603 -- our own code
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "TERM": "xterm"},
    )


def test_whole_runs(hundred: Path, terminal: Terminal) -> None:
    """Piped, in another format too; then on a terminal, where what is told never stands beside the live line."""
    with _owscale(hundred, "generate", "--format", "json", stderr=subprocess.PIPE) as run:
        out, err = run.communicate()
    assert run.returncode == 0
    assert out.startswith("{"), "a document alone"
    assert err.splitlines()[:2] == ["100 of 100 deployments", "100 of 100 deployments written"]

    (hundred / "out/b/e25/outputs.tf").write_text("# mine\n")
    with _owscale(hundred, "check", stderr=terminal.slave) as run:
        while run.poll() is None:
            assert terminal.shown is not None, "and room for more is made"
            time.sleep(0.01)
    lines = terminal.shown.split(CLEAR)
    assert len(lines) > 4
    live = [line for line in lines if re.fullmatch(r"\[#* *\] \d+ of 100 deployments", line)]
    told = "".join(line for line in lines if line not in live)
    assert told.splitlines()[:2] == [
        "out/b/e25/outputs.tf: edited by hand",
        "1 of 5000 files in out/ are not what the specs give.",
    ]
