"""Every name of a managed resource, and every existing thing that a spec names, is compared or cannot conflict."""

import yaml

from owscale.spec.document import dotted
from tests._support.cases import GOLDEN
from tests._support.project import Project
from tests._support.spec_changes import schema_keys, without
from tests.render.test_resource_names import LIMITS

_ID = "AWS chooses the ID"
_NOT_CREATED = "where the key is set, Terraform creates none"
_RANDOM = "the name of a managed secret ends in characters that Terraform chooses"
_NO_KEY = "no key of a spec names one"

RESOURCE_TYPES = {
    "aws_appautoscaling_policy": "belongs to the managed service",
    "aws_cloudwatch_dashboard": _NO_KEY,
    "aws_cloudwatch_log_group": _NO_KEY,
    "aws_cloudwatch_metric_alarm": _NO_KEY,
    "aws_ecs_service": "compared with existing.service",
    "aws_ecs_task_definition": "a family gets another revision; a revision that exists stays",
    "aws_elasticache_parameter_group": _NO_KEY,
    "aws_elasticache_replication_group": _NO_KEY,
    "aws_elasticache_subnet_group": _NO_KEY,
    "aws_iam_role": _NO_KEY,
    "aws_iam_role_policy": "belongs to a managed role; the policies of a spec are managed policies",
    "aws_lb": _NO_KEY,
    "aws_lb_target_group": _NO_KEY,
    "aws_s3_bucket": "compared with state.bucket",
    "aws_secretsmanager_secret": _RANDOM,
    "aws_security_group": "the spec has the ID of an existing group, and only AWS knows its name",
    "aws_sns_topic": _NOT_CREATED,
}
KEYS = {
    "existing.access_log_bucket": _NOT_CREATED,
    "existing.alarm_topic_arn": _NOT_CREATED,
    "existing.certificate_arn": _ID,
    "existing.cluster": "no cluster is created",
    "existing.database.cluster": "no database is created",
    "existing.database.instance": "no database is created",
    "existing.database.security_group": _ID,
    "existing.database.url_secret_arn": _RANDOM,
    "existing.files.access_point": _ID,
    "existing.files.file_system": _ID,
    "existing.files.security_groups": _ID,
    "existing.kms_key_arn": _ID,
    "existing.peers.litellm.security_group": _ID,
    "existing.private_subnets": _ID,
    "existing.secret_kms_key_arns": _ID,
    "existing.secrets.redis_token_arn": _NOT_CREATED,
    "existing.secrets.webui_secret_key_arn": _NOT_CREATED,
    "existing.service": "compared",
    "existing.vpc": _ID,
    "state.bucket": "compared",
    "state.dynamodb_table": "no table is created",
    "state.key": "an object of the bucket, and no deployment shares it (S401)",
    "state.kms_key_arn": _ID,
    "state.region": "no thing",
}
_WRAPPERS = {"default", "function-after", "function-before", "function-wrap", "nullable"}


def _holds_text(schema: dict[str, object]) -> bool:
    inner: object = schema
    while isinstance(inner, dict) and inner["type"] in _WRAPPERS:
        inner = inner["schema"]
    return isinstance(inner, dict) and inner["type"] in {"str", "tuple"}


def test_every_named_resource_has_an_answer() -> None:
    assert RESOURCE_TYPES.keys() == LIMITS.keys()


def test_every_existing_thing_has_an_answer() -> None:
    data = without(yaml.safe_load((GOLDEN / "everything/spec.yaml").read_text()), ("environments",))
    keys = {key: schema for key, schema in schema_keys(data).items() if key[0] in {"existing", "state"}}
    assert {dotted(key) for key, schema in keys.items() if _holds_text(schema)} == KEYS.keys()


def test_a_service_of_another_name_and_a_bucket_of_another_account_pass(project: Project) -> None:
    project.change_spec("cluster: chat", "cluster: chat\n  service: Chat")
    project.change_spec("{region: eu-west-1}", '{region: eu-west-1, account_id: "111122223333"}')
    project.change_spec("bucket: minimal-states", "bucket: chat-alb-logs-444455556666")
    project.change_spec("  allow_from:", "  access_logs: {enabled: true}\n  allow_from:")
    assert project.run("validate") == 0, project.stderr


def test_the_account_of_the_bucket_is_any_where_the_spec_names_none(project: Project) -> None:
    project.change_spec("bucket: minimal-states", "bucket: chat-alb-logs-444455556666")
    project.change_spec("  allow_from:", "  access_logs: {enabled: true}\n  allow_from:")
    assert project.run("validate") == 1
    assert "[S230]" in project.stderr


def test_the_suggested_name_fits(project: Project) -> None:
    name = f"a{'b' * 31}"
    project.change_spec("{name: chat,", f"{{name: {name},")
    project.change_spec("cluster: chat", f"cluster: chat\n  service: {name}")
    assert project.run("validate") == 1
    suggested = project.stderr.partition("such as ")[2].partition(";")[0]
    project.change_spec(f"{{name: {name},", f"{{name: {suggested},")
    assert project.run("validate") == 0, project.stderr
