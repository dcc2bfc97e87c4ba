"""Names that the templates compose fit the limits of AWS, even with the longest `service.name` of a spec."""

import re
from collections.abc import Iterator

import pytest

from owscale.domain.aws.managed_names import NAMES
from tests._support.cases import altered, cases

LONGEST = "a" * 32
_SUFFIX_LENGTH = 26  # of the suffix that Terraform adds to a name_prefix

# The limits of each API: the argument, the maximum length, and the pattern.
_ANY = "[A-Za-z0-9_./-]+"
LIMITS = {
    "aws_appautoscaling_policy": ("name", 256, _ANY),
    "aws_cloudwatch_dashboard": ("dashboard_name", 255, "[A-Za-z0-9_-]+"),
    "aws_cloudwatch_log_group": ("name", 512, "[A-Za-z0-9_/.#-]+"),
    "aws_cloudwatch_metric_alarm": ("alarm_name", 255, _ANY),
    "aws_ecs_service": ("name", 255, "[A-Za-z0-9_-]+"),
    "aws_ecs_task_definition": ("family", 255, "[A-Za-z0-9_-]+"),
    "aws_elasticache_parameter_group": ("name", 255, "[a-z](?:-?[a-z0-9])*"),
    "aws_elasticache_replication_group": ("replication_group_id", 40, "[a-z](?:-?[a-z0-9])*"),
    "aws_elasticache_subnet_group": ("name", 255, "[a-z](?:-?[a-z0-9])*"),
    "aws_iam_role": ("name", 64, "[A-Za-z0-9+=,.@_-]+"),
    "aws_iam_role_policy": ("name", 128, "[A-Za-z0-9+=,.@_-]+"),
    "aws_lb": ("name", 32, "(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"),
    "aws_lb_target_group": ("name", 32, "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"),
    "aws_s3_bucket": ("bucket", 63, "[a-z0-9][a-z0-9.-]*[a-z0-9]"),
    "aws_secretsmanager_secret": ("name_prefix", 512 - _SUFFIX_LENGTH, "[A-Za-z0-9/_+=.@-]+"),
    "aws_security_group": ("name", 255, "(?!sg-)[A-Za-z0-9 ._-]+"),
    "aws_sns_topic": ("name", 256, "[A-Za-z0-9_-]+"),
}
NAMELESS = {
    "aws_appautoscaling_target",
    "aws_iam_role_policy_attachment",
    "aws_lb_listener",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_secretsmanager_secret_version",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
    "terraform_data",
    # Custom Terraform of a golden case:
    "aws_route53_record",
    "aws_wafv2_web_acl_association",
}
VALUES = {
    "var.name": LONGEST,
    "var.service_name": LONGEST,
    "each.key": "006",
    'replace(var.parameter_group_family, ".", "-")': "redis6-x",
    "data.aws_caller_identity.current.account_id": "1" * 12,
}
_RESOURCE = re.compile(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


def _resources() -> Iterator[tuple[str, str, str]]:
    """Yield every resource of every case: its type, its file and address, and its text."""
    for case in cases():
        for deployment in case.deployments():
            service = altered(deployment.spec.service, name=LONGEST)
            renamed = deployment._replace(spec=altered(deployment.spec, service=service))
            for path, text in case.texts([renamed]).items():
                for resource_type, name, body in _RESOURCE.findall(text):
                    yield resource_type, f"{path}: {resource_type}.{name}", body


RESOURCES = sorted(
    {(resource_type, address.partition("/modules/")[2], body) for resource_type, address, body in _resources()}
)


def _evaluate(expression: str) -> str:
    """Return the value of a string template or of a reference."""
    if not expression.startswith('"'):
        return VALUES[expression]
    return re.sub(r"\$\{(.+?)\}(?=[^}]|$)", lambda part: VALUES[part[1]], expression[1:-1])


def test_every_resource_type_is_known() -> None:
    assert {resource_type for resource_type, _, _ in RESOURCES} <= LIMITS.keys() | NAMELESS


@pytest.mark.parametrize(
    ("resource_type", "address", "body"),
    [resource for resource in RESOURCES if resource[0] in LIMITS],
    ids=[resource[1] for resource in RESOURCES if resource[0] in LIMITS],
)
def test_longest_name_fits(resource_type: str, address: str, body: str) -> None:
    argument, maximum, pattern = LIMITS[resource_type]
    match = re.search(rf"^  {argument} += (.+)$", body, re.MULTILINE)
    assert match, f"{address} has no {argument}"
    name = _evaluate(match[1])
    assert len(name) <= maximum, name
    assert re.fullmatch(pattern, name), name


_WITH_MORE_OF_THE_SPEC = {"aws_cloudwatch_metric_alarm", "aws_elasticache_parameter_group"}
_NOT_UNIQUE = {
    "aws_appautoscaling_policy": "unique for a service",
    "aws_iam_role_policy": "unique in its role",
    "aws_secretsmanager_secret": "has a random end",
}


def _patterns() -> dict[str, set[str]]:
    """Return the names of each type in all cases, with `{}` for the name of the service."""
    patterns: dict[str, set[str]] = {}
    for resource_type, address, body in RESOURCES:
        if resource_type in LIMITS.keys() - _NOT_UNIQUE.keys():
            match = re.search(rf"^  {LIMITS[resource_type][0]} += (.+)$", body, re.MULTILINE)
            assert match, address
            patterns.setdefault(resource_type, set()).add(_evaluate(match[1]).replace(LONGEST, "{}"))
    return patterns


def test_names_that_deployments_are_compared_by_are_those_of_the_templates() -> None:
    patterns = {name: values for name, values in _patterns().items() if name not in _WITH_MORE_OF_THE_SPEC}
    account = VALUES["data.aws_caller_identity.current.account_id"]
    assert patterns == {
        name: {pattern.replace("ACCOUNT", account) for pattern in values} for name, values in NAMES.items()
    }


@pytest.mark.parametrize("resource_type", sorted(_WITH_MORE_OF_THE_SPEC))
def test_other_names_cannot_be_equal_for_two_services(resource_type: str) -> None:
    """Two names with other prefixes are equal only if the end of one is a part of the other's end, after a hyphen."""
    ends = {pattern.removeprefix("{}") for pattern in _patterns()[resource_type]}
    assert all(end.startswith("-") for end in ends)
    assert not {(one, other) for one in ends for other in ends if one != other and one.endswith(other)}
