"""The changes of all deployments as JSON."""

from collections.abc import Iterable
from typing import Any

from owscale.console.json_text import json_document
from owscale.cost.diff import COMPARED_CASES, CostDifference
from owscale.review.comparison import DeploymentChange
from owscale.review.release_change import ReviewedRelease


def format_json(changes: Iterable[DeploymentChange], base: str) -> str:
    """Return one document.

    Amounts are strings, so that no parser turns cents into binary fractions.
    """
    document = {"base": base, "deployments": [_deployment(change) for change in changes]}
    return json_document(document)


def _deployment(change: DeploymentChange) -> dict[str, Any]:
    return {
        "folder": change.folder,
        "previous_folder": change.previous_folder or None,
        "state": change.state if change else "unchanged",
        "release": _release(change.release),
        "review_first": list(change.review_first),
        "keys": [
            {
                "key": key.name,
                "before": key.before_text,
                "after": key.after_text,
                "effect": {
                    "kind": key.effect.kind,
                    "sentence": key.effect.description,
                    "source": key.effect.source,
                },
                "location": key.location,
                "affects": key.affected_addresses,
            }
            for key in change.keys
        ],
        "files": [{"change": file.kind, "path": file.path} for file in change.files],
        "resources": [
            {
                "change": resource.kind,
                "address": resource.address,
                "previous_address": resource.previous_address or None,
                "arguments": list(resource.arguments),
            }
            for resource in change.addresses
        ],
        "derived_values": [
            {"name": value.name, "before": value.before, "after": value.after} for value in change.derived_values
        ],
        "cost": cost_fields(change.cost),
    }


def _release(release: ReviewedRelease | None) -> dict[str, Any] | None:
    """Return a change of the release; a release is null where the image names none."""
    if release is None:
        return None
    upgrade = release.upgrade
    return {
        "before": upgrade.current,
        "after": upgrade.following,
        "changes_schema": upgrade.changes_schema,
        "is_known": upgrade.is_known,
        "head": upgrade.head,
        "revisions": [
            {
                "id": revision.id,
                "title": revision.title,
                "release": revision.release,
                "locks": {lock.table: lock.mode for lock in revision.locks},
                "fills": list(revision.fills),
            }
            for revision in upgrade.revisions
        ],
        "cautions": [
            {"release": each.release, "kind": each.kind, "sentence": each.text, "source": each.source}
            for each in upgrade.cautions
        ],
        "facts": list(release.facts),
        "ways": list(upgrade.ways),
        "next": release.next_step,
    }


def cost_fields(difference: CostDifference) -> list[dict[str, Any]]:
    """Return the components that change; a difference is null where an amount is unknown."""
    return [
        {
            "component": change.name,
            "before": change.before,
            "after": change.after,
            "difference_usd": {
                case: None if usd is None else str(usd)
                for case, usd in zip(COMPARED_CASES, change.differences, strict=True)
            },
        }
        for change in difference.changes
    ]
