"""Progress of a plan or an apply: one live line on a terminal, elsewhere a line for each resource."""

from dataclasses import dataclass, field
from typing import Any, TextIO

from owscale.console.live_line import LiveLine
from owscale.console.text import printable
from owscale.terraform.events import Message

_SLOW_SECONDS = 20
_REPEAT_SECONDS = 60
_MAX_ADDRESSES = 3

_RUNNING_VERBS = {"create": "creating", "update": "changing", "delete": "destroying"}
_DONE_VERBS = {"create": "created", "update": "changed", "delete": "destroyed"}


@dataclass
class RunProgress:
    """The progress of a Terraform command on a stream; `total` is the number of its steps, 0 where unknown."""

    stream: TextIO
    total: int = 0
    _done: int = 0
    _refreshed: int = 0
    _running: dict[str, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._live = LiveLine(self.stream)

    def step(self, message: Message) -> None:
        """Show one message of Terraform."""
        hook = message.get("hook")
        if not isinstance(hook, dict):
            return
        kind = str(message.get("type"))
        if kind == "refresh_complete":
            self._refreshed += 1
        if str(hook.get("action")) in _RUNNING_VERBS:
            event = self._update(kind, hook)
            if event and not self._live.is_live:
                self._live.print_line(f"{self._count()}{printable(event)}")
        self._live.draw(self._summary())

    def print_line(self, text: str) -> None:
        """Print a line that stays."""
        self._live.print_line(text)

    def clear(self) -> None:
        """Remove the live line, so that other text can follow."""
        self._live.clear()

    def _update(self, kind: str, hook: dict[str, Any]) -> str:
        """Take one event of a resource into account, and return the line for it; empty if it needs none."""
        address = str(hook.get("resource", {}).get("addr", ""))
        action, seconds = str(hook["action"]), int(hook.get("elapsed_seconds") or 0)
        duration = f" ({seconds} s)" if seconds else ""
        match kind:
            case "apply_start":
                self._running[address] = (action, 0)
            case "apply_progress":
                _, previous = self._running.get(address, (action, 0))
                self._running[address] = (action, seconds)
                if previous // _REPEAT_SECONDS < seconds // _REPEAT_SECONDS or previous < _SLOW_SECONDS <= seconds:
                    return f"still {_RUNNING_VERBS[action]} {address}, {seconds} s"
            case "apply_complete":
                self._running.pop(address, None)
                self._done += 1
                return f"{_DONE_VERBS[action]} {address}{duration}"
            case "apply_errored":
                self._running.pop(address, None)
                return f"failed {address}{duration}"
        return ""

    def _count(self) -> str:
        return f"{self._done:>{len(str(self.total))}}/{self.total} " if self.total else ""

    def _summary(self) -> str:
        if not self._running and not self._done:
            return f"reading resources: {self._refreshed}"
        longest_first = sorted(self._running.items(), key=lambda entry: -entry[1][1])
        running = [
            f"{_RUNNING_VERBS[action]} {address}{f' {seconds} s' if seconds else ''}"
            for address, (action, seconds) in longest_first[:_MAX_ADDRESSES]
        ]
        hidden = len(longest_first) - _MAX_ADDRESSES
        more = [f"{hidden} more"] if hidden > 0 else []
        return "; ".join([f"{self._done} of {self.total} done", *running, *more])
