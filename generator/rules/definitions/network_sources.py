"""Named sources and destinations of connections: `allow_from`, `egress` and `peers`."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from owscale.domain.aws import ecr
from owscale.domain.openwebui import environment
from owscale.domain.ports import NFS_PORT
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment
from owscale.spec.document import Path

if TYPE_CHECKING:
    from owscale.spec.models import Spec
    from owscale.spec.models.service import Destination, Source

_HTTPS_PORT = 443
_KINDS = ("cidr", "prefix_list", "security_group")
_PUBLIC_REGISTRIES = {"docker.io", "gcr.io", "ghcr.io", "public.ecr.aws", "quay.io"}
_PRIVATE_RANGES = tuple(
    map(ipaddress.IPv4Network, ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"))
)
"""Address ranges without public servers: https://www.rfc-editor.org/rfc/rfc6890"""


def _named_sources(deployment: Deployment) -> Iterator[tuple[Path, Source]]:
    spec = deployment.spec
    for name, source in spec.load_balancer.allow_from.items():
        yield ("load_balancer", "allow_from", name), source
    for name, destination in spec.service.egress.items():
        yield ("service", "egress", name), destination


@rule(
    "S221",
    "error",
    checks="Checks that each entry of `allow_from` and `egress` has exactly one range, prefix list or security group.",
    rationale="A security group rule has one source or destination.",
    reference="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleRequest.html",
    example="load_balancer: {allow_from: {office: {cidr: 10.9.0.0/16, security_group: sg-33333333}}}",
    fixed_example="load_balancer: {allow_from: {office: {cidr: 10.9.0.0/16}, proxy: {security_group: sg-33333333}}}",
)
def single_source(deployment: Deployment) -> Iterator[Finding]:
    for path, source in _named_sources(deployment):
        keys = [key for key in _KINDS if getattr(source, key) is not None]
        if len(keys) != 1:
            message = f"must have one of {', '.join(_KINDS)}, not {' and '.join(keys) or 'none'}"
            hint = "split it into two entries with different names" if keys else "add one, such as `cidr: 10.20.0.0/24`"
            related = tuple((*path, key) for key in keys)
            yield Finding(path, message, hint, at_key=True, related=related)


@rule(
    "S222",
    "error",
    checks="Checks that each `cidr` is an address range that begins with its first address.",
    rationale="EC2 opens the whole range, not only the address before the slash; a reviewer must see that range.",
    reference="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html",
    example="load_balancer: {allow_from: {office: {cidr: 10.9.1.7/16}}}",
    fixed_example="load_balancer: {allow_from: {office: {cidr: 10.9.0.0/16}}}",
)
def address_range(deployment: Deployment) -> Iterator[Finding]:
    for path, source in _named_sources(deployment):
        if source.cidr is None:
            continue
        network = _network(source.cidr)
        if network is None:
            message = f"{source.cidr} is not an address range"
            yield Finding((*path, "cidr"), message, "write a range such as 10.20.0.0/24")
        elif str(network) != source.cidr:
            address = ipaddress.ip_interface(source.cidr).ip
            single = "" if address == network[0] else f", or {address}/{network.max_prefixlen} for this address only"
            yield Finding((*path, "cidr"), f"EC2 changes {source.cidr} to {network}", f"write {network}{single}")


@functools.lru_cache(maxsize=1024)  # several rules ask for each range
def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return None


@rule(
    "S223",
    "error",
    checks="Checks that no entry of `load_balancer.allow_from` allows every address.",
    rationale="If everyone can connect, everyone can send the headers that Open WebUI trusts.",
    reference="https://docs.openwebui.com/features/authentication-access/auth/sso",
    example="load_balancer: {allow_from: {everybody: {cidr: 0.0.0.0/0}}}",
    fixed_example="load_balancer: {allow_from: {proxy: {cidr: 10.20.0.0/24}}}",
)
def open_to_everyone(deployment: Deployment) -> Iterator[Finding]:
    for name, source in deployment.spec.load_balancer.allow_from.items():
        network = _network(source.cidr or "")
        if network is not None and network.prefixlen == 0:
            path = ("load_balancer", "allow_from", name, "cidr")
            hint = "name the connectors of the proxy, the VPN or the office"
            yield Finding(path, f"{source.cidr} allows every address", hint)


@rule(
    "S224",
    "error",
    checks="Checks that no two entries of `allow_from`, `egress` and `existing` open the same connection.",
    rationale="EC2 rejects a rule that the security group has already.",
    reference="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
    example="load_balancer: {allow_from: {office: {cidr: 10.9.0.0/16}, branch: {cidr: 10.9.0.0/16}}}",
    fixed_example="load_balancer: {allow_from: {office: {cidr: 10.9.0.0/16}}}",
    other_keys=("existing.database.security_group", "existing.peers", "service.egress"),
)
def duplicate_rules(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    for path, entries in (
        (("load_balancer", "allow_from"), spec.load_balancer.allow_from.items()),
        (("service", "egress"), spec.service.egress.items()),
        (("existing", "peers"), spec.existing.peers.items()),
    ):
        names: dict[str, str] = {}
        for name, entry in entries:
            if hasattr(entry, "cidr") and not any(getattr(entry, key) for key in _KINDS):
                continue  # S221 reports it
            first = names.setdefault(str(entry), name)
            if first != name:
                related = ((*path, first),)
                yield Finding((*path, name), f"is the same as {first}", "remove one of the two", related=related)
    existing = _existing_connections(spec)
    for name, destination in spec.service.egress.items():
        key = existing.get((destination.security_group, destination.port))
        if key and destination.protocol == "tcp" and destination.to_port is None:
            message = "a key under `existing` already allows this connection"
            yield Finding(("service", "egress", name), message, "remove this entry", related=(key,))


def _existing_connections(spec: Spec) -> dict[tuple[str | None, int], Path]:
    """Return the keys under `existing` by the security group and the port that each lets the tasks connect to."""
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
    checks="Checks that `load_balancer.allow_from` has no IPv6 range.",
    rationale="The load balancer has only IPv4 addresses, so no client connects from an IPv6 address.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#ip-address-type",
    example='load_balancer: {allow_from: {office: {cidr: "2001:db8::/32"}}}',
    fixed_example="load_balancer: {allow_from: {office: {cidr: 10.9.0.0/16}}}",
)
def ipv6_source(deployment: Deployment) -> Iterator[Finding]:
    for name, source in deployment.spec.load_balancer.allow_from.items():
        network = _network(source.cidr or "")
        # S223 reports ::/0.
        if isinstance(network, ipaddress.IPv6Network) and network.prefixlen:
            path = ("load_balancer", "allow_from", name, "cidr")
            message = f"clients in {source.cidr} cannot reach the load balancer, which has only IPv4 addresses"
            yield Finding(path, message, "write the IPv4 range, or remove the entry")


@rule(
    "S231",
    "error",
    checks="Checks that tasks can reach the services that they need on port 443: for image, secrets, log and sign-in.",
    rationale="A task of Fargate loads its image and secrets, and writes its log, through its own network interface. "
    "Without these connections no task starts. The entries of `egress` replace the default, which allows port 443.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
    example="service: {egress: {models: {cidr: 10.20.0.0/16, port: 11434}}}",
    fixed_example="service: {egress: {https: {cidr: 0.0.0.0/0}, models: {cidr: 10.20.0.0/16, port: 11434}}}",
    other_keys=("app.environment", "app.image", "app.secrets"),
)
def missing_destinations(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    ranges = _destinations(spec, _HTTPS_PORT)
    for purpose, is_reached, entry in (
        *_image_destinations(spec),
        ("Secrets Manager and CloudWatch Logs", ranges.cidr or ranges.security_group, "aws: {cidr: 0.0.0.0/0}"),
        *_sign_in_destinations(spec, ranges),
        *_storage_destinations(spec, ranges),
    ):
        if not is_reached:
            hint = f"add `{entry}`, or a smaller range"
            if "prefix_list" in entry:
                hint = f"add `{entry}` with the prefix list of S3 in {spec.aws.region}"
            yield Finding(("service", "egress"), f"tasks cannot reach {purpose}", hint, at_key=True)


class _Reach(NamedTuple):
    """The kinds of destinations that tasks can reach on one port; `internet` is a range of public addresses."""

    cidr: bool
    internet: bool
    prefix_list: bool
    security_group: bool


def _destinations(spec: Spec, port: int) -> _Reach:
    entries = [entry for entry in spec.service.egress.values() if _has_port(entry, port)]
    networks = [_network(entry.cidr or "") for entry in entries]
    ranges = [network for network in networks if isinstance(network, ipaddress.IPv4Network)]  # tasks have no IPv6
    return _Reach(
        bool(ranges),
        any(not any(map(network.subnet_of, _PRIVATE_RANGES)) for network in ranges),
        any(entry.prefix_list for entry in entries),
        any(entry.security_group for entry in entries),
    )


def _has_port(entry: Destination, port: int) -> bool:
    return entry.protocol == "tcp" and entry.port <= port <= (entry.to_port or entry.port)


def _image_destinations(spec: Spec) -> Iterator[tuple[str, bool, str]]:
    """Yield the registry of the image, and S3 for an image in ECR, which keeps layers there."""
    host, _, path = spec.app.image.partition("/")
    host = host if path and re.search("[.:]", host) else "docker.io"
    name, _, given_port = host.partition(":")
    port = int(given_port) if given_port.isdecimal() else _HTTPS_PORT
    reach, other_port = _destinations(spec, port), f", port: {port}" if port != _HTTPS_PORT else ""
    if ecr.repository_arn(spec.app.image):
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
        yield f"{name} for their image", reach.cidr or reach.security_group, "ecr: {cidr: 0.0.0.0/0}"
        yield "S3 for the layers of their image", reach.cidr or reach.prefix_list, "s3: {prefix_list: pl-…}"
    elif name in _PUBLIC_REGISTRIES:
        yield f"{name} for their image", reach.internet, "registry: {cidr: 0.0.0.0/0}"
    else:
        is_reached = reach.cidr or reach.security_group or reach.prefix_list
        yield f"{host} for their image", is_reached, f"registry: {{cidr: 0.0.0.0/0{other_port}}}"


def _sign_in_destinations(spec: Spec, reach: _Reach) -> Iterator[tuple[str, bool, str]]:
    """Yield the identity providers; the provider of OpenID Connect may be a private server on any port."""
    for provider in environment.sign_in_providers(spec).values():
        if provider != "oidc":
            yield f"the sign-in of {provider.capitalize()}", reach.internet, f"{provider}: {{cidr: 0.0.0.0/0}}"


def _storage_destinations(spec: Spec, reach: _Reach) -> Iterator[tuple[str, bool, str]]:
    if spec.app.environment.get("STORAGE_PROVIDER") == "s3":
        yield "S3 for uploaded files", reach.cidr or reach.prefix_list, "s3: {prefix_list: pl-…}"


@rule(
    "S232",
    "error",
    checks="Checks that a range of ports in `egress` ends after it begins.",
    rationale="EC2 rejects a range whose last port is not above its first one.",
    reference="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html",
    example="service: {egress: {https: {cidr: 0.0.0.0/0}, tools: {cidr: 10.20.0.0/16, port: 8000, to_port: 80}}}",
    fixed_example="service: {egress: {https: {cidr: 0.0.0.0/0}, tools: {cidr: 10.20.0.0/16, port: 80, to_port: 8000}}}",
)
def port_range(deployment: Deployment) -> Iterator[Finding]:
    for name, entry in deployment.spec.service.egress.items():
        if entry.to_port is not None and entry.to_port <= entry.port:
            path = ("service", "egress", name)
            hint = "write a higher port, or remove it for one port"
            message = f"the range ends at {entry.to_port}, and begins at {entry.port}"
            yield Finding((*path, "to_port"), message, hint, related=((*path, "port"),))
