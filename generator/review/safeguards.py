"""Spec changes that weaken a safeguard, which a reviewer must see first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_network
from typing import Any

from owscale.review.spec_diff import KeyChange
from owscale.spec.document import Path


@dataclass(frozen=True)
class _Safeguard:
    """A safeguard that keys of the spec control.

    `keys` is a pattern. `is_weakened` compares the values before and after.
    """

    keys: str
    is_weakened: Callable[[Any, Any], bool]
    consequence: str


def _is_set(value: Any) -> bool:
    return isinstance(value, bool | int | float | str | tuple)


def _changed(_before: Any, _after: Any) -> bool:
    return True


def _turned_off(before: Any, after: Any) -> bool:
    return before is True and after is not True


def _turned_on(before: Any, after: Any) -> bool:
    return before is not True and after is True


def _removed(before: Any, after: Any) -> bool:
    return _is_set(before) and not _is_set(after)


def _added_or_replaced(before: Any, after: Any) -> bool:
    return _is_set(after) and before != after


def _lowered(before: Any, after: Any) -> bool:
    return _is_set(before) and (not _is_set(after) or bool(after < before))


def _retention_shortened(before: Any, after: Any) -> bool:
    """Compare numbers of days, where 0 means forever."""
    return bool(after != 0 and (before == 0 or after < before))


def _reduced_to_one(before: Any, after: Any) -> bool:
    return bool(before > 1 and after == 1)


def _has_lost_entries(before: Any, after: Any) -> bool:
    return bool(set(before) - set(after))


def _has_new_entries(before: Any, after: Any) -> bool:
    return bool(set(after) - set(before))


def _widened(before: Any, after: Any) -> bool:
    """Return whether a CIDR block has addresses that the previous block does not have."""
    try:
        old, new = ip_network(before), ip_network(after)
    except ValueError:  # one of the two is not set
        return _added_or_replaced(before, after)
    is_inside = old.version == new.version and new.network_address in old and new.broadcast_address in old
    return not is_inside


_SECTIONS_OF_RESOURCES = ("alarms", "autoscaling", "load_balancer", "redis", "secrets", "service")
"""Sections whose keys are no safeguard while they have no effect, such as `service.instances` with autoscaling."""
_OTHER_STATE = "Terraform starts from another state, and would create all resources a second time"
_SAFEGUARDS = (
    _Safeguard("aws.region", _changed, "all resources are created anew in another region"),
    _Safeguard("aws.account_id", _changed, "Terraform works in another account, or in any account"),
    _Safeguard("state.bucket", _changed, _OTHER_STATE),
    _Safeguard("state.key", _changed, _OTHER_STATE),
    _Safeguard("state.region", _changed, _OTHER_STATE),
    _Safeguard("state.kms_key_arn", _changed, "the state is encrypted with another key"),
    _Safeguard("state.dynamodb_table", _changed, "the state is locked in another table, or in none"),
    _Safeguard("state.use_lockfile", _turned_off, "the state is no longer locked by a file"),
    _Safeguard("existing.certificate_arn", _removed, "the load balancer no longer uses HTTPS"),
    _Safeguard("existing.kms_key_arn", _changed, "new data is encrypted with another key"),
    _Safeguard("existing.peers.*.security_group", _added_or_replaced, "another existing security group gets a rule"),
    _Safeguard("load_balancer.deletion_protection", _turned_off, "the load balancer can be deleted"),
    _Safeguard("load_balancer.access_logs.enabled", _turned_off, "requests are no longer logged"),
    _Safeguard("load_balancer.access_logs.expiration_days", _lowered, "access logs are deleted earlier"),
    _Safeguard("load_balancer.ssl_policy", _changed, "other TLS versions and ciphers are accepted"),
    _Safeguard("load_balancer.allow_from.*.cidr", _widened, "more addresses can connect"),
    _Safeguard("load_balancer.allow_from.*", _added_or_replaced, "another source can connect"),
    _Safeguard("service.egress.*.cidr", _widened, "tasks can connect to more addresses"),
    _Safeguard("service.egress.*", _added_or_replaced, "tasks can connect to another destination"),
    _Safeguard("service.exec", _turned_on, "people can open a shell in a task"),
    _Safeguard("service.task_policy_arns.*", _added_or_replaced, "the task role gets other permissions"),
    _Safeguard("service.instances", _reduced_to_one, "a single task has no replica"),
    _Safeguard("service.circuit_breaker_rollback", _turned_off, "a deployment that fails is not rolled back"),
    _Safeguard("service.wait_for_steady_state", _turned_off, "an apply no longer fails when the tasks do not serve"),
    _Safeguard("service.deployment.minimum_percent", _lowered, "fewer tasks stay healthy during a deployment"),
    _Safeguard("*.log_retention_days", _retention_shortened, "logs are deleted earlier"),
    _Safeguard("autoscaling.enabled", _turned_off, "the number of tasks jumps to service.instances at the apply"),
    _Safeguard("autoscaling.min", _lowered, "fewer tasks run at low load"),
    _Safeguard("redis.nodes", _reduced_to_one, "Redis has no replica for a failover"),
    _Safeguard("redis.snapshot_retention_days", _lowered, "Redis snapshots are deleted earlier, or not taken"),
    _Safeguard("redis.eviction_policy", lambda before, _: before == "noeviction", "a full Redis drops sessions"),
    _Safeguard("secrets.recovery_window_days", _lowered, "a deleted secret can be restored for a shorter time"),
    _Safeguard("app.migrate_on_start", _turned_on, "tasks migrate the database when they start"),
    _Safeguard("alarms.notify", _has_lost_entries, "an address no longer receives alarms"),
    _Safeguard("accept.*", _added_or_replaced, "a warning is accepted"),
    _Safeguard("allow.*", _added_or_replaced, "the plan check allows a change that it otherwise rejects"),
    _Safeguard("custom.*", _added_or_replaced, "Terraform code is added that the rules of owscale do not cover"),
    _Safeguard("keep", _has_new_entries, "a file is no longer generated"),
)


def weakened_safeguards(changes: Iterable[KeyChange]) -> Iterator[tuple[KeyChange, str]]:
    """Yield each change that weakens a safeguard, and its consequence.

    Of several keys of one entry, such as a new source in `allow_from`, only the first is reported.
    """
    entries: set[Path] = set()
    for change in changes:
        safeguard = next((each for each in _SAFEGUARDS if fnmatchcase(change.name, each.keys)), None)
        entry = change.path[:3]  # such as load_balancer.allow_from.vpn
        if change.effect.kind == "nothing" and change.path[0] in _SECTIONS_OF_RESOURCES:
            continue
        if safeguard and entry not in entries and safeguard.is_weakened(change.before, change.after):
            entries.add(entry)
            yield change, safeguard.consequence
