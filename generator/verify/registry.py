"""All checks, and the selection of checks for a run."""

from collections.abc import Collection
from importlib import import_module

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

TASKS_GROUP = "tasks"
"""The group of the checks that sign in. Only they change something in Open WebUI, so they run only with an account."""

_TASKS_CHECKS = (
    "reached",
    "release",
    "sign_in",
    "database",
    "messages",
    "files",
    "settings",
    "stop",
    "background",
    "sign_out",
)
"""Their names; their module needs the library websockets."""

_GROUPS_WITHOUT_AWS = {"http", TASKS_GROUP}


def select_checks(only: Collection[str], skip: Collection[str], *, has_account: bool = False) -> list[Check]:
    """Return the checks that `only` selects and `skip` does not exclude; those of tasks only with an account.

    Both have names of checks and groups; an empty `only` selects all checks. Raises UsageError for an unknown name, and
    if no check remains.
    """
    of_tasks = [f"{TASKS_GROUP}.{name}" for name in _TASKS_CHECKS]
    known = {name for check in CHECKS for name in (check.name, check.group)} | {TASKS_GROUP, *of_tasks}
    for option, names in (("--only", only), ("--skip", skip)):
        for name in names:
            if name not in known:
                groups = ", ".join(dict.fromkeys([*(check.group for check in CHECKS), TASKS_GROUP]))
                checks = ", ".join([*(check.name for check in CHECKS), *of_tasks])
                every_name = f"choose one of the groups {groups}, or of the checks {checks}"
                raise UsageError(f"{option} {name}: no such check or group", hint=suggest(name, known, every_name))
    for name in only:
        if name in (TASKS_GROUP, *of_tasks) and not has_account:
            raise UsageError(
                f"--only {name}: these checks sign in, and there is no account",
                hint="name a test account with `--account env`, or with `--account ARN` of a secret",
            )
    candidates = (*CHECKS, *_load_tasks_checks()) if has_account else CHECKS
    selected = [check for check in candidates if (not only or _matches(check, only)) and not _matches(check, skip)]
    if not selected:
        raise UsageError("--only and --skip leave no check", hint="remove one of these options")
    return selected


def needs_aws(checks: Collection[Check]) -> bool:
    """Return whether one of the checks calls AWS."""
    return any(check.group not in _GROUPS_WITHOUT_AWS for check in checks)


def _load_tasks_checks() -> tuple[Check, ...]:
    """Return the checks of tasks. Raises ModuleNotFoundError without the library websockets."""
    checks: tuple[Check, ...] = import_module("owscale.verify.tasks_checks").CHECKS
    return checks


def _matches(check: Check, names: Collection[str]) -> bool:
    return check.name in names or check.group in names
