"""What AWS and Terraform refuse in names, ARNs and bounds that belong to no one section."""

from collections.abc import Iterator

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment
from generator.document import Path, dotted
from generator.facts import elasticache
from generator.facts.regions import partition


@rule(
    "S205",
    "error",
    "An ARN of another region or account names something that this deployment cannot use.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    example="existing: {alarm_topic_arn: arn:aws:sns:us-east-1:111122223333:platform}",
    mend="existing: {alarm_topic_arn: arn:aws:sns:eu-west-1:111122223333:platform}",
)
def arns_agree(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    if spec.aws.region not in elasticache.regions():
        return  # the region is wrong, not the ARNs: see S203
    first: tuple[str, Path] | None = None  # where no account is given, the ARNs still are of one
    for path, arn in _arns(deployment.document.data):
        _, _, service, region, account, *_ = arn.split(":")
        if region not in ("", spec.aws.region):
            message = f"this {service} ARN is of {region}, the deployment of {spec.aws.region}"
            hint = "name the one of the deployment's region, or correct aws.region"
            yield Finding(path, message, hint, also=(("aws", "region"),))
        if spec.aws.account_id and account not in ("", "aws", spec.aws.account_id):
            message = f"this {service} ARN is of account {account}, the deployment of {spec.aws.account_id}"
            hint = "name the one of the deployment's account, or correct aws.account_id"
            yield Finding(path, message, hint, also=(("aws", "account_id"),))
        if spec.aws.account_id is None and account not in ("", "aws"):
            first = first or (account, path)
            if account != first[0]:
                message = f"this {service} ARN is of account {account}, {dotted(first[1])} of {first[0]}"
                yield Finding(path, message, "name things of one account; aws.account_id says which")


_COLONS_OF_AN_ARN = 5  # an image may be called arn:1 too
_ARNS_FROM_ANYWHERE = {("state",), ("app", "environment"), ("aws", "tags"), ("accept",)}
"""The state may live elsewhere, and what others read, people included, is theirs to judge."""


def _arns(node: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every ARN that the deployment itself uses."""
    match node:
        case dict():
            for key, value in node.items():
                if (*path, key) not in _ARNS_FROM_ANYWHERE:
                    yield from _arns(value, (*path, key))
        case list():
            for index, value in enumerate(node):
                yield from _arns(value, (*path, index))
        case str() if node.startswith("arn:") and node.count(":") >= _COLONS_OF_AN_ARN:
            yield path, node


@rule(
    "S226",
    "error",
    "China and GovCloud are partitions of their own, and no ARN of one means anything in another.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    example="service: {task_policy_arns: {bedrock: arn:aws-cn:iam::111122223333:policy/bedrock}}",
    mend="service: {task_policy_arns: {bedrock: arn:aws:iam::111122223333:policy/bedrock}}",
)
def one_partition(deployment: Deployment) -> Iterator[Finding]:
    for path, arn in _arns(deployment.document.data):
        _, named, service, region, *_ = arn.split(":")
        fitting = partition(region or deployment.spec.aws.region)
        if named != fitting:
            message = f"this {service} ARN is of the partition {named}, {region or 'aws.region'} of {fitting}"
            yield Finding(path, message, f"write arn:{fitting}:{service}:…")


@rule(
    "S208",
    "error",
    "Elastic Load Balancing and CloudWatch keep the prefix for themselves.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
    example="service: {name: internal-chat}",
    mend="service: {name: chat}",
)
def reserved_names(deployment: Deployment) -> Iterator[Finding]:
    if deployment.spec.service.name.startswith("internal-"):
        message = "a load balancer's name cannot begin with internal-"
        yield Finding(("service", "name"), message, "leave internal- out: AWS puts it before the name by itself")
    for key in deployment.spec.aws.tags:
        if key.lower().startswith("aws:"):
            message = "tags that begin with aws: are AWS's own"
            yield Finding(("aws", "tags", key), message, "choose another prefix", on_key=True)


@rule(
    "S209",
    "error",
    "Secrets Manager takes 0 or 7 to 30 days.",
    reference="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html",
    example="secrets: {recovery_window_days: 3}",
    mend="secrets: {recovery_window_days: 7}",
)
def recovery_window(deployment: Deployment) -> Iterator[Finding]:
    days = deployment.spec.secrets.recovery_window_days
    if 0 < days < 7:  # noqa: PLR2004 -- see DeleteSecret, RecoveryWindowInDays
        message = f"a deleted secret can be kept for 7 to 30 days or not at all, not for {days}"
        yield Finding(("secrets", "recovery_window_days"), message, "write 7, or 0 to delete at once")


@rule(
    "S211",
    "error",
    "Without a lock, two applies at once corrupt the state.",
    reference="https://developer.hashicorp.com/terraform/language/backend/s3",
    example="state: {use_lockfile: false}",
    mend="state: {use_lockfile: true}",
)
def state_lock(deployment: Deployment) -> Iterator[Finding]:
    state = deployment.spec.state
    if not state.dynamodb_table and not state.use_lockfile:
        yield Finding(("state",), "has no lock", "write use_lockfile: true, or name a dynamodb_table")
