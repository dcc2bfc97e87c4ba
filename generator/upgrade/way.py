"""Which way an upgrade takes: no migration before, one beside the running service, or one after a stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from owscale.domain.openwebui import release_catalogue
from owscale.domain.openwebui.capacity import connections_per_process
from owscale.domain.openwebui.upgrades import Upgrade, Way, expected_wait, unmeasured_sizes
from owscale.errors import OwscaleError
from owscale.upgrade.probe import MIN_SERVER_VERSION, DatabaseState

if TYPE_CHECKING:
    from owscale.spec.models import Spec

TITLES = {
    "roll": "roll: new tasks replace old ones, without a migration before",
    "live": "live: the migration runs while the old release serves, then new tasks replace old ones",
    "stop": "stop: every task stops, the migration runs, new tasks start",
}


@dataclass(frozen=True)
class LiveCondition:
    """The conditions of a live migration: the releases, the size of the database, and its connections."""

    spec: Spec
    change: Upgrade
    state: DatabaseState | None
    tasks: int
    max_wait_seconds: float

    @property
    def expected_wait(self) -> float | None:
        """Seconds that a request waits at most; None if no measurement is of such a size."""
        return expected_wait(self.change, self.state.rows, self.state.megabytes) if self.state else None

    def obstacles(self) -> Iterator[str]:
        """Yield what speaks against it."""
        if "live" not in self.change.ways:
            yield "it was not measured as safe for these two releases"
            return
        state = self.state
        if state is None:
            return
        if state.server_version < MIN_SERVER_VERSION:
            yield f"PostgreSQL {state.server_version // 10000} does not notice a stopped migration; 14 and later do"
        known = release_catalogue.schemas().get(self.change.current or "")
        if known and state.heads not in {(known.head,), state.image_heads}:
            yield f"the database has revision {state.head}; that of the measured release is {known.head}"
        if self.change.head and state.image_heads != (self.change.head,):
            yield f"the image expects revision {state.image_head}; the measured release has {self.change.head}"
        wait = self.expected_wait
        if wait is None:
            sizes = ", ".join(unmeasured_sizes(self.change, state.rows, state.megabytes))
            yield f"it was not measured with as much data{f': {sizes}' if sizes else ''}"
        elif wait > self.max_wait_seconds:
            yield f"requests would wait up to {wait:g} s; the limit is {self.max_wait_seconds:g} s (--max-wait)"
        needed, free = self._connections(state)
        if needed > free:
            yield (
                f"while both releases run, they can open {needed} connections; {free} of {state.max_connections} are "
                "free for them"
            )

    def _connections(self, state: DatabaseState) -> tuple[int, int]:
        """Return the connections that the tasks can open at maximum_percent, and those that they can use."""
        per_task = connections_per_process(self.spec) * self.spec.app.workers
        needed = -(-self.tasks * per_task * self.spec.service.deployment.maximum_percent // 100)
        others = max(state.connections - sum(state.clients.values()), 0)
        return needed, state.max_connections - state.reserved_connections - others


@dataclass(frozen=True)
class Choice:
    """The way of an upgrade, why not a better one, and the longest wait of a request in a live migration."""

    way: Way
    obstacles: tuple[str, ...] = ()
    wait: float | None = None


def choose_way(wanted: Way | None, live: LiveCondition) -> Choice:
    """Return the wanted way, or the first that is open. Raises OwscaleError if the wanted one is not."""
    ways, obstacles = live.change.ways, tuple(live.obstacles())
    if wanted == "live" and obstacles:
        raise OwscaleError(
            f"the way live is not available: {'; '.join(obstacles)}",
            hint="repeat the command with `--way stop`, which interrupts the service",
        )
    if wanted is not None and wanted not in (*ways, "stop"):
        raise OwscaleError(
            f"the way {wanted} is not available for these two releases: {', '.join(ways)}",
            hint=f"repeat the command with `--way {ways[0]}`",
        )
    first_open = next(each for each in ways if each != "live" or not obstacles)
    way: Way = first_open if wanted is None else wanted
    return Choice(way, obstacles if way == "stop" else (), live.expected_wait if way == "live" else None)
