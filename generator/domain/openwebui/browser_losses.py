"""The losses of users with open pages while tasks are replaced, for each way of an upgrade.

docs/openwebui-measured.md, section "Browsers during a replacement", has the measurement of each sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from owscale.domain.openwebui.upgrades import Upgrade, Way

_RELOAD = "Every open page reloads by itself when its WebSocket reaches another release. Users stay signed in."
_TEXT = (
    "Text in the message box comes back after the reload if it has less than 5,000 characters, with its files. Lost "
    "are an edited message, a form, a message in the queue, and a temporary chat."
)
_CUT = (
    "An answer that takes longer than load_balancer.deregistration_delay_seconds is cut off. The part that was written "
    "is only in Redis: it is lost when the user stops the answer, or when it expires."
)
_DOWN = (
    "Every click, question and new page fails from the moment when the tasks leave the load balancer until the new "
    "tasks answer; load_balancer.deregistration_delay_seconds is part of that time."
)

UNDELIVERED = (
    "While both releases run, an answer of a new task does not appear in a page that is connected to an old task. It "
    "is saved, and appears after the reload."
)
"""Only between releases that do not receive each other's messages."""

_ROLLING = (_RELOAD, _TEXT, _CUT)

LOSSES: Mapping[Way, tuple[str, ...]] = MappingProxyType(
    {"roll": _ROLLING, "live": _ROLLING, "stop": (_DOWN, _RELOAD, _TEXT, _CUT)}
)
"""Sentences for users, by way, for an upgrade to another release."""


def losses(way: Way, upgrade: Upgrade | None) -> tuple[str, ...]:
    """Return the losses of users, one or two sentences each.

    `upgrade` is None for new tasks of the same release. They reload no page: a page compares the releases when its
    WebSocket connects (src/routes/+layout.svelte of open-webui, from 0.7.0 to 0.12.4).
    """
    if upgrade is None:
        return tuple(sentence for sentence in LOSSES[way] if sentence not in (_RELOAD, _TEXT))
    is_mixed = way != "stop" and any(caution.kind == "messages" for caution in upgrade.cautions)
    return (*LOSSES[way], UNDELIVERED) if is_mixed else LOSSES[way]
