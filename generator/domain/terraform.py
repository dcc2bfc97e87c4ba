"""The versions of Terraform and of the AWS provider that the generated code requires, and how the providers differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from owscale.spec.models import Spec

OLDEST_TERRAFORM = "1.11"
"""The first release of Terraform, and of OpenTofu, with write-only arguments. They keep secrets out of the state.

https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only
https://github.com/opentofu/opentofu/blob/v1.11/CHANGELOG.md
"""


class AwsProvider(NamedTuple):
    """A major version of the AWS provider, and what its schema means for the templates.

    `constraint`: the releases that the generated code accepts. The first one is the release whose schema the tests know.
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
