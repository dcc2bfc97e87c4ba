"""The forms that texts of a spec must have: ids, ARNs, names. Each says what it is, so that an error can.

Forms follow the AWS API references; lengths and character sets are those of the service that gets the name.
Patterns are Rust regular expressions (pydantic's default), where `$` is the very end of the text.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field


@dataclass(frozen=True)
class Form:
    """A text's form: `what` completes "must be …", `example` is one that fits."""

    what: str
    example: str


FORMS: dict[str, Form] = {}
"""Every form by its pattern: pydantic reports the pattern that did not match, and a message needs the words."""


def _form(pattern: str, what: str, example: str, longest: int | None = None) -> Any:
    FORMS[pattern] = Form(what, example)
    return Field(pattern=pattern, max_length=longest, examples=[example])


def one_line(what: str, example: str, shortest: int, longest: int) -> Any:
    """A sentence of somebody's own; in Rust's patterns the dot takes no line break."""
    pattern = r"^\S(?:.*\S)?$"
    FORMS[pattern] = Form(what, example)
    return Field(pattern=pattern, min_length=shortest, max_length=longest, examples=[example])


def _arn(service: str, resource: str, what: str, example: str) -> Any:
    pattern = rf"^arn:aws[a-z-]*:{service}:[a-z0-9-]+:[0-9]{{12}}:{resource}$"
    return _form(pattern, what, f"arn:aws:{service}:us-east-1:111122223333:{example}")


# Resource ids have 17 hexadecimal digits; those from before 2016 have 8.
_ID = "[0-9a-f]{8}(?:[0-9a-f]{9})?"
_HOUR = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)"
_WORD = "[A-Za-z_][A-Za-z0-9_-]*"
_INDEX = r'(?:\[(?:[0-9]+|"[^"\\]+")\])?'
_SECRET_ID = r"secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}"

AccessPointId = Annotated[str, _form(rf"^fsap-{_ID}$", "the id of an EFS access point", "fsap-0123456789abcdef0")]
AccountId = Annotated[str, _form("^[0-9]{12}$", "an AWS account number of 12 digits, in quotes", '"111122223333"')]
CertificateArn = Annotated[
    str, _arn("acm", "certificate/[0-9a-f-]{36}", "the ARN of an ACM certificate", "certificate/" + "0" * 36)
]
CidrBlock = Annotated[
    str,
    _form(
        "^(?:[0-9]{1,3}(?:[.][0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-fA-F:]*:[0-9a-fA-F:]*/[0-9]{1,3})$",
        "an address range",
        "10.20.0.0/24",
        64,
    ),
]
ClusterName = Annotated[str, _form("^[A-Za-z0-9_-]{1,255}$", "the name of an ECS cluster", "chat")]
DailyWindow = Annotated[str, _form(f"^{_HOUR}-{_HOUR}$", "a daily window, UTC", "03:00-04:00")]
DeploymentName = Annotated[
    str,
    _form("^[a-z0-9]+(?:-[a-z0-9]+)*$", "lower-case letters and digits joined by single hyphens", "company-chat", 64),
]
Email = Annotated[
    str, _form('^[^@\\s,;<>"]+@[^@\\s,;<>"]+[.][A-Za-z]{2,}$', "a mail address", "platform@example.com", 254)
]
EngineVersion = Annotated[str, _form("^[0-9]{1,2}[.][0-9]{1,2}$", "a version such as 7.1, in quotes", '"7.1"')]
FileSystemId = Annotated[str, _form(rf"^fs-{_ID}$", "the id of an EFS file system", "fs-0123456789abcdef0")]
GlobPattern = Annotated[
    str,
    _form(
        "^[A-Za-z0-9_.*?-]+(?:/[A-Za-z0-9_.*?-]+)*$",
        "a path in the deployment's folder, `*` and `?` allowed",
        "modules/monitoring/dashboard.tf",
        255,
    ),
]
HttpsOrigin = Annotated[
    str,
    _form(
        "^https://[a-z0-9-]+(?:[.][a-z0-9-]+)+(?::[0-9]{1,5})?$",
        "an https origin, without a path or a final slash",
        "https://chat.example.com",
    ),
]
HttpStatus = Annotated[str, _form("^[2-4][0-9]{2}$", "an HTTP status from 200 to 499, in quotes", '"200"')]
Image = Annotated[
    str,
    _form(
        "^[a-z0-9][a-z0-9._:/-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$",
        "a container image",
        "ghcr.io/open-webui/open-webui:v0.12.4",
        512,
    ),
]
KmsKeyArn = Annotated[str, _arn("kms", "key/[0-9a-zA-Z-]{36,40}", "the ARN of a KMS key", "key/" + "0" * 36)]
Name = Annotated[
    str,
    _form("^[a-z][a-z0-9_]{0,62}$", "a name of lower-case letters, digits and underscores", "entra_connectors"),
]
NodeType = Annotated[str, _form("^cache[.][a-z0-9]+[.][a-z0-9]+$", "an ElastiCache node type", "cache.t3.micro", 64)]
PolicyArn = Annotated[
    str,
    _form(
        "^arn:aws[a-z-]*:iam::(?:aws|[0-9]{12}):policy/[A-Za-z0-9+=,.@_/-]+$",
        "the ARN of an IAM policy",
        "arn:aws:iam::111122223333:policy/bedrock",
    ),
]
PrefixListId = Annotated[str, _form(rf"^pl-{_ID}$", "the id of a prefix list", "pl-0123456789abcdef0")]
ProfileName = Annotated[
    str, _form("^[A-Za-z0-9_.@/+-]{1,128}$", "the name of an AWS CLI profile", "111122223333_Operator")
]
RelativePath = Annotated[
    str,
    _form(
        "^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$",
        "a relative path of letters, digits, `_`, `.` and `-`, without `..`",
        "extra",
        255,
    ),
]
Region = Annotated[str, _form("^[a-z]{2}(?:-[a-z]+)+-[0-9]$", "an AWS region", "us-east-1", 32)]
ResourceAddress = Annotated[
    str,
    _form(
        rf"^(?:module\.{_WORD}{_INDEX}\.)*[a-z][a-z0-9_]*\.{_WORD}{_INDEX}$",
        "the exact address of a resource, as a plan has it",
        "module.redis.aws_elasticache_replication_group.this",
        512,
    ),
]
S3Bucket = Annotated[
    str,
    _form(
        "^[a-z0-9](?:[.]|[.]?[a-z0-9-](?:[.]?[a-z0-9-])*[.]?)[a-z0-9]$",
        "3 to 63 lower-case letters, digits, hyphens and single dots, a letter or digit at both ends",
        "terraform-states",
        63,
    ),
]
S3Key = Annotated[
    str,
    _form(
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
        "the whole ARN of a secret, with the six random characters at its end",
        "secret:chat/key-AbCdEf",
    ),
]
SecretReference = Annotated[
    str,
    _arn(
        "secretsmanager",
        _SECRET_ID + "(?::[A-Za-z0-9_.-]+::)?",
        "the whole ARN of a secret, with the six random characters at its end (and `:key::` for one key of it)",
        "secret:chat/database-AbCdEf",
    ),
]
SecurityGroupId = Annotated[str, _form(rf"^sg-{_ID}$", "the id of a security group", "sg-0123456789abcdef0")]
ServiceName = Annotated[
    str,
    _form(
        "^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$",
        "lower-case letters and digits joined by single hyphens, a letter first",
        "chat-scaled",
        32,
    ),
]
SubnetId = Annotated[str, _form(rf"^subnet-{_ID}$", "the id of a subnet", "subnet-0123456789abcdef0")]
TableName = Annotated[str, _form("^[A-Za-z0-9_.-]{3,255}$", "the name of a DynamoDB table", "terraform-state-locks")]
TagKey = Annotated[
    str,
    _form("^[A-Za-z0-9 _.:/=+@-]{1,128}$", "a tag key of letters, digits, spaces and `_.:/=+@-`", "cost-center"),
]
TagValue = Annotated[
    str,
    _form(
        "^[A-Za-z0-9 _.:/=+@\u00a0-\uffff-]*$", "a tag value of letters, digits, spaces and `_.:/=+@-`", "platform", 256
    ),
]
TopicArn = Annotated[str, _arn("sns", "[A-Za-z0-9_-]{1,256}", "the ARN of an SNS topic", "platform-alarms")]
VariableName = Annotated[
    str, _form("^[A-Za-z_][A-Za-z0-9_]{0,254}$", "the name of an environment variable", "DEFAULT_MODELS")
]
VpcId = Annotated[str, _form(rf"^vpc-{_ID}$", "the id of a VPC", "vpc-0123456789abcdef0")]
WeeklyWindow = Annotated[str, _form(f"^{_DAY}:{_HOUR}-{_DAY}:{_HOUR}$", "a weekly window, UTC", "sun:05:00-sun:06:00")]
