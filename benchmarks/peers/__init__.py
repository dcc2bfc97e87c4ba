"""The peers: other programs that write the same deployment, each in an environment of its own."""

from collections.abc import Iterator

from benchmarks.case import Case


def cases() -> Iterator[Case]:
    """Those of every peer that is installed."""
    yield from ()


def missing() -> dict[str, str]:
    """The peers that are not, each with why its cases are skipped."""
    return {}
