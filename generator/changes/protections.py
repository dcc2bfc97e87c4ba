"""Changes that take a protection away: a reviewer hears of them first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_network
from typing import Any

from generator.changes.keys import KeyChange


@dataclass(frozen=True)
class _Protection:
    """Keys by a pattern, what lowers them, and what that means."""

    keys: str
    lowered: Callable[[Any, Any], bool]
    means: str


def _there(value: Any) -> bool:
    return isinstance(value, bool | int | float | str | tuple)


def _off(before: Any, after: Any) -> bool:
    return before is True and after is not True


def _on(before: Any, after: Any) -> bool:
    return before is not True and after is True


def _gone(before: Any, after: Any) -> bool:
    return _there(before) and not _there(after)


def _other(before: Any, after: Any) -> bool:
    """Another value, or one where there was none."""
    return _there(after) and before != after


def _any(_: Any, __: Any) -> bool:
    return True


def _less(before: Any, after: Any) -> bool:
    return _there(before) and (not _there(after) or bool(after < before))


def _shorter(before: Any, after: Any) -> bool:
    """Days for which something is kept, where 0 means for ever."""
    return bool(after != 0 and (before == 0 or after < before))


def _to_one(before: Any, after: Any) -> bool:
    return bool(before > 1 and after == 1)


def _fewer(before: Any, after: Any) -> bool:
    return bool(set(before) - set(after))


def _wider(before: Any, after: Any) -> bool:
    """An address range that the one before does not contain."""
    try:
        old, new = ip_network(before), ip_network(after)
    except ValueError:  # one of them is not there
        return _other(before, after)
    inside = old.version == new.version and new.network_address in old and new.broadcast_address in old
    return not inside


_PROTECTIONS = (
    _Protection("aws.region", _any, "everything is made anew in another region"),
    _Protection("aws.account_id", _any, "Terraform works in another account, or in any"),
    _Protection("state.bucket", _any, "Terraform starts from another state, and would make everything a second time"),
    _Protection("state.key", _any, "Terraform starts from another state, and would make everything a second time"),
    _Protection("state.region", _any, "Terraform starts from another state, and would make everything a second time"),
    _Protection("state.kms_key_arn", _any, "the state is encrypted with another key"),
    _Protection("state.dynamodb_table", _any, "the state has another lock, or none"),
    _Protection("state.use_lockfile", _off, "that lock of the state is gone"),
    _Protection("existing.certificate_arn", _gone, "the load balancer no longer speaks HTTPS"),
    _Protection("existing.kms_key_arn", _any, "new data is encrypted with another key"),
    _Protection("existing.peers.*.security_group", _other, "one more existing group gets a rule"),
    _Protection("load_balancer.deletion_protection", _off, "the load balancer can be deleted"),
    _Protection("load_balancer.access_logs.enabled", _off, "requests are no longer logged"),
    _Protection("load_balancer.access_logs.expiration_days", _less, "access logs are deleted earlier"),
    _Protection("load_balancer.ssl_policy", _any, "other versions of TLS and other ciphers are taken"),
    _Protection("load_balancer.allow_from.*.cidr", _wider, "more addresses may connect"),
    _Protection("load_balancer.allow_from.*", _other, "another source may connect"),
    _Protection("service.egress.*.cidr", _wider, "tasks may connect to more addresses"),
    _Protection("service.egress.*", _other, "tasks may connect elsewhere"),
    _Protection("service.exec", _on, "people may open a shell in a task"),
    _Protection("service.task_policy_arns.*", _other, "Open WebUI's role may do something else"),
    _Protection("service.instances", _to_one, "one task has nothing beside it"),
    _Protection("service.wait_for_steady_state", _off, "an apply no longer fails when the tasks do not serve"),
    _Protection("service.deployment.minimum_percent", _less, "fewer tasks stay healthy during a deployment"),
    _Protection("*.log_retention_days", _shorter, "logs are deleted earlier"),
    _Protection("autoscaling.min", _less, "fewer tasks run when there is little load"),
    _Protection("redis.nodes", _to_one, "Redis has nothing to fail over to"),
    _Protection("redis.snapshot_retention_days", _less, "Redis snapshots are deleted earlier, or not made"),
    _Protection("redis.eviction_policy", lambda before, _: before == "noeviction", "a full Redis drops sessions"),
    _Protection("secrets.recovery_window_days", _less, "a deleted secret can be restored for a shorter time"),
    _Protection("app.migrate_on_start", _on, "tasks migrate the database when they start"),
    _Protection("alarms.notify", _fewer, "somebody is no longer told of alarms"),
    _Protection("accept.*", _other, "a warning is accepted"),
    _Protection("allow.*", _other, "the proof of a plan lets something through"),
    _Protection("custom.*", _other, "Terraform that owscale's rules do not know takes part"),
    _Protection("keep", lambda before, after: _fewer(after, before), "a file is no longer generated"),
)


def lowered(changes: Iterable[KeyChange]) -> Iterator[tuple[KeyChange, str]]:
    """Each change that takes a protection away, with what that means; of a new entry its first key alone."""
    told: set[tuple[str | int, ...]] = set()
    for change in changes:
        found = next((each for each in _PROTECTIONS if fnmatchcase(change.name, each.keys)), None)
        if found and found.lowered(change.before, change.after):
            section, key, *entry = (*change.path, "")
            about = (section, key, *entry[:1])  # such as load_balancer.allow_from.vpn, whichever of its keys
            if about not in told:
                told.add(about)
                yield change, found.means
