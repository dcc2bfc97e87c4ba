"""Requirements of the generated Terraform."""

from typing import Literal

from pydantic import Field

from owscale.spec.models.base import Section


class TerraformRequirements(Section):
    """Requirements of the generated Terraform. Terraform itself has to be 1.11 or newer."""

    aws_provider: Literal[5, 6] = Field(
        default=5,
        description="Major version of the AWS provider. With 6 the Redis token is not in the Terraform state, and you "
        "commit the lock file that `terraform init` writes.",
    )
