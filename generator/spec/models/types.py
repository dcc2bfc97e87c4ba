"""Annotated string types for IDs, ARNs and names, each with its format and an example for messages.

The formats follow the AWS API references. The service that gets a value limits its length and its characters.
Patterns are Rust regular expressions, the default of pydantic: `$` matches only the end of the text.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field


@dataclass(frozen=True)
class StringFormat:
    """Format of a string: `description` completes "must be …", and `example` is a valid value as a spec writes it."""

    description: str
    example: str


STRING_FORMATS: dict[str, StringFormat] = {}
"""Every format by its pattern, because an error of pydantic contains only the pattern."""


def _string_format(pattern: str, description: str, example: str, max_length: int | None = None) -> Any:
    STRING_FORMATS[pattern] = StringFormat(description, example)
    return Field(pattern=pattern, max_length=max_length, examples=[example])


def one_line(description: str, example: str, min_length: int, max_length: int) -> Any:
    """Return the field of a free text on one line; the dot of a Rust pattern does not match a line break."""
    pattern = r"^\S(?:.*\S)?$"
    STRING_FORMATS[pattern] = StringFormat(description, example)
    return Field(pattern=pattern, min_length=min_length, max_length=max_length, examples=[example])


def _arn(service: str, resource: str, description: str, example: str) -> Any:
    pattern = rf"^arn:aws[a-z-]{{0,16}}:{service}:[a-z0-9-]{{1,32}}:[0-9]{{12}}:{resource}$"
    return _string_format(pattern, description, f"arn:aws:{service}:us-east-1:111122223333:{example}")


# IDs of resources have 17 hexadecimal digits; those of resources from before 2016 have 8.
_ID = "[0-9a-f]{8}(?:[0-9a-f]{9})?"
# The S3 backend of Terraform accepts no other IDs of KMS keys: v1.11.4, internal/backend/remote-state/s3/validate.go.
_STATE_KEY_ID = "(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})"
_HOUR = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)"
_WORD = "[A-Za-z_][A-Za-z0-9_-]*"
_INDEX = r'(?:\[(?:[0-9]+|"[^"\\]+")\])?'
_SECRET_ID = r"secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}"

AccessPointId = Annotated[
    str, _string_format(rf"^fsap-{_ID}$", "the ID of an EFS access point", "fsap-0123456789abcdef0")
]
AccountId = Annotated[str, _string_format("^[0-9]{12}$", "an AWS account ID of 12 digits, in quotes", '"111122223333"')]
CertificateArn = Annotated[
    str, _arn("acm", "certificate/[0-9a-f-]{36}", "the ARN of an ACM certificate", "certificate/" + "0" * 36)
]
CidrBlock = Annotated[
    str,
    _string_format(
        "^(?:[0-9]{1,3}(?:[.][0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-fA-F:]*:[0-9a-fA-F:]*/[0-9]{1,3})$",
        "an address range in CIDR notation",
        "10.20.0.0/24",
        64,
    ),
]
ClusterName = Annotated[str, _string_format("^[A-Za-z0-9_-]{1,255}$", "the name of an ECS cluster", "chat")]
DailyWindow = Annotated[str, _string_format(f"^{_HOUR}-{_HOUR}$", "a daily time window in UTC", "03:00-04:00")]
DatabaseId = Annotated[
    str,
    _string_format(
        "^[a-z](?:-?[a-z0-9])*$", "the identifier of an RDS instance or Aurora cluster in lower case", "chat", 63
    ),
]
DeploymentName = Annotated[
    str,
    _string_format(
        "^[a-z0-9]+(?:-[a-z0-9]+)*$", "lower-case letters and digits joined by single hyphens", "company-chat", 64
    ),
]
Email = Annotated[
    str, _string_format('^[^@\\s,;<>"]+@[^@\\s,;<>"]+[.][A-Za-z]{2,}$', "an email address", "platform@example.com", 254)
]
EngineVersion = Annotated[str, _string_format("^[0-9]{1,2}[.][0-9]{1,2}$", "a version such as 7.1, in quotes", '"7.1"')]
FileSystemId = Annotated[str, _string_format(rf"^fs-{_ID}$", "the ID of an EFS file system", "fs-0123456789abcdef0")]
GlobPattern = Annotated[
    str,
    _string_format(
        "^[A-Za-z0-9_.*?-]+(?:/[A-Za-z0-9_.*?-]+)*$",
        "a path in the folder of the deployment, with the wildcards `*` and `?`",
        "modules/monitoring/dashboard.tf",
        255,
    ),
]
HttpsOrigin = Annotated[
    str,
    _string_format(
        "^https://[a-z0-9-]+(?:[.][a-z0-9-]+)+(?::[0-9]{1,5})?$",
        "an HTTPS origin without a path or a trailing slash",
        "https://chat.example.com",
    ),
]
HttpStatus = Annotated[str, _string_format("^[2-4][0-9]{2}$", "an HTTP status from 200 to 499, in quotes", '"200"')]
Image = Annotated[
    str,
    _string_format(
        "^[a-z0-9][a-z0-9._:/-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$",
        "a container image",
        "ghcr.io/open-webui/open-webui:v0.12.4",
        327,
    ),
]
KmsKeyArn = Annotated[str, _arn("kms", "key/[0-9a-zA-Z-]{36,40}", "the ARN of a KMS key", "key/" + "0" * 36)]
Name = Annotated[
    str,
    _string_format(
        "^[a-z][a-z0-9_]{0,62}$", "a name of lower-case letters, digits and underscores", "entra_connectors"
    ),
]
NodeType = Annotated[
    str, _string_format("^cache[.][a-z0-9]+[.][a-z0-9]+$", "an ElastiCache node type", "cache.t3.micro", 64)
]
PolicyArn = Annotated[
    str,
    _string_format(
        "^arn:aws[a-z-]{0,16}:iam::(?:aws|[0-9]{12}):policy/[A-Za-z0-9+=,.@_/-]{1,640}$",
        "the ARN of an IAM policy",
        "arn:aws:iam::111122223333:policy/bedrock",
    ),
]
PrefixListId = Annotated[str, _string_format(rf"^pl-{_ID}$", "the ID of a prefix list", "pl-0123456789abcdef0")]
ProfileName = Annotated[
    str, _string_format("^[A-Za-z0-9_.@/+-]{1,128}$", "the name of an AWS CLI profile", "111122223333_Operator")
]
RelativePath = Annotated[
    str,
    _string_format(
        "^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$",
        "a relative path of letters, digits, `_`, `.` and `-`, without `..`",
        "extra",
        255,
    ),
]
Region = Annotated[str, _string_format("^[a-z]{2}(?:-[a-z]+)+-[0-9]$", "an AWS region", "us-east-1", 32)]
ResourceAddress = Annotated[
    str,
    _string_format(
        rf"^(?:module\.{_WORD}{_INDEX}\.)*[a-z][a-z0-9_]*\.{_WORD}{_INDEX}$",
        "the exact address of a resource, as in a Terraform plan",
        "module.redis.aws_elasticache_replication_group.this",
        512,
    ),
]
S3Bucket = Annotated[
    str,
    _string_format(
        "^[a-z0-9](?:[.]|[.]?[a-z0-9-](?:[.]?[a-z0-9-])*[.]?)[a-z0-9]$",
        "3 to 63 lower-case letters, digits, hyphens and single dots, a letter or digit at both ends",
        "terraform-states",
        63,
    ),
]
S3Key = Annotated[
    str,
    _string_format(
        "^[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*$",
        "a path of letters, digits, `_`, `.` and `-`, without a slash at either end",
        "production/chat/terraform.tfstate",
        900,
    ),
]
SecretArn = Annotated[
    str,
    _arn(
        "secretsmanager",
        _SECRET_ID,
        "the full ARN of a secret, including the six random characters at its end",
        "secret:chat/key-AbCdEf",
    ),
]
SecretReference = Annotated[
    str,
    _arn(
        "secretsmanager",
        _SECRET_ID + "(?::[A-Za-z0-9_.-]{1,255}::)?",
        "the full ARN of a secret, including the six random characters at its end (and `:key::` for one key of it)",
        "secret:chat/database-AbCdEf",
    ),
]
SecurityGroupId = Annotated[str, _string_format(rf"^sg-{_ID}$", "the ID of a security group", "sg-0123456789abcdef0")]
ServiceName = Annotated[
    str,
    _string_format(
        "^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$",
        "lower-case letters and digits joined by single hyphens, a letter first",
        "chat-scaled",
        32,
    ),
]
StateKmsKeyArn = Annotated[
    str,
    _arn(
        "kms",
        f"key/{_STATE_KEY_ID}",
        "the ARN of a KMS key whose ID the S3 backend of Terraform accepts",
        "key/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    ),
]
SubnetId = Annotated[str, _string_format(rf"^subnet-{_ID}$", "the ID of a subnet", "subnet-0123456789abcdef0")]
TableName = Annotated[
    str, _string_format("^[A-Za-z0-9_.-]{3,255}$", "the name of a DynamoDB table", "terraform-state-locks")
]
TagKey = Annotated[  # a repetition of so large a character class, such as {1,128}, takes 100 ms to compile
    str,
    _string_format(
        r"^[\p{L}\p{N} _.:/=+@-]+$", "a tag key of letters, digits, spaces and `_.:/=+@-`", "cost-center", 128
    ),
]
TagValue = Annotated[
    str,
    _string_format(
        r"^[\p{L}\p{N} _.:/=+@-]*$", "a tag value of letters, digits, spaces and `_.:/=+@-`", "platform", 256
    ),
]
TopicArn = Annotated[str, _arn("sns", "[A-Za-z0-9_-]{1,256}", "the ARN of an SNS topic", "platform-alarms")]
VariableName = Annotated[
    str, _string_format("^[A-Za-z_][A-Za-z0-9_]{0,254}$", "the name of an environment variable", "DEFAULT_MODELS")
]
VpcId = Annotated[str, _string_format(rf"^vpc-{_ID}$", "the ID of a VPC", "vpc-0123456789abcdef0")]
WeeklyWindow = Annotated[
    str, _string_format(f"^{_DAY}:{_HOUR}-{_DAY}:{_HOUR}$", "a weekly time window in UTC", "sun:05:00-sun:06:00")
]
