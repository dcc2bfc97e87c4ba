"""How a plan or an apply goes on: one live line on a terminal, a calm line for each resource elsewhere."""

from dataclasses import dataclass, field
from typing import TextIO

from generator.report import printable
from generator.report.live import Live
from generator.terraform.stream import Message

_SLOW_SECONDS = 20
_AGAIN_SECONDS = 60
_MOST_NAMED = 3

_DOING = {"create": "creating", "update": "changing", "delete": "destroying"}
_DONE = {"create": "created", "update": "changed", "delete": "destroyed"}


@dataclass
class Progress:
    """Tells it on a stream, stderr as a rule. `total` is the number of steps, where it is known."""

    stream: TextIO
    total: int = 0
    _done: int = 0
    _read: int = 0
    _running: dict[str, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._line = Live(self.stream)

    def __call__(self, message: Message) -> None:
        hook = message.get("hook")
        if not isinstance(hook, dict):
            return
        address = str(hook.get("resource", {}).get("addr", ""))
        action, seconds = str(hook.get("action", "")), int(hook.get("elapsed_seconds") or 0)
        kind = str(message.get("type"))
        if kind == "refresh_complete":
            self._read += 1
        if action in _DOING:
            self._step(kind, address, action, seconds)
        self._line.draw(self._live())

    def say(self, text: str) -> None:
        """A line of its own."""
        self._line.say(text)

    def end(self) -> None:
        """Makes room for what comes next."""
        self._line.clear()

    def _step(self, kind: str, address: str, action: str, seconds: int) -> None:
        told = ""
        if kind == "apply_start":
            self._running[address] = (action, 0)
        elif kind == "apply_progress":
            before = self._running.get(address, (action, 0))[1]
            if before // _AGAIN_SECONDS < seconds // _AGAIN_SECONDS or before < _SLOW_SECONDS <= seconds:
                told = f"still {_DOING[action]} {address}, {seconds} s"
            self._running[address] = (action, seconds)
        elif kind in ("apply_complete", "apply_errored"):
            self._running.pop(address, None)
            complete = kind == "apply_complete"
            self._done += complete
            after = f" ({seconds} s)" if seconds else ""
            told = f"{_DONE[action]} {address}{after}" if complete else f"failed {address}{after}"
        if told and not self._line.on:
            self._line.say(f"{self._count()}{printable(told)}")

    def _count(self) -> str:
        return f"{self._done:>{len(str(self.total))}}/{self.total} " if self.total else ""

    def _live(self) -> str:
        if not self._running and not self._done:
            return f"reading what there is: {self._read}"
        slow = sorted(self._running.items(), key=lambda item: -item[1][1])
        named = [
            f"{_DOING[action]} {address}{f' {seconds} s' if seconds else ''}"
            for address, (action, seconds) in slow[:_MOST_NAMED]
        ]
        more = [f"{len(slow) - _MOST_NAMED} more"] if len(slow) > _MOST_NAMED else []
        return "; ".join([f"{self._done} of {self.total} done", *named, *more])
