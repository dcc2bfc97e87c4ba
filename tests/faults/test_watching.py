"""A command that is watched: what is told on the way, and how it is stopped."""

import io
import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from generator.terraform.progress import Progress
from generator.terraform.stream import watch


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def hook(kind: str, address: str, action: str = "create", seconds: int = 0) -> dict[str, Any]:
    return {"type": kind, "hook": {"resource": {"addr": address}, "action": action, "elapsed_seconds": seconds}}


STORY = [
    {"type": "version", "terraform": "1.11.4"},
    hook("apply_start", "data.aws_vpc.this", "read"),
    hook("apply_start", "aws_lb.this"),
    hook("apply_start", "aws_sns_topic.this"),
    hook("apply_complete", "aws_sns_topic.this", seconds=1),
    *(hook("apply_progress", "aws_lb.this", seconds=seconds) for seconds in range(10, 130, 10)),
    hook("apply_complete", "aws_lb.this", seconds=125),
    hook("apply_errored", "aws_iam_role.this", seconds=0),
]


def test_piped_it_is_calm() -> None:
    stream = io.StringIO()
    progress = Progress(stream, 3)
    for message in STORY:
        progress(message)
    progress.end()
    assert stream.getvalue().splitlines() == [
        "1/3 created aws_sns_topic.this (1 s)",
        "1/3 still creating aws_lb.this, 20 s",
        "1/3 still creating aws_lb.this, 60 s",
        "1/3 still creating aws_lb.this, 120 s",
        "2/3 created aws_lb.this (125 s)",
        "2/3 failed aws_iam_role.this",
    ]


def test_on_a_terminal_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    stream = Terminal()
    progress = Progress(stream, 3)
    for message in STORY[:10]:
        progress(message)
    shown = stream.getvalue().split("\r\x1b[K")
    assert shown[-1] == "1 of 3 done; creating aws_lb.this 50 s"
    assert "\n" not in stream.getvalue()
    progress(hook("apply_start", f"aws_lb.{'x' * 80}\x1b[31m"))
    last = stream.getvalue().split("\r\x1b[K")[-1]
    assert len(last) == 59
    assert last.endswith("…")


def _child(code: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 -- this Python
        [sys.executable, "-uc", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0
    )


# Ends by itself after the first signal, and fails on a second, as Terraform does.
_PATIENT = """
import signal, sys, time
def first(*_):
    signal.signal(signal.SIGINT, lambda *_: sys.exit(9))
signal.signal(signal.SIGINT, first)
print('{"type": "version"}')
time.sleep(1)
"""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_three_times_it_is_told_once(stop: signal.Signals) -> None:
    asked: list[int] = []

    def see(message: dict[str, Any]) -> None:
        if message["type"] == "version":
            for _ in range(3):
                os.kill(os.getpid(), stop)

    before = signal.getsignal(stop)
    watched = watch(lambda: _child(_PATIENT), see, lambda: asked.append(1))
    assert (watched.code, watched.interrupted, len(asked)) == (0, True, 3)
    assert signal.getsignal(stop) is before


def test_what_a_command_tells() -> None:
    snippet = {"values": [{"traversal": "var.key", "statement": "is secret-value"}]}
    problem = {"severity": "error", "summary": "It failed", "detail": "because", "address": "a.b", "snippet": snippet}
    lines = [
        hook("apply_start", "a.b", "delete"),
        hook("apply_complete", "a.b", "delete"),
        hook("apply_start", "a.b", "create"),
        {"type": "diagnostic", "diagnostic": problem},
    ]
    text = "\n".join([*map(json.dumps, lines), "not JSON", "[1]", ""])
    watched = watch(lambda: _child(f"import sys; print({text!r}); sys.exit(1)"), lambda _: None, lambda: None)
    assert (watched.code, watched.unfinished, watched.done) == (1, ["a.b"], [("delete", "a.b")])
    assert watched.errors == "a.b: It failed\nbecause"
    assert watched.said == ["not JSON", "[1]"]
