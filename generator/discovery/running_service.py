"""A running Open WebUI as a source describes it. Every source fills in these classes; the proposal reads them.

A field is None if the source does not have the value. A source of AWS reads most fields, a file only some.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    """A value with its origin, which is a comment in the spec; `confirm` is a question to a person, if any."""

    value: T
    origin: str
    confirm: str = ""


@dataclass(frozen=True)
class Secret:
    """A variable whose value is elsewhere.

    `arn` is the ARN of a secret of Secrets Manager as a spec takes it, or "". `problem` is the reason why there is
    none, and `copy_command` prints the value for the command that stores it; "" if a person has to type it.
    """

    arn: str = ""
    problem: str = ""
    copy_command: str = ""


class ServerAddress(NamedTuple):
    """A host and a port in the value of a variable."""

    variable: str
    host: str
    port: int


@dataclass
class Container:
    """The container of Open WebUI. `environment` may contain secrets: no text of it is printed as it is."""

    origin: str
    image: str = ""
    running_digest: str = ""
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    unset: list[str] = field(default_factory=list)
    """Variables whose values the source takes from elsewhere, such as from the shell."""
    secrets: dict[str, Secret] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    """Files and objects with more variables, which are not read."""
    registry_credentials: str = ""
    value_command: str = ""
    """Prints the value of the plain variable NAME; "" if a person has to type it."""


@dataclass
class Volume:
    """The volume of the data directory. `path` is where the container mounts it."""

    path: str
    origin: str
    kind: str
    file_system: str = ""
    access_point: str = ""
    root_directory: str = ""


@dataclass
class DatabaseCandidate:
    """A PostgreSQL database that the service may use. `group` is its security group that admits the tasks."""

    name: str
    group: str
    port: int
    origin: str
    endpoint: str = ""
    kind: str = ""
    """`cluster` for Aurora, `instance` for RDS, "" for another server; `name` is its identifier."""
    confirm: str = ""
    max_connections: Found[int] | None = None


@dataclass
class ServiceBalancer:
    """The load balancer of the service. `sources` has the admitted sources by name, in the form of `allow_from`."""

    name: str
    is_internal: bool
    certificate_arn: str = ""
    hosts: tuple[str, ...] = ()
    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    is_open: bool = False
    idle_timeout_seconds: int | None = None
    stickiness_seconds: int | None = None
    deregistration_delay_seconds: int | None = None


@dataclass
class RunningService:
    """All that is known of a running Open WebUI.

    `gaps` has, by the key of the spec, the reason why a part of the account could not be read. `notes` are for the
    report.
    """

    title: str
    container: Container
    vcpu: Found[float] | None = None
    memory_gb: Found[float] | None = None
    architecture: Found[str] | None = None
    ephemeral_storage_gb: Found[int] | None = None
    tasks: Found[int] | None = None
    exec: bool = False
    volume: Volume | None = None
    region: Found[str] | None = None
    account_id: Found[str] | None = None
    profile: str = ""
    cluster: Found[str] | None = None
    container_insights: bool = False
    service: Found[str] | None = None
    tags: dict[str, str] = field(default_factory=dict)
    vpc: Found[str] | None = None
    subnets: Found[tuple[str, ...]] | None = None
    files_groups: Found[tuple[str, ...]] | None = None
    access_point: Found[str] | None = None
    databases: list[DatabaseCandidate] = field(default_factory=list)
    peers: dict[str, Found[dict[str, str | int]]] = field(default_factory=dict)
    unknown_addresses: list[ServerAddress] = field(default_factory=list)
    """Addresses in variables whose servers are not found in the VPC."""
    load_balancer: ServiceBalancer | None = None
    scaling: Found[tuple[int, int]] | None = None
    log_retention_days: Found[int] | None = None
    alarm_topics: tuple[str, ...] = ()
    secret_keys: tuple[str, ...] = ()
    """KMS keys of the secrets."""
    other_keys: dict[str, str] = field(default_factory=dict)
    """Other KMS keys, each with the resource that it encrypts."""
    task_policies: tuple[str, ...] = ()
    inline_policies: tuple[str, ...] = ()
    is_discovered_by_name: str = ""
    """The name under which Cloud Map has the service."""
    gaps: dict[str, str] = field(default_factory=dict)
    left_behind: list[str] = field(default_factory=list)
    """Parts of the source that a spec cannot contain, each as a sentence."""
