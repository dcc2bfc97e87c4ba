"""The AWS account and region of a deployment, and the backend of its Terraform state."""

from pydantic import Field

from owscale.spec.models.base import Section
from owscale.spec.models.types import (
    AccountId,
    ProfileName,
    Region,
    S3Bucket,
    S3Key,
    StateKmsKeyArn,
    TableName,
    TagKey,
    TagValue,
)


class Aws(Section):
    """AWS account and region of the deployment."""

    region: Region = Field(description="Region of all resources of the deployment.")
    profile: ProfileName | None = Field(
        default=None,
        description="AWS CLI profile of the provider and the backend. If omitted, the credentials come from the "
        "environment, such as `AWS_PROFILE`.",
    )
    account_id: AccountId | None = Field(
        default=None,
        description="The only account that Terraform may change. In any other account, Terraform stops before it "
        "plans.",
    )
    fargate_vcpu_quota: float | None = Field(
        default=None,
        gt=0,
        le=1000000,
        description="Quota of the account for Fargate On-Demand vCPU, less the vCPU that others use. If omitted, the "
        "quota is not checked.",
    )
    tags: dict[TagKey, TagValue] = Field(
        default_factory=dict,
        description="Tags of all resources of the deployment, in addition to `Deployment`, `Environment` and "
        "`ManagedBy`.",
    )


class State(Section):
    """S3 backend of the Terraform state. The bucket and the lock table must exist before `terraform init`."""

    bucket: S3Bucket = Field(description="Existing bucket of the state file, which is always encrypted.")
    key: S3Key = Field(description="Path of the state file in the bucket. Each environment needs a path of its own.")
    region: Region | None = Field(default=None, description="Region of the bucket. If omitted, `aws.region`.")
    dynamodb_table: TableName | None = Field(
        default=None,
        description="Existing DynamoDB table for the state lock. Terraform 1.11 and later print a deprecation warning.",
    )
    use_lockfile: bool = Field(
        default=False,
        description="Whether a file beside the state file is the state lock. Can be combined with `dynamodb_table` "
        "while a team migrates.",
    )
    kms_key_arn: StateKmsKeyArn | None = Field(
        default=None,
        description="Customer managed KMS key of the state file. If omitted, the default encryption of the bucket.",
    )
