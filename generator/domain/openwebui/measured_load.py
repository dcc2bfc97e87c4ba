"""How many users a task served in a measurement, and whether a deployment is within its conditions.

The numbers are those of docs/openwebui-measured.md, section Load; `python -m tests.openwebui.measurements cores`
measures again. Nothing is extrapolated: neither to other releases, nor to larger pools of users.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from owscale.domain.openwebui import releases

if TYPE_CHECKING:
    from owscale.spec.models import Spec

RELEASE = "0.12.4"
POOL, OVERFLOW, VECTOR_POOL = 10, 5, 5
"""Database connections of each process in the measurement."""

MAX_DELAY_SECONDS = 1.0
"""The most that half of the answers may arrive late for a number of users to count as served."""


@dataclass(frozen=True)
class Measurement:
    """The users of one task, and how they were served.

    `delay_seconds` is the most that half of the answers took beyond the time of the model; the median of the runs.
    `processor_seconds` is the processor time that the task took per second.
    """

    workers: int
    cores: int
    threads: int
    users: int
    delay_seconds: float
    failures: int
    processor_seconds: float


MEASUREMENTS: tuple[Measurement, ...] = (
    Measurement(1, 1, 2000, 25, 0.13, 0, 0.28),
    Measurement(1, 1, 2000, 50, 1.07, 0, 0.5),
    Measurement(1, 1, 2000, 100, 5.72, 0, 0.7),
    Measurement(2, 2, 2000, 25, 0.13, 0, 0.24),
    Measurement(2, 2, 2000, 50, 0.42, 0, 0.62),
    Measurement(2, 2, 2000, 100, 5.51, 0, 0.94),
    Measurement(2, 1, 2000, 25, 0.12, 0, 0.26),
    Measurement(2, 1, 2000, 50, 1.16, 0, 0.53),
    Measurement(2, 1, 2000, 100, 2.93, 0, 0.64),
    Measurement(1, 1, 20, 25, 0.12, 0, 0.27),
    Measurement(1, 1, 20, 50, 1.13, 0, 0.51),
    Measurement(1, 1, 20, 100, 14.63, 0, 0.72),
    Measurement(2, 2, 20, 25, 0.13, 0, 0.33),
    Measurement(2, 2, 20, 50, 1.19, 0, 0.72),
    Measurement(2, 2, 20, 100, 9.31, 0, 1.03),
    Measurement(1, 1, 40, 25, 0.13, 0, 0.28),
    Measurement(1, 1, 40, 50, 1.25, 0, 0.55),
    Measurement(1, 1, 40, 100, 19.56, 0, 0.76),
)
"""Each with users who ask a model, read its answer for 5 s, and ask again 10 s later."""


def measurement_of(spec: Spec) -> Measurement | None:
    """Return the measurement with the most users that a task of a deployment serves; None outside of its conditions.

    More processor time, connections and threads than in the measurement count as within it.
    """
    app = spec.app
    is_comparable = (
        releases.release(app.image) == RELEASE
        and app.environment.get("RAG_EMBEDDING_ENGINE") == "openai"
        and app.vector_database == "pgvector"
        and app.database_pool.size >= POOL
        and app.database_pool.max_overflow >= OVERFLOW
        and app.database_pool.vector_size >= VECTOR_POOL
    )
    served = [
        each
        for each in MEASUREMENTS
        if each.workers == app.workers
        and each.cores <= spec.service.vcpu
        and each.threads <= app.threads
        and each.delay_seconds <= MAX_DELAY_SECONDS
        and not each.failures
    ]
    return max(served, key=lambda each: each.users, default=None) if is_comparable else None
