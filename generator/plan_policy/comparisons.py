"""Comparisons for the table of interruptions that concern one resource type each."""

import re
from collections.abc import Mapping
from ipaddress import ip_network

from owscale.plan_policy.worsening import Comparison, changed, number
from owscale.terraform.plan.model import Values

_RANGES = ("cidr_ipv4", "cidr_ipv6")
_OTHER_TRAFFIC = changed("ip_protocol", "from_port", "to_port", "prefix_list_id", "referenced_security_group_id")


def _falls_below_running(before: Values, after: Values) -> bool:
    old, new = number(before, "desired_count"), number(after, "desired_count")
    return old is not None and (new is None or 0 < new < old)


def _stops_all(before: Values, after: Values) -> bool:
    return (number(before, "desired_count") or 0) > 0 and number(after, "desired_count") == 0


def _may_stop_all(_before: Values, after: Values) -> bool:
    """Whether a deployment may stop every task before a new one runs; ECS rounds the minimum up, so one stays."""
    count, percent = number(after, "desired_count"), number(after, "deployment_minimum_healthy_percent")
    return count is None or percent is None or count * percent <= 0


def _admits_less(before: Values, after: Values) -> bool:
    """Whether a security group rule admits less traffic than before."""
    return _OTHER_TRAFFIC.is_worse(before, after) or any(
        not _covers(after.get(name), before.get(name)) for name in _RANGES
    )


def _covers(outer: object, inner: object) -> bool:
    if not inner or outer == inner:
        return True
    try:
        old, new = ip_network(str(inner)), ip_network(str(outer))
    except ValueError:
        return False
    return old.version == new.version and old.network_address in new and old.broadcast_address in new


def _fires_later(before: Values, after: Values) -> bool:
    """Whether the threshold of an alarm moves away from the normal values.

    The threshold of `at_maximum` is `autoscaling.max`: with more tasks, the alarm fires as early as before.
    """
    if after.get("metric_name") == "HealthyHostCount" and str(after.get("comparison_operator")).startswith("Greater"):
        return False
    old, new = number(before, "threshold"), number(after, "threshold")
    if old is None or new is None:
        return old != new
    return new < old if str(after.get("comparison_operator")).startswith("LessThan") else new > old


def _stops_rebalancing(before: Values, after: Values) -> bool:
    return before.get("availability_zone_rebalancing") == "ENABLED" != after.get("availability_zone_rebalancing")


def _no_longer_breaching(before: Values, after: Values) -> bool:
    return before.get("treat_missing_data") == "breaching" != after.get("treat_missing_data")


def _evicts(before: Values, after: Values) -> bool:
    return _parameter(before, "maxmemory-policy") == "noeviction" != _parameter(after, "maxmemory-policy")


def _closes_idle_earlier(before: Values, after: Values) -> bool:
    old, new = _idle_timeout(before), _idle_timeout(after)
    return new != 0 and (old == 0 or new < old)  # 0 never closes a connection


def _idle_timeout(values: Values) -> int:
    return _number_parameter(values, "timeout", 0)


# The values of ElastiCache without the parameters; 0 is no limit.
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
_PUBSUB_BUFFER = {
    "client-output-buffer-limit-pubsub-hard-limit": 33_554_432,
    "client-output-buffer-limit-pubsub-soft-limit": 8_388_608,
    "client-output-buffer-limit-pubsub-soft-seconds": 60,
}


def _disconnects_subscribers_earlier(before: Values, after: Values) -> bool:
    return any(
        new != 0 and (old == 0 or new < old)
        for old, new in (
            (_number_parameter(before, name, default), _number_parameter(after, name, default))
            for name, default in _PUBSUB_BUFFER.items()
        )
    )


def _number_parameter(values: Values, name: str, default: int) -> int:
    text = _parameter(values, name) or ""
    return int(text) if re.fullmatch("[0-9]{1,15}", text) else default


def _parameter(values: Values, name: str) -> str | None:
    items = values.get("parameter")
    entries = [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    return next((str(item.get("value")) for item in entries if item.get("name") == name), None)


def _revokes_token(before: Values, after: Values) -> bool:
    is_new = any(before.get(name) != after.get(name) for name in ("auth_token", "auth_token_wo_version"))
    return is_new and after.get("auth_token_update_strategy") != "ROTATE"


ALL_TASKS_STOPPED = Comparison(("desired_count",), _stops_all)
FEWER_TASKS = Comparison(("desired_count",), _falls_below_running)
NO_TASK_DURING_DEPLOYMENT = Comparison(("deployment_minimum_healthy_percent", "desired_count"), _may_stop_all)
LESS_TRAFFIC = Comparison((*_OTHER_TRAFFIC.paths, *_RANGES), _admits_less)
LATER_THRESHOLD = Comparison(("threshold",), _fires_later)
NO_REBALANCING = Comparison(("availability_zone_rebalancing",), _stops_rebalancing)
SILENCE_IS_FINE = Comparison(("treat_missing_data",), _no_longer_breaching)
EVICTION = Comparison(("parameter",), _evicts)
SMALLER_PUBSUB_BUFFER = Comparison(("parameter",), _disconnects_subscribers_earlier)
EARLIER_IDLE_TIMEOUT = Comparison(("parameter",), _closes_idle_earlier)
# The new token may be unknown. Users are interrupted only if Redis does not keep the previous token.
REVOKED_TOKEN = Comparison(("auth_token_update_strategy",), _revokes_token)
