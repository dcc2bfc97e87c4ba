"""The peers: other programs that write the same deployment, each in an environment of its own."""

from collections.abc import Iterator

from benchmarks.case import Case
from benchmarks.peers import cdktn, kapitan

_PEERS = (kapitan, cdktn)


def cases() -> Iterator[Case]:
    """Those of every peer that is here."""
    for peer in _PEERS:
        if not peer.why_missing():
            yield from peer.cases()


def missing() -> dict[str, str]:
    """The peers that are not, each with why its cases are skipped."""
    return {peer.NAME: why for peer in _PEERS if (why := peer.why_missing())}
