"""A deployment in the emulated AWS that passes all checks of `owscale verify`."""

import functools
import itertools
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.ecs.models import Service, ecs_backends
from moto.elasticache.models import ReplicationGroup, elasticache_backends
from moto.elbv2.models import FakeHealthStatus, elbv2_backends
from moto.rds.models import DBInstance, rds_backends

from owscale.cli.main import main
from tests._support.cases import GOLDEN
from tests._support.webui_server import WebUI

REGION, ACCOUNT = "eu-west-1", "123456789012"
HOST = "chat.example.com"

_numbers = itertools.count(1)


@functools.cache  # a new client takes longer than most tests
def _client(service: str, url: str) -> Any:
    return boto3.Session("test", "test", region_name=REGION).client(service, endpoint_url=url)


@functools.cache
def _vpc_id(url: str) -> str:
    vpc_id: str = _client("ec2", url).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return vpc_id


class AppliedDeployment:
    """One deployment, with its spec and Terraform outputs, which a test may change.

    `url` is the endpoint of the emulated AWS. Every deployment has names of its own, so that all tests share it.
    """

    def __init__(self, url: str, webui: WebUI, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.url, self.webui, self.directory = url, webui, directory
        self._capsys = capsys
        self.stdout = self.stderr = ""
        self.name = f"chat-{next(_numbers)}"
        self.cluster, self.replaced_service = f"{self.name}-cluster", f"{self.name}-old"
        self.spec: dict[str, Any] = yaml.safe_load(
            (GOLDEN / "minimal/spec.yaml").read_text().replace("111122223333", ACCOUNT)
        )
        self.spec["existing"] |= {"cluster": self.cluster, "service": self.replaced_service}
        self.spec["service"] |= {"name": self.name, "instances": 2}
        self.spec["redis"]["nodes"] = 2
        self.spec["app"]["public_url"] = f"https://{HOST}"
        self.spec["load_balancer"]["tls_termination"] = "proxy"
        self.spec["aws"]["account_id"] = ACCOUNT
        self.outputs: dict[str, Any] = {
            "alb_dns_name": f"internal-{self.name}.elb.invalid",
            "dashboard_url": f"https://console.invalid/#dashboards/dashboard/{self.name}",
            "log_group_name": f"/ecs/{self.name}",
            "service_name": self.name,
        }
        self.health: dict[str, tuple[str, str]] = {}
        """State and reason of each target that is not healthy, by its IP address."""
        self._create_target_group()
        self._create_services()
        self._create_replication_group()
        self._create_alarms_and_dashboard()
        self._create_database_and_files()

    def client(self, service: str) -> Any:
        """Return a boto3 client of the emulated AWS."""
        return _client(service, self.url)

    @property
    def files(self) -> tuple[str, ...]:
        """The options that name the spec and the outputs; the files come from the last `verify`."""
        return "--spec", str(self.directory / "spec.yaml"), "--outputs", str(self.directory / "outputs.json")

    def verify(self, *arguments: str) -> int:
        """Run `owscale verify`, and keep its output.

        Each check runs once, unless the arguments set a timeout.
        """
        outputs = {name: {"sensitive": False, "type": "string", "value": value} for name, value in self.outputs.items()}
        outputs["token"] = {"sensitive": True, "type": "string", "value": "secret-value"}
        (self.directory / "spec.yaml").write_text(yaml.safe_dump(self.spec))
        (self.directory / "outputs.json").write_text(json.dumps(outputs))
        address = ("--address", self.webui.url) if self.webui.url else ()
        code = main(["verify", *self.files, *address, "--timeout", "0", "--interval", "0.05", *arguments])
        self.stdout, self.stderr = self._capsys.readouterr()
        return code

    def verify_one(self, check: str, *arguments: str, status: str = "failed") -> str:
        """Run a single check, require a status, and return the lines about the check."""
        assert self.verify("--only", check, *arguments) == (status == "failed")
        _, *lines, summary = self.stdout.splitlines()
        assert summary == f"1 check: 1 {status}"
        return "\n".join(lines)

    def verify_json(self, *arguments: str, code: int) -> dict[str, Any]:
        """Run `owscale verify`, require an exit code, and return the JSON document."""
        assert self.verify("--output-format", "json", *arguments) == code
        document: dict[str, Any] = json.loads(self.stdout)
        return document

    def service(self, name: str) -> Service:
        """Return the service object of the emulator, to change the answers of AWS."""
        service: Service = ecs_backends[ACCOUNT][REGION].services[f"{self.cluster}:{name}"]
        return service

    @property
    def replication_group(self) -> ReplicationGroup:
        """The replication group object of the emulator."""
        group: ReplicationGroup = elasticache_backends[ACCOUNT][REGION].replication_groups[self.name]
        return group

    def alarm(self, suffix: str) -> Alarm:
        """Return the alarm object of the emulator, by its name without the deployment's name."""
        alarm: Alarm = cloudwatch_backends[ACCOUNT][REGION].alarms[f"{self.name}-{suffix}"]
        return alarm

    def set_alarm_state(self, suffix: str, state: str) -> None:
        name = f"{self.name}-{suffix}"
        self.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason="reason of the test")

    def _create_target_group(self) -> None:
        elb, vpc_id = self.client("elbv2"), _vpc_id(self.url)
        response = elb.create_target_group(Name=self.name, Protocol="HTTP", Port=8080, VpcId=vpc_id, TargetType="ip")
        arn = response["TargetGroups"][0]["TargetGroupArn"]
        elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": f"10.0.0.{n}", "Port": 8080} for n in (1, 2)])
        self.outputs["target_group_arn"] = arn
        vars(elbv2_backends[ACCOUNT][REGION].target_groups[arn])["health_for"] = self._health_status

    def _health_status(self, target: dict[str, Any], _: object) -> FakeHealthStatus:
        state, reason = self.health.get(target["Id"], ("healthy", ""))
        return FakeHealthStatus(target["Id"], target["Port"], "8080", state, reason, f"because of {reason}")

    def _create_services(self) -> None:
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName=self.cluster)
        for name in (self.name, self.replaced_service):
            container: Any = {"name": "open-webui", "image": "open-webui", "memory": 128}
            ecs.register_task_definition(family=name, containerDefinitions=[container])
            ecs.create_service(cluster=self.cluster, serviceName=name, taskDefinition=name, desiredCount=2)
            service = self.service(name)
            service.running_count, service.pending_count = 2, 0
            service.deployments[0] |= {"rolloutState": "COMPLETED", "failedTasks": 0}
        self.outputs["task_definition_arn"] = self.service(self.name).deployments[0]["taskDefinition"]

    def _create_replication_group(self) -> None:
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
        # The emulator drops this argument and creates no replicas.
        self.replication_group.at_rest_encryption_enabled = True
        self.replication_group.member_clusters = [f"{self.name}-001", f"{self.name}-002"]

    def _create_database_and_files(self) -> None:
        group = self.client("ec2").create_security_group(
            GroupName=f"{self.name}-database", Description="database", VpcId=_vpc_id(self.url)
        )["GroupId"]
        self.client("rds").create_db_instance(
            DBInstanceIdentifier=self.name,
            DBInstanceClass="db.t4g.medium",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="chat",
            MasterUserPassword="secret-value",
            VpcSecurityGroupIds=[group],
        )
        self.spec["existing"]["database"]["security_group"] = group
        files = self.client("efs").create_file_system(CreationToken=self.name, Backup=True)
        self.spec["existing"]["files"]["file_system"] = files["FileSystemId"]

    @property
    def database(self) -> DBInstance:
        """The RDS instance object of the emulator."""
        instance: DBInstance = rds_backends[ACCOUNT][REGION].databases[self.name]
        return instance

    def _create_alarms_and_dashboard(self) -> None:
        cloudwatch = self.client("cloudwatch")
        nodes = [f"redis-{metric}-{node}" for metric in ("cpu", "memory") for node in ("001", "002")]
        for suffix in ("cpu", "memory", "response-time", "target-5xx", *nodes):
            cloudwatch.put_metric_alarm(
                AlarmName=f"{self.name}-{suffix}",
                EvaluationPeriods=5,
                ComparisonOperator="GreaterThanThreshold",
                Threshold=1,
                MetricName="CPUUtilization",
                Namespace="AWS/ECS",
                Period=60,
                Statistic="Average",
            )
            self.set_alarm_state(suffix, "OK")
        widgets = json.dumps({"widgets": [{"type": "text"}]})
        cloudwatch.put_dashboard(DashboardName=self.name, DashboardBody=widgets)
