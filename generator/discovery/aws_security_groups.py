"""Security groups: who admits whom."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from owscale.discovery.plain_data import mappings, number, text

_ALL_PORTS = (0, 65535)
_NAME_SYMBOLS = re.compile(r"[^a-z0-9]+")
_MAX_NAME_LENGTH = 40


class Admission(NamedTuple):
    """One source that a rule of a security group admits to a range of TCP ports."""

    first_port: int
    last_port: int
    kind: str
    """`cidr`, `security_group` or `prefix_list`, as in a spec."""
    source: str
    description: str

    @property
    def single_port(self) -> int | None:
        """The port, if the rule is about one."""
        return self.first_port if self.first_port == self.last_port else None


class SecurityGroups:
    """The security groups of a VPC by their IDs."""

    def __init__(self, groups: Iterable[dict[str, Any]]) -> None:
        self._groups = {text(group.get("GroupId")): group for group in groups}

    def __iter__(self) -> Iterator[str]:
        return iter(self._groups)

    def name(self, group: str) -> str:
        """Return the name tag of a group, or its name, in the form of a name in a spec."""
        data = self._groups.get(group, {})
        tags = {text(tag.get("Key")): text(tag.get("Value")) for tag in mappings(data.get("Tags"))}
        return spec_name(tags.get("Name") or text(data.get("GroupName")))

    def admissions(self, group: str) -> Iterator[Admission]:
        """Yield the sources that a group admits over TCP."""
        for permission in mappings(self._groups.get(group, {}).get("IpPermissions")):
            if text(permission.get("IpProtocol")) not in {"tcp", "6", "-1"}:
                continue
            first, last = number(permission.get("FromPort")), number(permission.get("ToPort"))
            ports = _ALL_PORTS if first is None or last is None else (int(first), int(last))
            for field, id_field, kind in (
                ("UserIdGroupPairs", "GroupId", "security_group"),
                ("IpRanges", "CidrIp", "cidr"),
                ("Ipv6Ranges", "CidrIpv6", "cidr"),
                ("PrefixListIds", "PrefixListId", "prefix_list"),
            ):
                for source in mappings(permission.get(field)):
                    yield Admission(*ports, kind, text(source.get(id_field)), text(source.get("Description")))

    def admission_of(
        self, group: str, members: Iterable[str], networks: Iterable[str], port: int | None = None
    ) -> Admission | None:
        """Return the rule with which a group admits tasks of other groups, or of subnets; None if it does not."""
        members, networks = set(members), list(networks)
        for each in self.admissions(group):
            if port is not None and not each.first_port <= port <= each.last_port:
                continue
            if each.source in members or (each.kind == "cidr" and any(_contains(each.source, net) for net in networks)):
                return each
        return None


def spec_name(label: str, fallback: str = "peer") -> str:
    """Return a label as the name of an entry in a spec: lower-case letters, digits and underscores."""
    name = _NAME_SYMBOLS.sub("_", label.lower()).strip("_")[:_MAX_NAME_LENGTH].strip("_")
    return name if name[:1].isalpha() else f"{fallback}_{name}".rstrip("_")


def unique_name(name: str, taken: Iterable[str]) -> str:
    """Return a name that is not taken yet."""
    taken, number, result = set(taken), 2, name
    while result in taken:
        result, number = f"{name}_{number}", number + 1
    return result


def _contains(cidr: str, network: str) -> bool:
    try:
        outer, inner = ipaddress.ip_network(cidr, strict=False), ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
    if isinstance(outer, ipaddress.IPv4Network) and isinstance(inner, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    return False
