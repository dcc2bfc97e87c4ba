"""Recognise renamed deployments: the name of a spec or of an environment changes, and the Terraform state stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from owscale.spec.deployment import StateLocation


def renamed_folders(before: Mapping[str, StateLocation | None], after: Mapping[str, StateLocation]) -> dict[str, str]:
    """Return the previous folder of each renamed deployment by its present one.

    Both mappings have the states of deployments by their folders; None: unknown state. If two earlier folders share a
    state, there is no previous one.
    """
    moved: dict[StateLocation, list[str]] = {}
    for folder, state in before.items():
        if state and after.get(folder) != state:
            moved.setdefault(state, []).append(folder)
    renames: dict[str, str] = {}
    for folder, state in after.items():
        if before.get(folder) != state and len(previous := moved.pop(state, [])) == 1:
            renames[folder] = previous[0]
    return renames
