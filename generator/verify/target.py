"""The deployment under test: its spec, its Terraform outputs, and how to reach it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from owscale.aws_api.calls import Caller
from owscale.errors import UsageError
from owscale.verify.terraform_outputs import TerraformOutputs

if TYPE_CHECKING:
    from owscale.spec.models import Spec
    from owscale.verify.visitor import Visitor

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """The address of the load balancer, or of the local end of a tunnel to it."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def is_tls(self) -> bool:
        """Whether requests use TLS."""
        return self.scheme == "https"


def resolve_address(url: str | None, spec: Spec, outputs: TerraformOutputs, *, option: str = "--address") -> Address:
    """Return the address of the URL of an option, or for None the address of the load balancer.

    Raises UsageError for a text that is not a URL of scheme, host and optional port.
    """
    listener = spec.load_balancer
    if url is None and spec.existing.certificate_arn:
        return Address("https", outputs.alb_dns_name, listener.https_port)
    if url is None:
        return Address("http", outputs.alb_dns_name, listener.http_port)
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        host = port = None
    if not host or parts.scheme not in _DEFAULT_PORTS or parts.username or parts.path.strip("/") or parts.query:
        raise UsageError(
            f"{option}: not a URL of scheme, host and optional port",
            hint="write it as http://HOST:PORT or https://HOST:PORT",
        )
    return Address(parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme])


@dataclass(frozen=True)
class Target:
    """An applied deployment.

    `call_aws` calls an AWS API by its name, such as `ecs:DescribeServices`. `profile` is the AWS profile in the
    commands of hints. `server_name` is the host that the certificate must be valid for; None skips that comparison.
    `timeout_seconds` limits one response of the load balancer. `visitor` is the user of the checks of tasks; None where
    they do not run. `has_credentials` means that requests sign in, so that the certificate counts.
    """

    spec: Spec
    outputs: TerraformOutputs
    address: Address
    call_aws: Caller
    profile: str | None = None
    server_name: str | None = None
    timeout_seconds: float = 10
    visitor: Visitor | None = None
    has_credentials: bool = False

    @property
    def host(self) -> str:
        """The Host header of requests from browsers."""
        public_url = self.spec.app.public_url
        return urlsplit(public_url).netloc if public_url else self.outputs.alb_dns_name

    def aws_command(self, *words: str) -> str:
        """Return a complete command of the AWS CLI, for a hint."""
        profile = ("--profile", self.profile) if self.profile else ()
        return shlex.join(("aws", *words, *profile, "--region", self.spec.aws.region))

    @property
    def log_command(self) -> str:
        """The command that prints the recent log of the tasks."""
        return self.aws_command("logs", "tail", self.outputs.log_group_name, "--since", "30m")
