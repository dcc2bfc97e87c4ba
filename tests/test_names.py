"""The names that the templates compose, with the longest service.name that a spec may have."""

import re
from collections.abc import Iterator

import pytest

from tests.cases import altered, cases

LONGEST = "a" * 32
_SECRETS_MANAGERS_SUFFIX = 26  # what Terraform puts after a name_prefix

# What each API takes: the argument, the most characters, and the rest of the rule.
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
    "aws_secretsmanager_secret": ("name_prefix", 512 - _SECRETS_MANAGERS_SUFFIX, "[A-Za-z0-9/_+=.@-]+"),
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
    """Every resource of every case: its type, its address under its file, its text."""
    for case in cases():
        for deployment in case.deployments():
            named = altered(deployment.spec.service, name=LONGEST)
            longest = deployment._replace(spec=altered(deployment.spec, service=named), found=None)
            for path, text in case.texts([longest]).items():
                for kind, name, body in _RESOURCE.findall(text):
                    yield kind, f"{path}: {kind}.{name}", body


RESOURCES = sorted({(kind, address.partition("/modules/")[2], body) for kind, address, body in _resources()})


def _composed(expression: str) -> str:
    """The value of a string template or a reference, of the parts that names are made of."""
    if not expression.startswith('"'):
        return VALUES[expression]
    return re.sub(r"\$\{(.+?)\}(?=[^}]|$)", lambda part: VALUES[part[1]], expression[1:-1])


def test_every_kind_of_resource_is_known() -> None:
    assert {kind for kind, _, _ in RESOURCES} <= LIMITS.keys() | NAMELESS


@pytest.mark.parametrize(
    ("kind", "address", "body"),
    [resource for resource in RESOURCES if resource[0] in LIMITS],
    ids=[resource[1] for resource in RESOURCES if resource[0] in LIMITS],
)
def test_the_longest_name_fits(kind: str, address: str, body: str) -> None:
    argument, most, form = LIMITS[kind]
    found = re.search(rf"^  {argument} += (.+)$", body, re.MULTILINE)
    assert found, f"{address} has no {argument}"
    name = _composed(found[1])
    assert len(name) <= most, name
    assert re.fullmatch(form, name), name
