"""A comparison for a program."""

import json
from collections.abc import Iterable
from typing import Any

from generator.changes.compare import DeploymentChange
from generator.cost import Difference


def document(found: Iterable[DeploymentChange], base: str) -> str:
    """All deployments; amounts are text, so that no reader makes binary fractions of cents."""
    return json.dumps(
        {"base": base, "deployments": [_deployment(each) for each in found]}, indent=2, ensure_ascii=False
    )


def _deployment(change: DeploymentChange) -> dict[str, Any]:
    return {
        "folder": change.folder,
        "state": change.state if change else "unchanged",
        "called_out": list(change.called_out),
        "keys": [
            {"key": key.name, "before": key.was, "after": key.becomes, "place": key.place, "reaches": key.reaches}
            for key in change.keys
        ],
        "files": [{"change": mark, "path": path} for mark, path in change.files],
        "addresses": [
            {"change": each.mark, "address": each.address, "details": list(each.details)} for each in change.addresses
        ],
        "figures": [{"name": name, "before": was, "after": becomes} for name, was, becomes in change.figures],
        "cost": cost(change.cost),
    }


def cost(found: Difference) -> list[dict[str, Any]]:
    """The components that change."""
    return [
        {"component": each.name, "before": each.before, "after": each.after, "by": [_amount(by) for by in each.by]}
        for each in found.changes
    ]


def _amount(by: object) -> str | None:
    return None if by is None else str(by)
