"""Where secret values are, where they are not, and who may read them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.emulator.snapshot import NAME
from tests.emulator.story import WEBUI_KEY, Story

pytestmark = pytest.mark.xdist_group("emulator")


def test_secrets_reach_the_task_by_version(story: Story) -> None:
    versions = {name: f"{arn}:::{story.first.secret_versions[name]}" for name, arn in story.first.secret_arns.items()}
    assert story.first.references == {
        "DATABASE_URL": story.world.database_url,
        "REDIS_URL": versions["redis-url"],
        "WEBSOCKET_REDIS_URL": versions["redis-url"],
        "WEBUI_SECRET_KEY": versions["webui-secret-key"],
    }


def test_secret_values(story: Story) -> None:
    values = story.first.secrets
    assert values["webui-secret-key"] == WEBUI_KEY
    assert re.fullmatch("[A-Za-z0-9]{64}", values["redis-token"])
    [shard] = story.first.redis["NodeGroups"]
    host = shard["PrimaryEndpoint"]["Address"]
    assert values["redis-url"] == f"rediss://:{values['redis-token']}@{host}:6379/0"
    assert story.first.redis_tokens == [values["redis-token"]]


def _allowed(statements: list[dict[str, Any]], action: str) -> list[dict[str, Any]]:
    return [
        statement for statement in statements if any(each.startswith(action) for each in _list(statement["Action"]))
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_roles_may_do_no_more_than_they_need(story: Story) -> None:
    execution, task = story.first.policies["execution"], story.first.policies["task"]
    [secrets] = _allowed(execution, "secretsmanager:")
    assert _list(secrets["Action"]) == ["secretsmanager:GetSecretValue"]
    arns = story.first.secret_arns
    listed = {story.world.database_url, arns["redis-url"], arns["webui-secret-key"]}
    assert set(secrets["Resource"]) == listed
    assert len(execution) == len(_allowed(execution, "logs:")) + 1
    [files] = task
    assert _list(files["Resource"])[0].endswith(f":file-system/{story.world.file_system}")
    [point] = _list(files["Condition"]["StringEquals"]["elasticfilesystem:AccessPointArn"])
    assert point.endswith(f":access-point/{story.world.access_point}")


def _places(value: Any, needle: str, path: str = "") -> Iterator[str]:
    """Where a text stands in the state."""
    match value:
        case {"type": str(type_), "name": str(name), "mode": str(mode), "instances": list(instances)}:
            for instance in instances:
                yield from _places(instance["attributes"], needle, f"{mode} {type_}.{name}")
        case dict():
            for key, each in value.items():
                yield from _places(each, needle, f"{path}.{key}")
        case list():
            for each in value:
                yield from _places(each, needle, path)
        case str() if needle in value:
            yield path


def test_state_has_the_token_alone(story: Story) -> None:
    for now in (story.first, story.changed):
        text, token = json.dumps(now.state), now.secrets["redis-token"]
        assert text.count(token) == 2
        assert sorted(_places(now.state, token)) == [
            "data aws_secretsmanager_secret_version.redis_token.secret_string",
            "managed aws_elasticache_replication_group.this.auth_token",
        ]
        assert WEBUI_KEY not in text
        assert "rediss://" not in text


def test_output_has_no_secret(story: Story) -> None:
    assert NAME in story.output
    for now in (story.first, story.changed):
        assert not [name for name, value in now.secrets.items() if value in story.output]


@pytest.mark.parametrize("name", ["first", "second", "change", "after-change"])
def test_saved_plan_has_no_secret_but_those_of_the_state(story: Story, name: str) -> None:
    plan = story.plans[name].content
    assert NAME.encode() in plan
    found = {
        secret
        for now in (story.first, story.changed)
        for secret, value in now.secrets.items()
        if value.encode() in plan
    }
    # A plan carries the state that it was made from.
    assert found == (set() if name == "first" else {"redis-token"})
