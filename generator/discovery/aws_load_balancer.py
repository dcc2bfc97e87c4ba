"""The load balancer of the service: who may connect, its certificate and its timeouts."""

from __future__ import annotations

import ipaddress
from typing import Any

from owscale.discovery.aws_reader import AwsReader
from owscale.discovery.aws_security_groups import SecurityGroups, spec_name, unique_name
from owscale.discovery.plain_data import mappings, number, text, texts
from owscale.discovery.running_service import ServiceBalancer

_KEY = "load_balancer"
_HTTP, _HTTPS = 80, 443
_ANY = {"0.0.0.0/0", "::/0"}


def find(reader: AwsReader, target_group: str, groups: SecurityGroups) -> ServiceBalancer | None:
    """Return the Application Load Balancer in front of a target group; None if there is none."""
    described = reader.items(
        _KEY, "elasticloadbalancing:DescribeTargetGroups", "TargetGroups", TargetGroupArns=[target_group]
    )
    arns = [arn for each in described for arn in texts(each.get("LoadBalancerArns"))]
    if not arns:
        return None
    balancers = reader.items(
        _KEY, "elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers", LoadBalancerArns=arns[:1]
    )
    if not balancers:
        return None
    balancer = balancers[0]
    listeners = reader.items(_KEY, "elasticloadbalancing:DescribeListeners", "Listeners", LoadBalancerArn=arns[0])
    certificates = [
        text(each.get("CertificateArn")) for item in listeners for each in mappings(item.get("Certificates"))
    ]
    ports = {int(number(each.get("Port")) or 0) for each in listeners} or {_HTTP, _HTTPS}
    attributes = _attributes(reader, "DescribeLoadBalancerAttributes", LoadBalancerArn=arns[0])
    target_attributes = _attributes(reader, "DescribeTargetGroupAttributes", TargetGroupArn=target_group)
    found = ServiceBalancer(
        name=text(balancer.get("LoadBalancerName")),
        is_internal=balancer.get("Scheme") == "internal",
        certificate_arn=next(filter(None, certificates), ""),
        hosts=_hosts(reader, listeners, target_group),
        idle_timeout_seconds=_integer(attributes.get("idle_timeout.timeout_seconds")),
        deregistration_delay_seconds=_integer(target_attributes.get("deregistration_delay.timeout_seconds")),
    )
    if (
        target_attributes.get("stickiness.enabled") == "true"
        and target_attributes.get("stickiness.type") == "lb_cookie"
    ):
        found.stickiness_seconds = _integer(target_attributes.get("stickiness.lb_cookie.duration_seconds"))
    for group in texts(balancer.get("SecurityGroups")):
        _add_sources(found, groups, group, ports)
    return found


def _add_sources(found: ServiceBalancer, groups: SecurityGroups, group: str, ports: set[int]) -> None:
    for admission in groups.admissions(group):
        if not any(admission.first_port <= port <= admission.last_port for port in ports):
            continue
        if admission.source in _ANY:
            found.is_open = True
            continue
        source = {admission.kind: admission.source}
        if source in found.sources.values() or (admission.kind == "cidr" and not _is_ipv4(admission.source)):
            continue
        label = admission.description or (groups.name(admission.source) if admission.kind == "security_group" else "")
        name = spec_name(label or f"source_{len(found.sources) + 1}", "source")
        found.sources[unique_name(name, found.sources)] = source


def _hosts(reader: AwsReader, listeners: list[dict[str, Any]], target_group: str) -> tuple[str, ...]:
    """Return the host names of the rules that lead to the target group."""
    hosts: dict[str, None] = {}
    for listener in listeners:
        arn = text(listener.get("ListenerArn"))
        rules = reader.items("app.public_url", "elasticloadbalancing:DescribeRules", "Rules", ListenerArn=arn)
        for rule in rules:
            if target_group not in str(rule.get("Actions")):
                continue
            for condition in mappings(rule.get("Conditions")):
                if condition.get("Field") == "host-header":
                    configuration = condition.get("HostHeaderConfig") or {}
                    values = texts(configuration.get("Values")) or texts(condition.get("Values"))
                    hosts |= dict.fromkeys(value for value in values if "*" not in value)
    return tuple(hosts)


def _attributes(reader: AwsReader, operation: str, **arguments: str) -> dict[str, str]:
    response = reader.read(_KEY, f"elasticloadbalancing:{operation}", **arguments)
    return {text(each.get("Key")): text(each.get("Value")) for each in mappings(response.get("Attributes"))}


def _integer(value: str | None) -> int | None:
    found = number(value)
    return int(found) if found is not None else None


def _is_ipv4(cidr: str) -> bool:
    try:
        return ipaddress.ip_network(cidr, strict=False).version == 4  # noqa: PLR2004 -- the name of the protocol
    except ValueError:
        return False
