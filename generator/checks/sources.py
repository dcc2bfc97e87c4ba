"""Named sources and destinations: each is one thing, and only once."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment
from generator.document import Path

if TYPE_CHECKING:
    from generator.model import Spec
    from generator.model.service import Source

NFS_PORT = 2049
_KEYS = ("cidr", "prefix_list", "security_group")


def _named(deployment: Deployment) -> Iterator[tuple[Path, Source]]:
    spec = deployment.spec
    for name, source in spec.load_balancer.allow_from.items():
        yield ("load_balancer", "allow_from", name), source
    for name, destination in spec.service.egress.items():
        yield ("service", "egress", name), destination


@rule(
    "S221",
    "error",
    "A security-group rule has one source or destination.",
    reference="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleRequest.html",
    example="load_balancer: {allow_from: {office: {cidr: 10.9.0.0/16, security_group: sg-33333333}}}",
    mend="load_balancer: {allow_from: {office: {cidr: 10.9.0.0/16}, proxy: {security_group: sg-33333333}}}",
)
def one_kind(deployment: Deployment) -> Iterator[Finding]:
    for path, source in _named(deployment):
        given = [key for key in _KEYS if getattr(source, key) is not None]
        if len(given) != 1:
            message = f"names {' and '.join(given)}" if given else "names nothing"
            hint = "give each a name of its own" if given else "for example cidr: 10.20.0.0/24"
            also = tuple((*path, key) for key in given)
            yield Finding(path, f"{message}; it must be one of {', '.join(_KEYS)}", hint, on_key=True, also=also)


@rule(
    "S222",
    "error",
    "EC2 opens the whole range, whatever address stands before the slash; a reviewer sees it.",
    reference="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html",
    example="load_balancer: {allow_from: {office: {cidr: 10.9.1.7/16}}}",
    mend="load_balancer: {allow_from: {office: {cidr: 10.9.0.0/16}}}",
)
def ranges(deployment: Deployment) -> Iterator[Finding]:
    for path, source in _named(deployment):
        if source.cidr is None:
            continue
        network = _network(source.cidr)
        if network is None:
            yield Finding((*path, "cidr"), f"{source.cidr} is not an address range", "for example 10.20.0.0/24")
        elif str(network) != source.cidr:
            address = ipaddress.ip_interface(source.cidr).ip
            one = "" if address == network[0] else f", or {address}/{network.max_prefixlen} for the one address"
            yield Finding((*path, "cidr"), f"EC2 makes {network} of {source.cidr}", f"write {network}{one}")


def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return None


@rule(
    "S223",
    "error",
    "An internal load balancer that anyone may reach trusts headers that anyone can write.",
    reference="https://docs.openwebui.com/features/authentication-access/auth/sso",
    example="load_balancer: {allow_from: {everybody: {cidr: 0.0.0.0/0}}}",
    mend="load_balancer: {allow_from: {proxy: {cidr: 10.20.0.0/24}}}",
)
def not_the_world(deployment: Deployment) -> Iterator[Finding]:
    for name, source in deployment.spec.load_balancer.allow_from.items():
        network = _network(source.cidr or "")
        if network is not None and network.prefixlen == 0:
            path = ("load_balancer", "allow_from", name, "cidr")
            yield Finding(path, f"{source.cidr} is everybody", "name the proxy's connectors, the VPN, the office")


@rule(
    "S224",
    "error",
    "EC2 refuses a rule that its group already has.",
    reference="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
    example="load_balancer: {allow_from: {office: {cidr: 10.9.0.0/16}, branch: {cidr: 10.9.0.0/16}}}",
    mend="load_balancer: {allow_from: {office: {cidr: 10.9.0.0/16}}}",
)
def each_once(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    for path, entries in (
        (("load_balancer", "allow_from"), spec.load_balancer.allow_from.items()),
        (("service", "egress"), spec.service.egress.items()),
        (("existing", "peers"), spec.existing.peers.items()),
    ):
        seen: dict[str, str] = {}
        for name, entry in entries:
            if hasattr(entry, "cidr") and not any(getattr(entry, key) for key in _KEYS):
                continue  # see S221
            first = seen.setdefault(str(entry), name)
            if first != name:
                also = ((*path, first),)
                yield Finding((*path, name), f"says the same as {first}", "keep one of the two", also=also)
    for name, destination in spec.service.egress.items():
        opened = _opened_anyway(spec).get((destination.security_group, destination.port))
        if opened:
            message = "the tasks may connect there already, as to something under existing"
            yield Finding(("service", "egress", name), message, "leave it out", also=(opened,))


def _opened_anyway(spec: Spec) -> dict[tuple[str | None, int], Path]:
    """Security groups and ports that tasks may connect to because they are under `existing`, and where."""
    existing = spec.existing
    groups = enumerate(existing.files.security_groups)
    return {
        (existing.database.security_group, existing.database.port): ("existing", "database", "security_group"),
        **{(group, NFS_PORT): ("existing", "files", "security_groups", index) for index, group in groups},
        **{(peer.security_group, peer.port): ("existing", "peers", name) for name, peer in existing.peers.items()},
    }


@rule(
    "S225",
    "warning",
    "The load balancer has IPv4 addresses alone, so nobody ever comes from an IPv6 range.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#ip-address-type",
    example='load_balancer: {allow_from: {office: {cidr: "2001:db8::/32"}}}',
    mend="load_balancer: {allow_from: {office: {cidr: 192.0.2.0/24}}}",
)
def reachable(deployment: Deployment) -> Iterator[Finding]:
    for name, source in deployment.spec.load_balancer.allow_from.items():
        network = _network(source.cidr or "")
        if network is not None and network.version == 6 and network.prefixlen:  # noqa: PLR2004 -- IPv6; else see S223
            path = ("load_balancer", "allow_from", name, "cidr")
            yield Finding(path, f"{source.cidr} cannot reach the load balancer", "name the IPv4 range, or remove it")
