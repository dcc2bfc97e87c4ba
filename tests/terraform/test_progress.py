"""The progress of a run, on a terminal and elsewhere."""

import io
from typing import Any

import pytest

from owscale.terraform.progress import RunProgress


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def hook(kind: str, address: str, action: str = "create", seconds: int = 0) -> dict[str, Any]:
    return {"type": kind, "hook": {"resource": {"addr": address}, "action": action, "elapsed_seconds": seconds}}


MESSAGES = [
    {"type": "version", "terraform": "1.11.4"},
    hook("apply_start", "data.aws_vpc.this", "read"),
    hook("apply_start", "aws_lb.this"),
    hook("apply_start", "aws_sns_topic.this"),
    hook("apply_complete", "aws_sns_topic.this", seconds=1),
    *(hook("apply_progress", "aws_lb.this", seconds=seconds) for seconds in range(10, 130, 10)),
    hook("apply_complete", "aws_lb.this", seconds=125),
    hook("apply_errored", "aws_iam_role.this", seconds=0),
]


def test_file_gets_a_line_for_each_resource() -> None:
    stream = io.StringIO()
    progress = RunProgress(stream, 3)
    for message in MESSAGES:
        progress.step(message)
    progress.clear()
    assert stream.getvalue().splitlines() == [
        "1/3 created aws_sns_topic.this (1 s)",
        "1/3 still creating aws_lb.this, 20 s",
        "1/3 still creating aws_lb.this, 60 s",
        "1/3 still creating aws_lb.this, 120 s",
        "2/3 created aws_lb.this (125 s)",
        "2/3 failed aws_iam_role.this",
    ]


def test_terminal_gets_one_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    stream = Terminal()
    progress = RunProgress(stream, 3)
    for message in MESSAGES[:10]:
        progress.step(message)
    drawn = stream.getvalue().split("\r\x1b[K")
    assert drawn[-1] == "1 of 3 done; creating aws_lb.this 50 s"
    assert "\n" not in stream.getvalue()
    progress.step(hook("apply_start", f"aws_lb.{'x' * 80}\x1b[31m"))
    last = stream.getvalue().split("\r\x1b[K")[-1]
    assert len(last) == 59
    assert last.endswith("…")


def test_live_line_counts_resources_that_are_read() -> None:
    stream = Terminal()
    progress = RunProgress(stream)
    for _ in range(2):
        progress.step(hook("refresh_complete", "aws_lb.this"))
    assert stream.getvalue().endswith("reading resources: 2")
