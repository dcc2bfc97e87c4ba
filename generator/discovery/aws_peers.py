"""Services in the VPC that Open WebUI calls: from security groups, from Cloud Map, and from addresses in variables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from owscale.discovery.addresses import addresses, is_private
from owscale.discovery.aws_reader import AwsReader
from owscale.discovery.aws_security_groups import SecurityGroups, spec_name, unique_name
from owscale.discovery.plain_data import at, mappings, text
from owscale.discovery.running_service import Found, ServerAddress

_KEY = "existing.peers"
Peers = dict[str, Found[dict[str, str | int]]]


def by_security_groups(
    groups: SecurityGroups, members: Collection[str], other_groups: Collection[str], other_ports: Collection[int]
) -> Peers:
    """Return the groups that admit the tasks by the ID of their group, without the groups of known resources."""
    peers: Peers = {}
    for group in sorted(groups):
        if group in members or group in other_groups:
            continue
        admissions = [each for each in groups.admissions(group) if each.source in members]
        for port in sorted({each.single_port for each in admissions if each.single_port} - set(other_ports)):
            name = unique_name(groups.name(group), peers)
            value: dict[str, str | int] = {"security_group": group, "port": port}
            peers[name] = Found(value, "this security group admits the tasks")
    return peers


class Network(NamedTuple):
    """The VPC in which addresses are looked for, and its security groups."""

    reader: AwsReader
    vpc: str
    groups: SecurityGroups


def by_addresses(
    network: Network, environment: Mapping[str, str], other_groups: Collection[str], known: Peers
) -> tuple[Peers, list[ServerAddress]]:
    """Return the services of the VPC at the addresses in variables, and the addresses that are not found in the VPC.

    Cloud Map returns the network addresses of a name, and EC2 the security group of a network address.
    """
    names = CloudMap(network.reader)
    peers: Peers = {}
    unknown = []
    for address in addresses(environment):
        reached = {(each.value["security_group"], each.value["port"]) for each in (known | peers).values()}
        ips = [address.host] if is_private(address.host) else names.addresses(address.host)
        group = _security_group(network, ips[0]) if ips else ""
        if not group:
            unknown.append(address)
        elif group not in other_groups and (group, address.port) not in reached:
            label = (
                network.groups.name(group) if is_private(address.host) else spec_name(address.host.partition(".")[0])
            )
            name = unique_name(label, known | peers)
            value: dict[str, str | int] = {"security_group": group, "port": address.port}
            origin = f"{address.variable} names {address.host}"
            peers[name] = Found(value, origin if ips == [address.host] else f"{origin}, which is in Cloud Map")
    return peers, unknown


class CloudMap:
    """The services of the private namespaces of Cloud Map."""

    def __init__(self, reader: AwsReader) -> None:
        self._reader = reader
        self._namespaces: dict[str, str] | None = None

    def addresses(self, host: str) -> list[str]:
        """Return the network addresses of a name."""
        namespace = self._namespace(host)
        if not namespace:
            return []
        service = host.removesuffix(f".{namespace}")
        query = [{"Name": "NAMESPACE_ID", "Values": [self._list_namespaces()[namespace]]}]
        services = self._reader.items(_KEY, "servicediscovery:ListServices", "Services", Filters=query)
        found = next((text(each.get("Id")) for each in services if each.get("Name") == service), "")
        if not found:
            return []
        instances = self._reader.items(_KEY, "servicediscovery:ListInstances", "Instances", ServiceId=found)
        ips = [text(at(each, "Attributes", "AWS_INSTANCE_IPV4")) for each in instances]
        return [ip for ip in ips if ip]

    def name_of(self, service_arn: str) -> str:
        """Return the name under which a service of Cloud Map is found; "" if it is unknown."""
        for namespace, identifier in self._list_namespaces().items():
            query = [{"Name": "NAMESPACE_ID", "Values": [identifier]}]
            for each in self._reader.items(_KEY, "servicediscovery:ListServices", "Services", Filters=query):
                if each.get("Arn") == service_arn or text(each.get("Id")) == service_arn.rpartition("/")[2]:
                    return f"{text(each.get('Name'))}.{namespace}"
        return ""

    def _namespace(self, host: str) -> str:
        return max((name for name in self._list_namespaces() if host.endswith(f".{name}")), key=len, default="")

    def _list_namespaces(self) -> dict[str, str]:
        if self._namespaces is None:
            namespaces = self._reader.items(_KEY, "servicediscovery:ListNamespaces", "Namespaces")
            self._namespaces = {text(each.get("Name")): text(each.get("Id")) for each in namespaces}
        return self._namespaces


def _security_group(network: Network, ip: str) -> str:
    query = [{"Name": "addresses.private-ip-address", "Values": [ip]}, {"Name": "vpc-id", "Values": [network.vpc]}]
    interfaces = network.reader.items(_KEY, "ec2:DescribeNetworkInterfaces", "NetworkInterfaces", Filters=query)
    return next((text(group.get("GroupId")) for each in interfaces for group in mappings(each.get("Groups"))), "")
