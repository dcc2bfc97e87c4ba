"""The root module, its backend and its commands, as error hints name them."""

import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BackendConfig:
    """The backend of a root module; `plan_command` is the command line that plans this deployment.

    `program` is the terraform or tofu binary.
    """

    root: Path
    bucket: str
    key: str
    state_region: str
    table: str | None
    profile: str | None
    plan_command: str
    program: str = "terraform"

    @property
    def terraform_command(self) -> str:
        """The beginning of a `terraform` command line for this root module."""
        return f"{shlex.quote(self.program)} -chdir={shlex.quote(str(self.root))}"

    @property
    def login_command(self) -> str:
        """The command line that renews the credentials of the profile."""
        return f"aws sso login{self.profile_option}"

    @property
    def profile_option(self) -> str:
        """The end of an `aws` command line; empty without a profile."""
        return f" --profile {shlex.quote(self.profile)}" if self.profile else ""
