"""The versions of Terraform and of the AWS provider that the generated code requires, and how the providers differ."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from owscale.spec.models import Spec

OLDEST_TERRAFORM = "1.11"
"""The first release of Terraform, and of OpenTofu, with write-only arguments. They keep secrets out of the state.

https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only
https://github.com/opentofu/opentofu/blob/v1.11/CHANGELOG.md
"""


PROFILE_VARIABLE = "TF_VAR_aws_profile"
"""The environment variable for the profile of the root module. Empty, it means the credentials of the environment."""

LOCK_FILE = ".terraform.lock.hcl"
"""The file with the versions and checksums of providers. Terraform and OpenTofu write it at the first init."""


class Product(NamedTuple):
    """A program that runs the generated code: its name, where to install it, and its registry of providers."""

    name: str
    install_url: str
    registry: str

    @property
    def requirement(self) -> str:
        """The product with the oldest release that suits, as a hint names it."""
        return f"{self.name} {OLDEST_TERRAFORM} or newer: {self.install_url}"


TERRAFORM = Product("Terraform", "https://developer.hashicorp.com/terraform/install", "registry.terraform.io")
OPENTOFU = Product("OpenTofu", "https://opentofu.org/docs/intro/install/", "registry.opentofu.org")


def same_registry(provider: str) -> str:
    """Return the address of a provider as Terraform writes it: OpenTofu has a registry of its own for the same names.

    https://opentofu.org/docs/language/providers/requirements/#source-addresses
    """
    host, slash, name = provider.partition("/")
    return f"{TERRAFORM.registry if host == OPENTOFU.registry else host}{slash}{name}"


def product_of(program: str) -> Product:
    """Return the product that a program is, by its name: `tofu version -json` names no product."""
    return OPENTOFU if PurePath(program).name.startswith("tofu") else TERRAFORM


class AwsProvider(NamedTuple):
    """A major version of the AWS provider, and the properties of its schema that the templates use.

    `constraint`: the releases that the generated code accepts; the tests have the schema of the first one.
    `region_attribute`: the attribute of `data.aws_region` with the name of the region; in 6 `name` is deprecated.
    `has_write_only_token`: whether `aws_elasticache_replication_group` has `auth_token_wo` (since 6.62).
    `has_lock_file`: whether owscale has the checksums of the release for all platforms.
    """

    constraint: str
    region_attribute: str
    has_write_only_token: bool
    has_lock_file: bool


AWS_PROVIDERS = {
    5: AwsProvider("~> 5.100", region_attribute="name", has_write_only_token=False, has_lock_file=True),
    6: AwsProvider("~> 6.69", region_attribute="region", has_write_only_token=True, has_lock_file=False),
}
"""The major versions that a spec can choose. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-6-upgrade"""


def aws_provider(spec: Spec) -> AwsProvider:
    """Return the AWS provider of a deployment."""
    return AWS_PROVIDERS[spec.terraform.aws_provider]
