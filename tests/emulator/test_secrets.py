"""The places of secret values, and the permissions to read them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests._support.emulator.lifecycle import WEBUI_KEY, CreatedDeployment, EmulatedDeployment
from tests._support.emulator.snapshot import NAME


def test_secrets_reach_the_task_by_version(deployment: CreatedDeployment) -> None:
    versions = {
        name: f"{arn}:::{deployment.created.secret_versions[name]}"
        for name, arn in deployment.created.secret_arns.items()
    }
    assert deployment.created.references == {
        "DATABASE_URL": deployment.account.database_url,
        "REDIS_URL": versions["redis-url"],
        "WEBSOCKET_REDIS_URL": versions["redis-url"],
        "WEBUI_SECRET_KEY": versions["webui-secret-key"],
    }


def test_secret_values(deployment: CreatedDeployment) -> None:
    values = deployment.created.secrets
    assert values["webui-secret-key"] == WEBUI_KEY
    assert re.fullmatch("[A-Za-z0-9]{64}", values["redis-token"])
    [shard] = deployment.created.redis["NodeGroups"]
    host = shard["PrimaryEndpoint"]["Address"]
    assert values["redis-url"] == f"rediss://:{values['redis-token']}@{host}:6379/0"
    assert deployment.created.redis_tokens == [values["redis-token"]]


def _statements_for(statements: list[dict[str, Any]], action: str) -> list[dict[str, Any]]:
    return [
        statement for statement in statements if any(name.startswith(action) for name in _list(statement["Action"]))
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_roles_have_only_the_permissions_that_they_need(deployment: CreatedDeployment) -> None:
    execution, task = deployment.created.policies["execution"], deployment.created.policies["task"]
    [secrets] = _statements_for(execution, "secretsmanager:")
    assert _list(secrets["Action"]) == ["secretsmanager:GetSecretValue"]
    arns = deployment.created.secret_arns
    expected = {deployment.account.database_url, arns["redis-url"], arns["webui-secret-key"]}
    assert set(secrets["Resource"]) == expected
    assert len(execution) == len(_statements_for(execution, "logs:")) + 1
    [files] = task
    assert _list(files["Resource"])[0].endswith(f":file-system/{deployment.account.file_system}")
    [point] = _list(files["Condition"]["StringEquals"]["elasticfilesystem:AccessPointArn"])
    assert point.endswith(f":access-point/{deployment.account.access_point}")


def _paths(value: Any, secret: str, path: str = "") -> Iterator[str]:
    """Yield the paths of a secret in the state."""
    match value:
        case {"type": str(type_), "name": str(name), "mode": str(mode), "instances": list(instances)}:
            for instance in instances:
                yield from _paths(instance["attributes"], secret, f"{mode} {type_}.{name}")
        case dict():
            for key, item in value.items():
                yield from _paths(item, secret, f"{path}.{key}")
        case list():
            for item in value:
                yield from _paths(item, secret, path)
        case str() if secret in value:
            yield path


def test_state_contains_only_the_token(each_deployment: EmulatedDeployment) -> None:
    for snapshot in each_deployment.snapshots:
        text, token = json.dumps(snapshot.state), snapshot.secrets["redis-token"]
        assert text.count(token) == 2
        assert sorted(_paths(snapshot.state, token)) == [
            "data aws_secretsmanager_secret_version.redis_token.secret_string",
            "managed aws_elasticache_replication_group.this.auth_token",
        ]
        assert WEBUI_KEY not in text
        assert "rediss://" not in text


def test_output_contains_no_secret(each_deployment: EmulatedDeployment) -> None:
    assert NAME in each_deployment.output
    for snapshot in each_deployment.snapshots:
        assert not [name for name, value in snapshot.secrets.items() if value in each_deployment.output]


def test_saved_plan_contains_only_the_secret_of_the_state(each_deployment: EmulatedDeployment) -> None:
    for name, plan in each_deployment.plans.items():
        assert NAME.encode() in plan.content
        secrets = {
            secret
            for snapshot in each_deployment.snapshots
            for secret, value in snapshot.secrets.items()
            if value.encode() in plan.content
        }
        # A plan contains the state that it was made from.
        assert secrets == (set() if name == "first" else {"redis-token"}), name
