"""Changes that take a protection away: a reviewer hears of them first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from generator.changes.keys import KeyChange


@dataclass(frozen=True)
class _Protection:
    """Keys by a pattern, what lowers them, and what that means."""

    keys: str
    lowered: Callable[[Any, Any], bool]
    means: str


def _off(before: Any, after: Any) -> bool:
    return before is True and after is not True


def _on(before: Any, after: Any) -> bool:
    return before is not True and after is True


def _gone(before: Any, after: Any) -> bool:
    return _there(before) and not _there(after)


def _new(before: Any, after: Any) -> bool:
    return _there(after) and not _there(before)


def _less(before: Any, after: Any) -> bool:
    return _there(before) and (not _there(after) or bool(after < before))


def _more_or_gone(before: Any, after: Any) -> bool:
    return _there(before) and (not _there(after) or bool(after > before))


def _shorter(before: Any, after: Any) -> bool:
    """Days for which something is kept, where 0 means for ever."""
    return bool(after != 0 and (before == 0 or after < before))


def _to_one(before: Any, after: Any) -> bool:
    return bool(before > 1 and after == 1)


def _fewer(before: Any, after: Any) -> bool:
    return bool(set(before if _there(before) else ()) - set(after if _there(after) else ()))


def _there(value: Any) -> bool:
    return isinstance(value, bool | int | float | str | tuple)


_PROTECTIONS = (
    _Protection("load_balancer.deletion_protection", _off, "the load balancer can be deleted"),
    _Protection("load_balancer.access_logs.enabled", _off, "requests are no longer logged"),
    _Protection("load_balancer.access_logs.expiration_days", _less, "access logs are deleted earlier"),
    _Protection("load_balancer.allow_from.*", _new, "one more source may connect"),
    _Protection("load_balancer.allow_from.*.cidr", lambda _, after: _there(after), "another address range may connect"),
    _Protection("service.egress.*", _new, "tasks may connect to one more place"),
    _Protection("service.exec", _on, "people may open a shell in a task"),
    _Protection("service.task_policy_arns.*", _new, "Open WebUI's role may do more"),
    _Protection("service.deployment.minimum_percent", _less, "fewer tasks stay healthy during a deployment"),
    _Protection("*.log_retention_days", _shorter, "logs are deleted earlier"),
    _Protection("redis.nodes", _to_one, "Redis has nothing to fail over to"),
    _Protection("redis.snapshot_retention_days", _less, "Redis snapshots are deleted earlier, or not made"),
    _Protection("redis.eviction_policy", lambda before, _: before == "noeviction", "a full Redis drops sessions"),
    _Protection("secrets.recovery_window_days", _less, "a deleted secret can be restored for a shorter time"),
    _Protection("existing.certificate_arn", _gone, "the load balancer no longer speaks HTTPS"),
    _Protection("existing.kms_key_arn", _gone, "new data is encrypted with AWS's keys"),
    _Protection("state.kms_key_arn", _gone, "the state is encrypted with the bucket's own key"),
    _Protection("state.dynamodb_table", _gone, "that lock of the state is gone"),
    _Protection("state.use_lockfile", _off, "that lock of the state is gone"),
    _Protection("aws.account_id", _gone, "Terraform works in any account"),
    _Protection("app.migrate_on_start", _on, "tasks migrate the database when they start"),
    _Protection("alarms.at_maximum", _off, "nobody is told when autoscaling is at its end"),
    _Protection("alarms.notify", _fewer, "somebody is no longer told of alarms"),
    _Protection("alarms.evaluation_periods", _more_or_gone, "alarms fire later"),
    _Protection("alarms.*_percent", _more_or_gone, "the alarm fires later, or never"),
    _Protection("alarms.*_count", _more_or_gone, "the alarm fires later, or never"),
    _Protection("alarms.response_time_seconds", _more_or_gone, "the alarm fires later"),
    _Protection("alarms.redis_evictions", _more_or_gone, "the alarm fires later, or never"),
    _Protection("alarms.unhealthy_hosts", _more_or_gone, "the alarm fires later, or never"),
    _Protection("accept.*", _new, "a warning is accepted"),
    _Protection("allow.*", _new, "the proof of a plan lets something through"),
    _Protection("keep", lambda before, after: _fewer(after, before), "a file is no longer generated"),
)


def lowered(changes: Iterable[KeyChange]) -> Iterator[tuple[KeyChange, str]]:
    """Each change that takes a protection away, with what that means."""
    for change in changes:
        for protection in _PROTECTIONS:
            if fnmatchcase(change.name, protection.keys) and protection.lowered(change.before, change.after):
                yield change, protection.means
                break
