"""The warnings of a deployment, with the reasons of those that its spec accepts."""

from collections.abc import Iterator
from typing import NamedTuple

from owscale.rules.checked import CheckedDeployment


class WarningRow(NamedTuple):
    """A warning: its code, its key, its message, and the reason if the spec accepts it.

    The line of the key in the spec is left out: a new comment in the spec must not change a document.
    """

    code: str
    key: str
    message: str
    reason: str


def warning_rows(checked: CheckedDeployment) -> Iterator[WarningRow]:
    """Yield each warning once, sorted by code, key and message."""
    rows = {
        WarningRow(diagnostic.code, diagnostic.path, diagnostic.message, diagnostic.accepted)
        for diagnostic in checked.diagnostics
        if diagnostic.severity == "warning"
    }
    yield from sorted(rows, key=lambda row: (row.code, row.key, row.message))
