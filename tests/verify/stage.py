"""A deployment that was applied, as far as the checks can see: made with boto3, in a region of its own."""

import functools
import itertools
import json
from pathlib import Path
from typing import Any

import boto3
import yaml
from moto.ecs.models import Service, ecs_backends
from moto.elasticache.models import ReplicationGroup, elasticache_backends
from moto.elbv2.models import FakeHealthStatus, elbv2_backends

from generator import cli
from tests.cases import GOLDEN
from tests.verify.webui import WebUI

REGION, ACCOUNT = "eu-west-1", "123456789012"
HOST = "chat.example.com"

_numbers = itertools.count(1)


@functools.cache  # a new client takes longer than most tests
def _client(service: str, url: str) -> Any:
    return boto3.Session("test", "test", region_name=REGION).client(service, endpoint_url=url)


@functools.cache
def _vpc(url: str) -> str:
    vpc: str = _client("ec2", url).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return vpc


class Stage:
    """One deployment that passes every check, with its spec and Terraform's outputs in a folder."""

    def __init__(self, url: str, webui: WebUI, folder: Path) -> None:
        self.url, self.webui, self.folder = url, webui, folder
        self.name = f"chat-{next(_numbers)}"
        self.cluster, self.old = f"{self.name}-cluster", f"{self.name}-old"
        self.spec: dict[str, Any] = yaml.safe_load(
            (GOLDEN / "minimal/spec.yaml").read_text().replace("111122223333", ACCOUNT)
        )
        self.spec["existing"] |= {"cluster": self.cluster, "service": self.old}
        self.spec["service"] |= {"name": self.name, "instances": 2}
        self.spec["redis"]["nodes"] = 2
        self.spec["app"]["public_url"] = f"https://{HOST}"
        self.spec["aws"]["account_id"] = ACCOUNT
        self.outputs: dict[str, Any] = {}
        self._balanced()
        self._services()
        self._cached()
        self._watched()

    def client(self, service: str) -> Any:
        return _client(service, self.url)

    def owscale(self, *arguments: str) -> int:
        """`owscale verify` of it, each check once unless the arguments say otherwise."""
        spec, outputs = self.folder / "spec.yaml", self.folder / "outputs.json"
        spec.write_text(yaml.safe_dump(self.spec))
        made = {name: {"sensitive": False, "type": "string", "value": value} for name, value in self.outputs.items()}
        outputs.write_text(json.dumps(made | {"token": {"sensitive": True, "type": "string", "value": "secret-value"}}))
        where = ("--address", self.webui.url) if self.webui.url else ()
        given = ("--outputs", str(outputs), *where, "--timeout", "0", "--interval", "0.05")
        return cli.main(["verify", "--spec", str(spec), *given, *arguments])

    def _balanced(self) -> None:
        elb, vpc = self.client("elbv2"), _vpc(self.url)
        group = elb.create_target_group(Name=self.name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip")
        arn = group["TargetGroups"][0]["TargetGroupArn"]
        elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": f"10.0.0.{n}", "Port": 8080} for n in (1, 2)])
        self.outputs |= {
            "alb_dns_name": f"internal-{self.name}.elb.invalid",
            "dashboard_url": f"https://console.invalid/#dashboards/dashboard/{self.name}",
            "log_group_name": f"/ecs/{self.name}",
            "service_name": self.name,
            "target_group_arn": arn,
        }
        self.health: dict[str, tuple[str, str]] = {}
        self.target_group = elbv2_backends[ACCOUNT][REGION].target_groups[arn]
        vars(self.target_group)["health_for"] = self._health

    def _health(self, target: dict[str, Any], _: object) -> FakeHealthStatus:
        state, reason = self.health.get(target["Id"], ("healthy", ""))
        return FakeHealthStatus(target["Id"], target["Port"], "8080", state, reason, f"because of {reason}")

    def _services(self) -> None:
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName=self.cluster)
        for name in (self.name, self.old):
            container: Any = {"name": "open-webui", "image": "open-webui", "memory": 128}
            ecs.register_task_definition(family=name, containerDefinitions=[container])
            ecs.create_service(cluster=self.cluster, serviceName=name, taskDefinition=name, desiredCount=2)
            service = self.service(name)
            service.running_count, service.pending_count = 2, 0
            service.deployments[0] |= {"rolloutState": "COMPLETED", "failedTasks": 0}
        self.outputs["task_definition_arn"] = self.service(self.name).deployments[0]["taskDefinition"]

    def service(self, name: str) -> Service:
        """The emulator's own, to change what AWS decides."""
        found: Service = ecs_backends[ACCOUNT][REGION].services[f"{self.cluster}:{name}"]
        return found

    def _cached(self) -> None:
        self.client("elasticache").create_replication_group(
            ReplicationGroupId=self.name,
            ReplicationGroupDescription=self.name,
            CacheNodeType="cache.t4g.small",
            AutomaticFailoverEnabled=True,
            Engine="redis",
            TransitEncryptionEnabled=True,
            AtRestEncryptionEnabled=True,
            AuthToken="secret-value-secret-value",
        )
        self.group.at_rest_encryption_enabled = True  # forgotten, as are replicas
        self.group.member_clusters = [f"{self.name}-001", f"{self.name}-002"]

    @property
    def group(self) -> ReplicationGroup:
        found: ReplicationGroup = elasticache_backends[ACCOUNT][REGION].replication_groups[self.name]
        return found

    def _watched(self) -> None:
        watch = self.client("cloudwatch")
        kinds = {"cpu", "memory", "response-time", "redis-cpu-001", "redis-cpu-002"}
        self.alarms = sorted(f"{self.name}-{kind}" for kind in kinds)
        for alarm in self.alarms:
            watch.put_metric_alarm(
                AlarmName=alarm,
                EvaluationPeriods=5,
                ComparisonOperator="GreaterThanThreshold",
                Threshold=1,
                MetricName="CPUUtilization",
                Namespace="AWS/ECS",
                Period=60,
                Statistic="Average",
            )
            watch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="fine")
        watch.put_dashboard(DashboardName=self.name, DashboardBody=json.dumps({"widgets": [{"type": "text"}]}))

    def alarm(self, kind: str, state: str) -> None:
        name = f"{self.name}-{kind}"
        self.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason="of the test")
