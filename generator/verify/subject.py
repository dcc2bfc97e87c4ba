"""What is verified: a spec, what Terraform made of it, and the ways to ask."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from generator.errors import UsageError
from generator.verify.outputs import Outputs

if TYPE_CHECKING:
    from generator.model import Spec

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """Where the load balancer is asked: its own name as a rule, or the near end of a tunnel."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def tls(self) -> bool:
        return self.scheme == "https"


def address(given: str | None, spec: Spec, outputs: Outputs) -> Address:
    """The address that was given, or the load balancer's. Raises UsageError for one that is no address."""
    listener = spec.load_balancer
    if given is None and spec.existing.certificate_arn:
        return Address("https", outputs.alb_dns_name, listener.https_port)
    if given is None:
        return Address("http", outputs.alb_dns_name, listener.http_port)
    try:
        parts = urlsplit(given)
        port, host = parts.port, parts.hostname
    except ValueError:
        host = port = None
    if not host or parts.scheme not in _PORTS or parts.username or parts.path.strip("/") or parts.query:
        raise UsageError("--address: must be http:// or https://, a host and, if it has one, a port, and nothing more")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme])


@dataclass(frozen=True)
class Subject:
    """A deployment that was applied.

    `ask` calls AWS: a service of boto3, one of its operations, and the arguments. `profile` is for the commands that
    are told. `server_name` is what the certificate must be for; None where nobody knows. `patience` is how many seconds
    one answer of the load balancer may take.
    """

    spec: Spec
    outputs: Outputs
    address: Address
    ask: Callable[..., dict[str, Any]]
    profile: str | None = None
    server_name: str | None = None
    patience: float = 10

    @property
    def host(self) -> str:
        """The Host header that browsers' requests carry."""
        public = self.spec.app.public_url
        return urlsplit(public).netloc if public else self.outputs.alb_dns_name

    @property
    def least_tasks(self) -> int:
        spec = self.spec
        return spec.autoscaling.min if spec.autoscaling.enabled else spec.service.instances

    def command(self, *words: str) -> str:
        """A command of the AWS CLI, to copy."""
        profile = ("--profile", self.profile) if self.profile else ()
        return shlex.join(("aws", *words, *profile, "--region", self.spec.aws.region))

    @property
    def logs(self) -> str:
        """The command that shows what the tasks say."""
        return self.command("logs", "tail", self.outputs.log_group_name, "--since", "30m")
