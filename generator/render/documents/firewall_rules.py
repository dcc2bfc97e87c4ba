"""The permitted connections of a deployment: the rules of its security groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from owscale.domain.ports import APP_PORT, NFS_PORT, REDIS_PORT

if TYPE_CHECKING:
    from owscale.spec.models import Spec


class FirewallRule(NamedTuple):
    """A permitted connection.

    `address` is the address range, prefix list or security group of the target, or of a source of the load balancer.
    `ports` is a text such as `443`, `8000-8010` or `53 (UDP)`. `resources` are the addresses of the rules in the module
    `network`: for outgoing traffic, incoming traffic, or both.
    """

    source: str
    target: str
    address: str
    ports: str
    resources: tuple[str, ...]


def firewall_rules(spec: Spec, allow_from: Mapping[str, Any], egress: Mapping[str, Any]) -> Iterator[FirewallRule]:
    """Yield every permitted connection; `allow_from` and `egress` have their values in the HCL."""
    balancer, tasks, service = "load balancer", "tasks", spec.service.name
    listeners = {"http": spec.load_balancer.http_port}
    if spec.existing.certificate_arn:
        listeners["https"] = spec.load_balancer.https_port
    for scheme, port in listeners.items():
        for source, end in sorted(allow_from.items()):
            yield FirewallRule(
                source, balancer, _address(end), str(port), (_ingress(f"load_balancer_{scheme}", source),)
            )
    yield _pair(balancer, tasks, f"{service}-tasks", APP_PORT, ("load_balancer_to_tasks", "tasks_from_load_balancer"))
    yield _pair(tasks, "Redis", f"{service}-redis", REDIS_PORT, ("tasks_to_redis", "redis_from_tasks"))
    database, database_rules = spec.existing.database, ("tasks_to_database", "database_from_tasks")
    yield _pair(tasks, "database", database.security_group, database.port, database_rules)
    for group in sorted(spec.existing.files.security_groups):
        yield _pair(tasks, "files", group, NFS_PORT, ("tasks_to_file_system", "file_system_from_tasks"), group)
    for name, peer in sorted(spec.existing.peers.items()):
        yield _pair(tasks, name, peer.security_group, peer.port, ("tasks_to_peer", "peer_from_tasks"), name)
    for target, end in sorted(egress.items()):
        yield FirewallRule(tasks, target, _address(end), _ports(end), (_egress("tasks_to_named", target),))


def _address(end: Mapping[str, Any]) -> str:
    """Return the address range, prefix list or security group of one end of a connection."""
    keys = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "security_group_id")
    return next(str(end[key]) for key in keys if key in end)


def _ports(end: Mapping[str, Any]) -> str:
    ports = f"{end['port']}-{end['to_port']}" if "to_port" in end else str(end["port"])
    return f"{ports} (UDP)" if end.get("protocol") == "udp" else ports


def _pair(source: str, target: str, group: str, port: int, names: tuple[str, str], key: str = "") -> FirewallRule:  # noqa: PLR0913, PLR0917 -- the parts of a row
    """Return a connection that has a rule at both ends."""
    outgoing, incoming = names
    return FirewallRule(source, target, group, str(port), (_egress(outgoing, key), _ingress(incoming, key)))


def _ingress(name: str, key: str = "") -> str:
    return _resource("ingress", name, key)


def _egress(name: str, key: str = "") -> str:
    return _resource("egress", name, key)


def _resource(direction: str, name: str, key: str) -> str:
    return f"aws_vpc_security_group_{direction}_rule.{name}" + (f'["{key}"]' if key else "")
