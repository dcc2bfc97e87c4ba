"""A command that is followed while it runs: its messages, and how it is stopped."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from owscale.terraform.events import STOP_SIGNALS, follow_run


def _start(code: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 -- code of this test
        [sys.executable, "-uc", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )


def _action(kind: str, action: str) -> dict[str, Any]:
    return {"type": kind, "hook": {"resource": {"addr": "a.b"}, "action": action}}


# Blocks SIGINT and takes one after "ready". At the end of stdin, the exit code is 9 if a second one has arrived.
_STOPPABLE = """
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
print('{"type": "ready"}')
signal.sigwait({signal.SIGINT})
print('{"type": "stopping"}')
sys.stdin.read()
sys.exit(9 if signal.SIGINT in signal.sigpending() else 0)
"""


@pytest.fixture
def default_handlers() -> Iterator[None]:
    """Give the stop signals handlers: nohup ignores SIGHUP, and a shell ignores SIGINT in background jobs."""
    previous = {number: signal.signal(number, signal.default_int_handler) for number in STOP_SIGNALS}
    yield
    for number, handler in previous.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("default_handlers")
@pytest.mark.parametrize("stop", STOP_SIGNALS)
def test_three_signals_stop_the_command_once(stop: signal.Signals) -> None:
    process = _start(_STOPPABLE)
    interrupts: list[int] = []

    def on_message(message: dict[str, Any]) -> None:
        if message["type"] == "ready":
            os.kill(os.getpid(), stop)
        else:  # the command has taken its SIGINT
            os.kill(os.getpid(), stop)
            os.kill(os.getpid(), stop)
            assert process.stdin
            process.stdin.close()

    handler = signal.getsignal(stop)
    result = follow_run(lambda: process, on_message, lambda: interrupts.append(1))
    assert (result.code, result.interrupted, len(interrupts)) == (0, True, 3)
    assert signal.getsignal(stop) is handler


@pytest.mark.usefixtures("default_handlers")
def test_signal_before_the_command_starts_stops_it() -> None:
    def start() -> "subprocess.Popen[str]":
        os.kill(os.getpid(), signal.SIGTERM)
        process = _start(_STOPPABLE)
        assert process.stdin
        assert process.stdout
        process.stdout.readline()  # else SIGINT could arrive before it is blocked
        process.stdin.close()
        return process

    result = follow_run(start, lambda _: None, lambda: None)
    assert (result.code, result.interrupted) == (0, True)


@pytest.mark.usefixtures("default_handlers")
def test_ignored_signal_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def on_message(_: dict[str, Any]) -> None:
        os.kill(os.getpid(), signal.SIGHUP)

    result = follow_run(lambda: _start("""print('{"type": "version"}')"""), on_message, lambda: None)
    assert (result.code, result.interrupted) == (0, False)


def test_result_has_steps_errors_and_other_lines() -> None:
    snippet = {"values": [{"traversal": "var.key", "statement": "is secret-value"}]}
    error = {"severity": "error", "summary": "It failed", "detail": "because", "address": "a.b", "snippet": snippet}
    messages = [
        _action("apply_start", "delete"),
        _action("apply_complete", "delete"),
        _action("apply_start", "create"),
        {"type": "diagnostic", "diagnostic": error},
    ]
    text = "\n".join([*map(json.dumps, messages), "not JSON", "[1]", ""])
    result = follow_run(lambda: _start(f"import sys; print({text!r}); sys.exit(1)"), lambda _: None, lambda: None)
    assert (result.code, result.unfinished, result.completed) == (1, ["a.b"], [("delete", "a.b")])
    assert result.errors == "a.b: It failed\nbecause"
    assert result.other_lines == ["not JSON", "[1]"]
