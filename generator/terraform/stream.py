"""A command of Terraform that is watched while it runs: `-json` prints a message a line.

https://developer.hashicorp.com/terraform/internals/machine-readable-ui has the messages. Diagnostics carry a snippet of
the code with its values; it is left out.
"""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

Message = dict[str, Any]

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Problem:
    """An error or a warning of Terraform."""

    severity: str
    summary: str
    detail: str
    address: str

    def __str__(self) -> str:
        text = f"{self.summary}\n{self.detail}" if self.detail else self.summary
        return f"{self.address}: {text}" if self.address else text


@dataclass
class Watched:
    """What a command told while it ran, and how it ended.

    `begun` and `done` have the steps that it began and finished, each an action with the address of a resource.
    """

    code: int = 0
    interrupted: bool = False
    problems: list[Problem] = field(default_factory=list)
    begun: list[tuple[str, str]] = field(default_factory=list)
    done: list[tuple[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def unfinished(self) -> list[str]:
        """What was begun and did not come to its end."""
        return sorted({address for _, address in set(self.begun) - set(self.done)})

    @property
    def errors(self) -> str:
        """Every error in full, and what was said outside the messages."""
        told = [str(problem) for problem in self.problems if problem.severity == "error"]
        return "\n".join(told or self.said)


def watch(
    start: Callable[[], "subprocess.Popen[str]"], see: Callable[[Message], None], interrupt: Callable[[], None]
) -> Watched:
    """Starts a command, follows it to its end, and hands each message to `see`.

    Asked to stop (Ctrl-C, SIGTERM, SIGHUP), Terraform is asked to, once: it ends what it has begun and gives the lock
    back. `interrupt` is called each time somebody asks.
    """
    watched = Watched()
    running: list[subprocess.Popen[str]] = []

    def stop(_: int, __: FrameType | None) -> None:
        if not watched.interrupted:
            for process in running:
                process.send_signal(signal.SIGINT)
        watched.interrupted = True
        interrupt()

    with _handled(stop), start() as process:
        running.append(process)
        if watched.interrupted:  # before it had begun
            process.send_signal(signal.SIGINT)
        for message in _messages(process, watched.said):
            _note(watched, message)
            see(message)
    watched.code = process.returncode
    return watched


@contextmanager
def _handled(stop: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    heeded = [number for number in _STOPPING if signal.getsignal(number) is not signal.SIG_IGN]  # nohup ignores one
    before = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _messages(process: "subprocess.Popen[str]", said: list[str]) -> Iterator[Message]:
    assert process.stdout is not None  # noqa: S101 -- start() always gives one
    for line in process.stdout:
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        if isinstance(message, dict):
            yield message
        elif line.strip():
            said.append(line.rstrip())


def _note(watched: Watched, message: Message) -> None:
    match message:
        case {"type": "diagnostic", "diagnostic": dict(found)}:
            texts = (str(found.get(key) or "") for key in ("severity", "summary", "detail", "address"))
            watched.problems.append(Problem(*texts))
        case {"type": "apply_start", "hook": {"action": str(action), "resource": {"addr": str(address)}}}:
            if action not in ("read", "noop"):
                watched.begun.append((action, address))
        case {"type": "apply_complete", "hook": {"action": str(action), "resource": {"addr": str(address)}}}:
            if action not in ("read", "noop"):
                watched.done.append((action, address))
