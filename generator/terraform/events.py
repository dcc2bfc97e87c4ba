"""Follow a Terraform command while it runs: with `-json` it prints one message per line.

The messages: https://developer.hashicorp.com/terraform/internals/machine-readable-ui. A diagnostic carries a snippet of
the code with its values. Values may be secret, so only the name of a `check` block is read from the snippet.
"""

import json
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

Message = dict[str, Any]

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_NO_STEPS = ("read", "noop")
_CHECK_BLOCK = re.compile(r'check "([\w-]+)"')


@dataclass(frozen=True)
class TerraformDiagnostic:
    """An error or a warning of Terraform.

    `address` is the address of a resource, or `check.<name>` for a `check` block; empty if Terraform names neither.
    """

    severity: str
    summary: str
    detail: str
    address: str

    def __str__(self) -> str:
        text = f"{self.summary}\n{self.detail}" if self.detail else self.summary
        return f"{self.address}: {text}" if self.address else text


@dataclass
class RunResult:
    """The messages of a command and its exit code.

    `started` and `completed` list steps, each an action and the address of a resource. `other_lines` is the output
    that is no message.
    """

    code: int = 0
    interrupted: bool = False
    diagnostics: list[TerraformDiagnostic] = field(default_factory=list)
    started: list[tuple[str, str]] = field(default_factory=list)
    completed: list[tuple[str, str]] = field(default_factory=list)
    other_lines: list[str] = field(default_factory=list)

    @property
    def unfinished(self) -> list[str]:
        """The addresses of steps that were started and not completed."""
        return sorted({address for _, address in set(self.started) - set(self.completed)})

    @property
    def errors(self) -> str:
        """The errors in full; without any, the output that is no message."""
        errors = [str(diagnostic) for diagnostic in self.diagnostics if diagnostic.severity == "error"]
        return "\n".join(errors or self.other_lines)


def follow_run(
    start: Callable[[], "subprocess.Popen[str]"],
    on_message: Callable[[Message], None],
    on_interrupt: Callable[[], None],
) -> RunResult:
    """Start a command and pass each of its messages to `on_message` until it ends.

    The first of SIGINT, SIGTERM and SIGHUP is passed on as one SIGINT: Terraform then completes the steps that it
    started and releases the state lock. A second SIGINT would make it abandon them, so none is sent. `on_interrupt` is
    called for every signal.
    """
    result = RunResult()
    stoppable: list[subprocess.Popen[str]] = []

    def stop() -> None:
        # Taking the process out of the list is atomic, so a signal in the middle of this function sends no second one.
        with suppress(IndexError):
            stoppable.pop().send_signal(signal.SIGINT)

    def handle_signal(_: int, __: FrameType | None) -> None:
        result.interrupted = True
        stop()
        on_interrupt()

    with _stop_signals_handled(handle_signal), start() as process:
        stoppable.append(process)
        if result.interrupted:  # before the process was in the list
            stop()
        for message in _messages(process, result.other_lines):
            _record(result, message)
            on_message(message)
    result.code = process.returncode
    return result


@contextmanager
def _stop_signals_handled(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    # nohup ignores SIGHUP, and so must this process.
    handled = [number for number in STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    previous = {number: signal.signal(number, handler) for number in handled}
    try:
        yield
    finally:
        for number, previous_handler in previous.items():
            signal.signal(number, previous_handler)


def _messages(process: "subprocess.Popen[str]", other_lines: list[str]) -> Iterator[Message]:
    assert process.stdout is not None  # noqa: S101 -- start() always gives one
    for line in process.stdout:
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        if isinstance(message, dict):
            yield message
        elif line.strip():
            other_lines.append(line.rstrip())


def _record(result: RunResult, message: Message) -> None:
    match message:
        case {"type": "diagnostic", "diagnostic": dict(diagnostic)}:
            severity, summary, detail = (str(diagnostic.get(key) or "") for key in ("severity", "summary", "detail"))
            address = str(diagnostic.get("address") or "") or _check_address(diagnostic)
            result.diagnostics.append(TerraformDiagnostic(severity, summary, detail, address))
        case {"type": "apply_start", "hook": {"action": str(action), "resource": {"addr": str(address)}}}:
            if action not in _NO_STEPS:
                result.started.append((action, address))
        case {"type": "apply_complete", "hook": {"action": str(action), "resource": {"addr": str(address)}}}:
            if action not in _NO_STEPS:
                result.completed.append((action, address))


def _check_address(diagnostic: Message) -> str:
    """Return the address of a `check` block within its module; empty if a diagnostic is about something else.

    Terraform gives no address for a check block: only the context of the snippet contains its name.
    """
    match diagnostic:
        case {"snippet": {"context": str(context)}} if block := _CHECK_BLOCK.fullmatch(context):
            return f"check.{block[1]}"
    return ""
