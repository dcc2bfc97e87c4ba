"""The peers: other programs that write the same deployment, each in an environment of its own."""

from collections.abc import Iterator

from benchmarks.case import Case
from benchmarks.peers import kapitan

_PEERS = (kapitan,)


def cases() -> Iterator[Case]:
    """Those of every peer that is installed."""
    for peer in _PEERS:
        if (peer.HOME / ".ready").exists():
            yield from peer.cases()


def missing() -> dict[str, str]:
    """The peers that are not, each with why its cases are skipped."""
    return {peer.NAME: "it could not be installed" for peer in _PEERS if not (peer.HOME / ".ready").exists()}
