"""Where the deployment lives, and where Terraform keeps its state."""

from pydantic import Field

from generator.model.base import Section
from generator.model.types import (
    AccountId,
    KmsKeyArn,
    ProfileName,
    Region,
    S3Bucket,
    S3Key,
    TableName,
    TagKey,
    TagValue,
)


class Aws(Section):
    """The account and the region."""

    region: Region = Field(description="Region of everything that is created.")
    profile: ProfileName | None = Field(
        default=None, description="AWS CLI profile of the provider and the backend. Left out: the environment's own."
    )
    account_id: AccountId | None = Field(
        default=None, description="The only account that Terraform may work in; any other is refused before a plan."
    )
    fargate_vcpu_quota: float | None = Field(
        default=None,
        gt=0,
        le=1000000,
        description="The account's quota of Fargate On-Demand vCPU, less what others use. Left out: not checked.",
    )
    tags: dict[TagKey, TagValue] = Field(
        default_factory=dict,
        description="Tags of everything that is created, beside Deployment, Environment and ManagedBy.",
    )


class State(Section):
    """The S3 backend. Bucket and table must exist before `terraform init`."""

    bucket: S3Bucket = Field(description="Existing bucket of the state file. The file is always encrypted.")
    key: S3Key = Field(description="Path of the state file in the bucket; one path for each environment.")
    region: Region | None = Field(default=None, description="Region of the bucket. Left out: aws.region.")
    dynamodb_table: TableName | None = Field(
        default=None, description="Existing DynamoDB table of the lock. Terraform 1.11 and later warn of it."
    )
    use_lockfile: bool = Field(
        default=False,
        description="Lock with a file beside the state. May stand with dynamodb_table while a team moves.",
    )
    kms_key_arn: KmsKeyArn | None = Field(
        default=None, description="Customer-managed key of the state file. Left out: the bucket's own encryption."
    )
