"""Names, ARNs and settings that AWS or Terraform rejects."""

from collections.abc import Iterator

from owscale.domain.aws import elasticache
from owscale.domain.aws.regions import partition
from owscale.domain.aws.tags import generated_tags
from owscale.domain.openwebui import releases
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment
from owscale.spec.document import Document, Path, dotted

_MIN_COLONS_IN_ARN = 5  # an image may be named arn:1
_IMAGE_MAX_LENGTH = 255  # characters, without the digest; the reference of S241
_RECOVERY_MIN_DAYS = 7  # RecoveryWindowInDays of DeleteSecret; the reference of S209
_KEYS_WITH_ANY_ARN = {("state",), ("app", "environment"), ("aws", "tags"), ("accept",)}
"""The state may be in another account. ARNs in variables, tags and reasons may belong to any account."""


@rule(
    "S205",
    "error",
    checks="Checks that every ARN of the deployment is in its region and in its account.",
    rationale="A deployment cannot use a resource of another region or account.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    example="existing: {alarm_topic_arn: arn:aws:sns:us-east-1:111122223333:platform}",
    fixed_example="existing: {alarm_topic_arn: arn:aws:sns:eu-west-1:111122223333:platform}",
    other_keys=("aws.account_id", "aws.region", "existing.database.url_secret_arn"),
)
def region_and_account(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    if spec.aws.region not in elasticache.regions():
        return  # the region is wrong, not the ARNs; S203 reports it
    first: tuple[str, Path] | None = None  # without aws.account_id, the first ARN determines the account
    for path, arn in _arns(deployment.document):
        _, _, service, region, account, *_ = arn.split(":")
        if region not in ("", spec.aws.region):
            message = f"this {service} ARN is in {region}, but aws.region is {spec.aws.region}"
            hint = f"use an ARN in {spec.aws.region}, or correct aws.region"
            yield Finding(path, message, hint, related=(("aws", "region"),))
        if spec.aws.account_id and account not in ("", "aws", spec.aws.account_id):
            message = f"this {service} ARN is of account {account}, but aws.account_id is {spec.aws.account_id}"
            hint = f"use an ARN of account {spec.aws.account_id}, or correct aws.account_id"
            yield Finding(path, message, hint, related=(("aws", "account_id"),))
        if spec.aws.account_id is None and account not in ("", "aws"):
            first = first or (account, path)
            if account != first[0]:
                message = f"this {service} ARN is of account {account}, but {dotted(first[1])} is of {first[0]}"
                yield Finding(path, message, "use ARNs of one account, and name it in aws.account_id")


def _arns(document: Document) -> Iterator[tuple[Path, str]]:
    """Yield the path and the value of each ARN, except those that may belong to any account."""
    for path, text in document.texts:
        is_arn = text.startswith("arn:") and text.count(":") >= _MIN_COLONS_IN_ARN
        if is_arn and _KEYS_WITH_ANY_ARN.isdisjoint((path[:1], path[:2])):
            yield path, text


@rule(
    "S226",
    "error",
    checks="Checks that every ARN has the partition of its region, such as `aws-cn` in China.",
    rationale="China and GovCloud are partitions of their own, and resources of one do not exist in another.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    example="service: {task_policy_arns: {bedrock: arn:aws-cn:iam::111122223333:policy/bedrock}}",
    fixed_example="service: {task_policy_arns: {bedrock: arn:aws:iam::111122223333:policy/bedrock}}",
    other_keys=("existing.alarm_topic_arn",),
)
def arn_partition(deployment: Deployment) -> Iterator[Finding]:
    for path, arn in _arns(deployment.document):
        _, actual, service, region, *_ = arn.split(":")
        expected = partition(region or deployment.spec.aws.region)
        if actual != expected:
            message = f"this {service} ARN is in the partition {actual}, but {region or 'aws.region'} is in {expected}"
            yield Finding(path, message, f"write an ARN that begins with `arn:{expected}:{service}:`")


@rule(
    "S208",
    "error",
    checks="Checks that `service.name`, the tags and the prefix of the access logs have no part that AWS reserves.",
    rationale="AWS rejects a load balancer `internal-…`, a security group `sg-…`, a tag `aws:…`, and access logs below "
    "`AWSLogs`.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
    example="service: {name: internal-chat}",
    fixed_example="service: {name: chat}",
    other_keys=("aws.tags", "load_balancer.access_logs.prefix"),
)
def reserved_names(deployment: Deployment) -> Iterator[Finding]:
    name, logs = deployment.spec.service.name, deployment.spec.load_balancer.access_logs
    if name.startswith("internal-"):
        message = "the name of a load balancer cannot begin with internal-"
        yield Finding(("service", "name"), message, "remove internal-; AWS adds it to the DNS name")
    elif name.startswith("sg-"):  # see CreateSecurityGroup, GroupName
        message = "the name of a security group cannot begin with sg-"
        yield Finding(("service", "name"), message, "choose another prefix")
    for key in deployment.spec.aws.tags:
        if key.lower().startswith("aws:"):
            message = "AWS reserves tags that begin with aws:"
            yield Finding(("aws", "tags", key), message, "choose another prefix", at_key=True)
    if (
        "AWSLogs" in logs.prefix
    ):  # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        message = "the prefix of access logs cannot contain AWSLogs, which AWS adds"
        yield Finding(("load_balancer", "access_logs", "prefix"), message, "remove AWSLogs")


@rule(
    "S241",
    "error",
    checks="Checks that the names of images have at most 255 characters, without their digests.",
    rationale="ECS rejects a task definition with a longer name.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
    example=f"app: {{image: 'ghcr.io/{'x' * 240}:v0.12.4'}}",
    fixed_example="app: {image: 'ghcr.io/open-webui/open-webui:v0.12.4'}",
    other_keys=("app.migration_image",),
)
def image_length(deployment: Deployment) -> Iterator[Finding]:
    for key, image in releases.images(deployment.spec).items():
        name = image.partition("@")[0]
        if len(name) > _IMAGE_MAX_LENGTH:
            message = f"has {len(name)} characters without its digest; the maximum is {_IMAGE_MAX_LENGTH}"
            yield Finding(("app", key), message, "move the image to a repository with a shorter name")


@rule(
    "S240",
    "error",
    checks="Checks that tag keys, including those that owscale adds, are different when case is ignored.",
    rationale="IAM compares the keys of tags without their case: it would reject the roles in the middle of the apply.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules",
    example="aws: {tags: {environment: test}}",
    fixed_example="aws: {tags: {stage: test}}",
)
def distinct_tags(deployment: Deployment) -> Iterator[Finding]:
    owners = {key.casefold(): key for key in generated_tags(deployment)}
    own = set(owners)
    for key in deployment.spec.aws.tags:
        other = owners.setdefault(key.casefold(), key)
        if key.casefold() in own:
            message = f"clashes with the tag {other} of owscale" + (
                "" if other == key else "; IAM ignores case in keys"
            )
            yield Finding(("aws", "tags", key), message, "remove it, or choose another key", at_key=True)
        elif other != key:
            message = f"is the key {other} in another case, and IAM compares keys without case"
            related = (("aws", "tags", other),)
            yield Finding(("aws", "tags", key), message, "keep one of them", at_key=True, related=related)


@rule(
    "S209",
    "error",
    checks="Checks that `secrets.recovery_window_days` is 0 or from 7 to 30.",
    rationale="Secrets Manager keeps a deleted secret for 7 to 30 days, or not at all.",
    reference="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html",
    example="secrets: {recovery_window_days: 3}",
    fixed_example="secrets: {recovery_window_days: 7}",
)
def recovery_window(deployment: Deployment) -> Iterator[Finding]:
    days = deployment.spec.secrets.recovery_window_days
    if 0 < days < _RECOVERY_MIN_DAYS:
        message = f"must be 0 or from 7 to 30, not {days}"
        yield Finding(("secrets", "recovery_window_days"), message, "write 7, or 0 to delete secrets at once")


@rule(
    "S211",
    "error",
    checks="Checks that `state` has a lock: a lock file or a DynamoDB table.",
    rationale="Without a lock, two simultaneous applies corrupt the state.",
    reference="https://developer.hashicorp.com/terraform/language/backend/s3",
    example="state: {use_lockfile: false}",
    fixed_example="state: {use_lockfile: true}",
)
def state_lock(deployment: Deployment) -> Iterator[Finding]:
    state = deployment.spec.state
    if not state.dynamodb_table and not state.use_lockfile:
        yield Finding(
            ("state",), "has no lock", "write `use_lockfile: true`, or name a DynamoDB table in dynamodb_table"
        )
