"""Which checks a run makes."""

from collections.abc import Collection

from generator.errors import UsageError
from generator.verify import cloudwatch, ecs, http, redis, targets, websocket
from generator.verify.check import Check

CHECKS = (*http.CHECKS, *websocket.CHECKS, *ecs.CHECKS, *targets.CHECKS, *redis.CHECKS, *cloudwatch.CHECKS)

_WITHOUT_AWS = {"http"}


def selected(only: Collection[str], skip: Collection[str]) -> list[Check]:
    """The checks, in their order, that are chosen by their names or those of their groups.

    Raises UsageError for a name that is neither, and where none is left.
    """
    known = {name for check in CHECKS for name in (check.name, check.group)}
    for option, names in (("--only", only), ("--skip", skip)):
        for name in names:
            if name not in known:
                groups = ", ".join(dict.fromkeys(check.group for check in CHECKS))
                names_told = ", ".join(check.name for check in CHECKS)
                raise UsageError(f"{option} {name}: no such check\n  hint: groups: {groups}; checks: {names_told}")
    chosen = [check for check in CHECKS if (not only or _named(check, only)) and not _named(check, skip)]
    if not chosen:
        raise UsageError("--only and --skip leave no check")
    return chosen


def asks_aws(checks: Collection[Check]) -> bool:
    """Whether one of the checks needs credentials."""
    return any(check.group not in _WITHOUT_AWS for check in checks)


def _named(check: Check, names: Collection[str]) -> bool:
    return check.name in names or check.group in names
