"""Who reaches whom on which port: the rules of the security groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from generator.model import Spec


APP_PORT, FILES_PORT, REDIS_PORT = 8080, 2049, 6379


class Rule(NamedTuple):
    """A permitted connection. `what` has the address range, prefix list or group at its other end.

    `resources` are the addresses of its rules in the module network: going out, coming in, or both.
    """

    source: str
    target: str
    what: str
    port: int
    resources: tuple[str, ...]


def rules(spec: Spec, allow_from: Mapping[str, Any], egress: Mapping[str, Any]) -> Iterator[Rule]:
    """Every rule that there is; `allow_from` and `egress` are as the HCL has them."""
    balancer, tasks, name = "load balancer", "tasks", spec.service.name
    listeners = {"http": spec.load_balancer.http_port}
    if spec.existing.certificate_arn:
        listeners["https"] = spec.load_balancer.https_port
    for scheme, port in listeners.items():
        for source, end in sorted(allow_from.items()):
            yield Rule(source, balancer, *_at(end), port, (_ingress(f"load_balancer_{scheme}", source),))
    yield _both(balancer, tasks, f"{name}-tasks", APP_PORT, ("load_balancer_to_tasks", "tasks_from_load_balancer"))
    yield _both(tasks, "Redis", f"{name}-redis", REDIS_PORT, ("tasks_to_redis", "redis_from_tasks"))
    database = spec.existing.database
    pair = ("tasks_to_database", "database_from_tasks")
    yield _both(tasks, "database", database.security_group, database.port, pair)
    for group in sorted(spec.existing.files.security_groups):
        yield _both(tasks, "files", group, FILES_PORT, ("tasks_to_file_system", "file_system_from_tasks"), group)
    for peer, end in sorted(spec.existing.peers.items()):
        yield _both(tasks, peer, end.security_group, end.port, ("tasks_to_peer", "peer_from_tasks"), peer)
    for target, end in sorted(egress.items()):
        yield Rule(tasks, target, *_at(end), end["port"], (_egress("tasks_to_named", target),))


def _at(end: Mapping[str, Any]) -> tuple[str]:
    """The address range, prefix list or group of one end of a connection."""
    return (next(str(value) for key, value in end.items() if key != "port"),)


def _both(source: str, target: str, group: str, port: int, names: tuple[str, str], key: str = "") -> Rule:  # noqa: PLR0913, PLR0917 -- the parts of a row
    outgoing, incoming = names
    return Rule(source, target, group, port, (_egress(outgoing, key), _ingress(incoming, key)))


def _ingress(name: str, key: str = "") -> str:
    return _address("ingress", name, key)


def _egress(name: str, key: str = "") -> str:
    return _address("egress", name, key)


def _address(direction: str, name: str, key: str) -> str:
    return f"aws_vpc_security_group_{direction}_rule.{name}" + (f'["{key}"]' if key else "")
