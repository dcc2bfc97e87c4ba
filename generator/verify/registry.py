"""All checks, and the selection of checks for a run."""

from collections.abc import Collection

from owscale.console.text import suggest
from owscale.errors import UsageError
from owscale.verify import (
    backup_checks,
    cloudwatch_checks,
    ecs_checks,
    http_checks,
    redis_checks,
    target_group_checks,
    websocket_check,
)
from owscale.verify.check import Check

CHECKS = (
    *http_checks.CHECKS,
    *websocket_check.CHECKS,
    *ecs_checks.CHECKS,
    *target_group_checks.CHECKS,
    *redis_checks.CHECKS,
    *backup_checks.CHECKS,
    *cloudwatch_checks.CHECKS,
)

_GROUPS_WITHOUT_AWS = {"http"}


def select_checks(only: Collection[str], skip: Collection[str]) -> list[Check]:
    """Return the checks that `only` selects and `skip` does not exclude.

    Both have names of checks and groups; an empty `only` selects all checks. Raises UsageError for an unknown name, and
    where no check remains.
    """
    known = {name for check in CHECKS for name in (check.name, check.group)}
    for option, names in (("--only", only), ("--skip", skip)):
        for name in names:
            if name not in known:
                groups = ", ".join(dict.fromkeys(check.group for check in CHECKS))
                checks = ", ".join(check.name for check in CHECKS)
                every_name = f"choose one of the groups {groups}, or of the checks {checks}"
                raise UsageError(f"{option} {name}: no such check or group", hint=suggest(name, known, every_name))
    selected = [check for check in CHECKS if (not only or _matches(check, only)) and not _matches(check, skip)]
    if not selected:
        raise UsageError("--only and --skip leave no check", hint="remove one of these options")
    return selected


def needs_aws(checks: Collection[Check]) -> bool:
    """Return whether one of the checks calls AWS."""
    return any(check.group not in _GROUPS_WITHOUT_AWS for check in checks)


def _matches(check: Check, names: Collection[str]) -> bool:
    return check.name in names or check.group in names
