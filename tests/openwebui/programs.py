"""Programs that a test starts on the loopback address, and that end with it, whatever ends the test."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # prctl(2), Linux
_STOP_SECONDS = 15
niceness = 5
"""The priority of what starts: other programs use the processor too. A measurement of time sets it to 0."""


def free_port() -> int:
    """Return a port of the loopback address that no program uses."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


def accepts(port: int) -> bool:
    """Whether a program listens on a port."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait until a condition holds and return how long it took. Raises TimeoutError, which names the condition."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > seconds:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(0.1)
    return time.monotonic() - started


class Program:
    """A running program in a process group of its own; its output is in a file.

    The group ends with the test, and, on Linux, if the test is killed.
    """

    def __init__(
        self,
        words: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        user: str | None = None,
        end: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start a program; `end` is the signal that it gets if the test is killed, SIGKILL for one that is stopped."""
        self.log = log
        libc, increment = ctypes.CDLL(None), niceness

        def end_with_parent() -> None:
            os.nice(increment)
            if hasattr(libc, "prctl"):
                libc.prctl(_PR_SET_PDEATHSIG, end)

        with log.open("ab") as output:
            self.process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=folder,
                user=user,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 -- it takes no lock that a thread may hold
            )

    @property
    def is_running(self) -> bool:
        """Whether the program has not ended."""
        return self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the whole process group."""
        if self.is_running:
            os.killpg(self.process.pid, number)

    def wait_until(self, condition: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait for a condition, and fail with the end of the output if the program ends first."""

        def holds() -> bool:
            if not self.is_running:
                raise RuntimeError(f"{what}: the program ended with {self.process.returncode}\n{self.tail()}")
            return condition()

        return wait_for(holds, seconds, what)

    def tail(self, lines: int = 25) -> str:
        """Return the last lines of the output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the program, at the latest with SIGKILL."""
        if self.is_running:
            self.send(signal.SIGCONT)
            self.send(number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_STOP_SECONDS)
        # Also what the program left behind in its group.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()
