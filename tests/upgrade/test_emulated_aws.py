"""What the calls of an upgrade do in an emulated AWS: the names of boto3 and the forms of its responses."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from owscale.aws_api.calls import Caller
from owscale.aws_api.client import AwsAccount
from owscale.upgrade import aws_calls, database, ecs
from owscale.upgrade.clock import SystemClock
from owscale.upgrade.record import Snapshot
from tests._support.in_process_aws import in_process_aws

_REGION = "eu-west-1"


def _client(service: str) -> Any:
    return boto3.client(service, region_name=_REGION)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with in_process_aws():
        yield AwsAccount(_REGION, None, aws_calls.READS, changes=aws_calls.CHANGES).call


def test_number_of_tasks_is_set(call: Caller) -> None:
    client = _client("ecs")
    client.create_cluster(clusterName="chat")
    container = {"name": "open-webui", "image": "open-webui:v1", "memory": 128}
    client.register_task_definition(family="chat", containerDefinitions=[container])
    client.create_service(cluster="chat", serviceName="chat", taskDefinition="chat", desiredCount=2)
    assert ecs.find_service(call, "chat", "other") is None
    call("ecs:UpdateService", cluster="chat", service="chat", desiredCount=0)
    service = ecs.find_service(call, "chat", "chat")
    assert service
    assert service.desired == 0
    definition = ecs.task_definition(call, service.task_definition)
    assert definition
    assert (definition.family, definition.image) == ("chat", "open-webui:v1")
    assert ecs.task_definition(call, "chat-migration") is None
    assert ecs.tasks(call, "chat", family="chat", desiredStatus="STOPPED") == []


@pytest.mark.parametrize("kind", ["instance", "cluster"])
def test_snapshot_is_created_once(kind: Any, call: Caller) -> None:
    owner = {"MasterUsername": "chat", "MasterUserPassword": "secret-value"}
    if kind == "cluster":
        _client("rds").create_db_cluster(DBClusterIdentifier="chat", Engine="aurora-postgresql", **owner)
    else:
        size = {"DBInstanceClass": "db.t4g.medium", "AllocatedStorage": 20}
        _client("rds").create_db_instance(DBInstanceIdentifier="chat", Engine="postgres", **size, **owner)
    snapshot = Snapshot(kind, "chat", "chat-upgrade-1")
    assert database.snapshot_state(call, snapshot)[0] == ""
    for _ in range(2):
        database.create_snapshot(call, SystemClock(), snapshot, print)
    assert database.snapshot_state(call, snapshot)[0] == "available"
    found = database.snapshot_source(call, snapshot)
    assert found
    assert (found.name, found.is_cluster) == ("chat", kind == "cluster")
    assert found.endpoint


def test_suspended_state_leaves_the_limits(call: Caller) -> None:
    client, ecs_client = _client("application-autoscaling"), _client("ecs")
    ecs_client.create_cluster(clusterName="chat")
    container = {"name": "open-webui", "image": "open-webui:v1", "memory": 128}
    ecs_client.register_task_definition(family="chat", containerDefinitions=[container])
    ecs_client.create_service(cluster="chat", serviceName="chat", taskDefinition="chat", desiredCount=2)
    target = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
    client.register_scalable_target(ResourceId="service/chat/chat", MinCapacity=2, MaxCapacity=7, **target)
    suspended = {"DynamicScalingInSuspended": True}
    call(
        "application-autoscaling:RegisterScalableTarget",
        ResourceId="service/chat/chat",
        SuspendedState=suspended,
        **target,
    )
    [found] = call("application-autoscaling:DescribeScalableTargets", ResourceIds=["service/chat/chat"], **target)[
        "ScalableTargets"
    ]
    assert (found["MinCapacity"], found["MaxCapacity"]) == (2, 7)
    assert found["SuspendedState"]["DynamicScalingInSuspended"]
