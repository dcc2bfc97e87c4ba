"""Parts of an AWS account, to put together the account of a test within the decorators of moto."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto.ec2.models.amis import AmiBackend
from moto.ecs.models import ecs_backends
from moto.moto_api._internal import mock_random

from tests._support.in_process_aws import in_process_aws

ACCOUNT = "123456789012"
DATA = "/app/backend/data"
IMAGE = "ghcr.io/open-webui/open-webui:v0.12.4"
DIGEST = "sha256:" + "0123456789abcdef" * 4
CLUSTER, SERVICE = "prod", "webui3"

Json = dict[str, Any]


@contextmanager
def emulated_aws() -> Iterator[None]:
    """Answer the calls of this process; all identifiers are the same in each run.

    The clients of all sessions are shared, and no machine images are created: both take longer than the calls.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AmiBackend, "_load_amis", lambda _backend: None)
        patch.setattr(boto3.Session, "client", lambda session, service, **_: _client(session, service))
        with in_process_aws():
            mock_random.seed(29)
            yield


_clients: dict[tuple[str, str | None, str], Any] = {}
_new_client = boto3.Session.client


def _client(session: boto3.Session, service: str) -> Any:
    key = (service, session.region_name, session.profile_name)
    if key not in _clients:
        _clients[key] = _new_client(session, service)
    return _clients[key]


class AccountParts:
    """An account with a VPC: three private subnets and two public ones, and a security group for the tasks.

    `url` is the endpoint of a server; None within `emulated_aws`.
    """

    url: str | None = None

    def __init__(self, region: str = "eu-west-1") -> None:
        self.region = region
        self._session = boto3.Session("test", "test", region_name=region)
        ec2 = self.client("ec2")
        self.vpc: str = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        self.private = [self.subnet(number, zone) for number, zone in enumerate("abc")]
        self.public = [self.subnet(number + 100, zone) for number, zone in enumerate("ab")]
        table = ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        for subnet in self.public:
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        self.tasks = self.group("tasks")
        self.client("ecs").create_cluster(clusterName=CLUSTER)

    def client(self, service: str) -> Any:
        """Return a boto3 client."""
        return self._session.client(service, endpoint_url=self.url) if self.url else self._session.client(service)

    def subnet(self, number: int, zone: str) -> str:
        """Create a subnet in an availability zone."""
        zone = f"{self.region}{zone}"
        response = self.client("ec2").create_subnet(
            VpcId=self.vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=zone
        )
        identifier: str = response["Subnet"]["SubnetId"]
        return identifier

    def group(self, name: str, port: int | None = None, source: str | None = None) -> str:
        """Create a security group that admits another one, or a range, to a port."""
        ec2 = self.client("ec2")
        group: str = ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"]
        if port is not None:
            self.admit(group, port, source or self.tasks)
        return group

    def admit(self, group: str, port: int, source: str, description: str = "") -> None:
        """Let a group or a range connect to the members of a group."""
        rule: Json = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        about = {"Description": description} if description else {}
        if source.startswith("sg-"):
            rule["UserIdGroupPairs"] = [{"GroupId": source, **about}]
        else:
            rule["IpRanges"] = [{"CidrIp": source, **about}]
        self.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def secret(self, name: str, kms_key: str | None = None) -> str:
        """Create a secret and return its ARN. No test reads its value."""
        key = {"KmsKeyId": kms_key} if kms_key else {}
        response = self.client("secretsmanager").create_secret(Name=name, SecretString="never-to-be-read", **key)
        arn: str = response["ARN"]
        return arn

    def file_system(self, *, access_point: str | None = None) -> Json:
        """Create EFS with mount targets, and return the configuration of the volume. `access_point` is its path."""
        efs = self.client("efs")
        identifier = efs.create_file_system(Encrypted=True)["FileSystemId"]
        group = self.group("files", 2049)
        for subnet in self.private:
            efs.create_mount_target(FileSystemId=identifier, SubnetId=subnet, SecurityGroups=[group])
        volume: Json = {"fileSystemId": identifier, "transitEncryption": "ENABLED"}
        if access_point is not None:
            point = efs.create_access_point(FileSystemId=identifier, RootDirectory={"Path": access_point})
            volume["authorizationConfig"] = {"accessPointId": point["AccessPointId"], "iam": "ENABLED"}
        return volume

    def aurora(self, name: str, *, parameter: str | None = None, instance_class: str = "db.r6g.large") -> str:
        """Create an Aurora cluster with one instance, and return its security group."""
        rds = self.client("rds")
        group = self.group(f"{name}-db", 5432)
        self._subnet_group()
        rds.create_db_cluster(
            DBClusterIdentifier=name,
            Engine="aurora-postgresql",
            MasterUsername="webui",
            MasterUserPassword="never-to-be-read",
            DBSubnetGroupName="private",
            VpcSecurityGroupIds=[group],
        )
        parameters = {}
        if parameter is not None:
            family = {"DBParameterGroupFamily": "aurora-postgresql16", "Description": name}
            rds.create_db_parameter_group(DBParameterGroupName=f"{name}-parameters", **family)
            setting = {
                "ParameterName": "max_connections",
                "ParameterValue": parameter,
                "ApplyMethod": "pending-reboot",
            }
            rds.modify_db_parameter_group(DBParameterGroupName=f"{name}-parameters", Parameters=[setting])
            parameters["DBParameterGroupName"] = f"{name}-parameters"
        rds.create_db_instance(
            DBInstanceIdentifier=f"{name}-1",
            DBClusterIdentifier=name,
            DBInstanceClass=instance_class,
            Engine="aurora-postgresql",
            VpcSecurityGroupIds=[group],
            DBSubnetGroupName="private",
            **parameters,
        )
        return group

    def rds(
        self, name: str, *, instance_class: str = "db.m6g.large", port: int = 5432, engine: str = "postgres"
    ) -> str:
        """Create an RDS instance, and return its security group."""
        group = self.group(f"{name}-db", port)
        self._subnet_group()
        self.client("rds").create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass=instance_class,
            Engine=engine,
            MasterUsername="webui",
            MasterUserPassword="never-to-be-read",
            AllocatedStorage=20,
            Port=port,
            VpcSecurityGroupIds=[group],
            DBSubnetGroupName="private",
        )
        return group

    def _subnet_group(self) -> None:
        rds = self.client("rds")
        if not rds.describe_db_subnet_groups()["DBSubnetGroups"]:
            rds.create_db_subnet_group(
                DBSubnetGroupName="private", DBSubnetGroupDescription="private", SubnetIds=self.private
            )

    def load_balancer(
        self, *sources: tuple[str, str], scheme: str = "internal", host: str = "", tls: bool = False
    ) -> str:
        """Create a load balancer that admits ranges, each with a description, and return the ARN of its targets."""
        elb = self.client("elbv2")
        port = 443 if tls else 80
        group = self.group("balancer")
        for source, description in sources:
            self.admit(group, port, source, description)
        self.admit(self.tasks, 8080, group)
        subnets = self.public if scheme == "internet-facing" else self.private
        response = elb.create_load_balancer(Name="chat", Subnets=subnets, SecurityGroups=[group], Scheme=scheme)
        balancer = response["LoadBalancers"][0]["LoadBalancerArn"]
        target: str = elb.create_target_group(
            Name="chat", Protocol="HTTP", Port=8080, VpcId=self.vpc, TargetType="ip", HealthCheckPath="/health"
        )["TargetGroups"][0]["TargetGroupArn"]
        timeout = {"Key": "idle_timeout.timeout_seconds", "Value": "120"}
        elb.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=[timeout])
        sticky = {"stickiness.enabled": "true", "stickiness.type": "lb_cookie"}
        sticky |= {"stickiness.lb_cookie.duration_seconds": "3600"}
        attributes = [{"Key": key, "Value": value} for key, value in sticky.items()]
        elb.modify_target_group_attributes(TargetGroupArn=target, Attributes=attributes)
        forward = [{"Type": "forward", "TargetGroupArn": target}]
        certificate = {}
        if tls:
            arn = self.client("acm").request_certificate(DomainName=host or "chat.example.com")["CertificateArn"]
            certificate = {"Certificates": [{"CertificateArn": arn}]}
        listener = elb.create_listener(
            LoadBalancerArn=balancer,
            Protocol="HTTPS" if tls else "HTTP",
            Port=port,
            DefaultActions=forward,
            **certificate,
        )["Listeners"][0]["ListenerArn"]
        if host:
            condition = {"Field": "host-header", "HostHeaderConfig": {"Values": [host]}}
            elb.create_rule(ListenerArn=listener, Priority=1, Conditions=[condition], Actions=forward)
        return target

    def name_in_cloud_map(self, name: str, group: str | None = None, address: str = "10.0.0.77") -> str:
        """Register a name such as `tools.chat.local`, and the network interface of its address; return its ARN."""
        discovery = self.client("servicediscovery")
        service, _, namespace = name.partition(".")
        found = {each["Name"]: each["Id"] for each in discovery.list_namespaces()["Namespaces"]}
        if namespace not in found:
            discovery.create_private_dns_namespace(Name=namespace, Vpc=self.vpc)
            found = {each["Name"]: each["Id"] for each in discovery.list_namespaces()["Namespaces"]}
        created = discovery.create_service(Name=service, NamespaceId=found[namespace])["Service"]
        if group is not None:
            attributes = {"AWS_INSTANCE_IPV4": address}
            discovery.register_instance(ServiceId=created["Id"], InstanceId=service, Attributes=attributes)
            self.interface(address, group)
        arn: str = created["Arn"]
        return arn

    def interface(self, address: str, group: str) -> None:
        """Create the network interface of an address in the first private subnet."""
        self.client("ec2").create_network_interface(SubnetId=self.private[0], PrivateIpAddress=address, Groups=[group])

    def container(self, **changes: Any) -> Json:
        """Return a container definition of Open WebUI."""
        return {"name": "webui", "image": IMAGE, "essential": True} | changes

    def data_volume(self, volume: Json, path: str = DATA) -> tuple[Json, Json]:
        """Return the mount point and the volume of a task definition for EFS."""
        mount = {"sourceVolume": "data", "containerPath": path}
        return {"mountPoints": [mount]}, {"volumes": [{"name": "data", "efsVolumeConfiguration": volume}]}

    def service(self, *containers: Json, definition: Json | None = None, public: bool = False, **settings: Any) -> None:
        """Register a task definition and create the service with it."""
        ecs = self.client("ecs")
        fargate = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "2048", "memory": "8192"}
        ecs.register_task_definition(
            family=SERVICE,
            containerDefinitions=list(containers or [self.container()]),
            **(fargate | (definition or {})),
        )
        network = {
            "subnets": self.public if public else self.private,
            "securityGroups": [self.tasks],
            "assignPublicIp": "ENABLED" if public else "DISABLED",
        }
        defaults: Json = {
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": network},
            "desiredCount": 1,
        }
        given = {key: value for key, value in (defaults | settings).items() if value is not None}
        ecs.create_service(cluster=CLUSTER, serviceName=SERVICE, taskDefinition=SERVICE, **given)

    def running_task(self, *, digest: str | None = DIGEST) -> None:
        """Start a task of the service, with the digest of its image, which moto leaves out."""
        network = {"awsvpcConfiguration": {"subnets": self.private, "securityGroups": [self.tasks]}}
        self.client("ecs").run_task(
            cluster=CLUSTER, taskDefinition=SERVICE, launchType="FARGATE", networkConfiguration=network
        )
        for tasks in ecs_backends[ACCOUNT][self.region].tasks.values():
            for task in tasks.values():
                task.group = f"service:{SERVICE}"
                vars(task.containers[0])["image_digest"] = digest

    def role(self, *policies: str, inline: str | None = None) -> str:
        """Create a task role with managed policies, and return its ARN."""
        iam = self.client("iam")
        document = json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}],
            }
        )
        arn: str = iam.create_role(RoleName="chat-task", AssumeRolePolicyDocument=document)["Role"]["Arn"]
        for policy in policies:
            created = iam.create_policy(PolicyName=policy, PolicyDocument=document)["Policy"]["Arn"]
            iam.attach_role_policy(RoleName="chat-task", PolicyArn=created)
        if inline:
            iam.put_role_policy(RoleName="chat-task", PolicyName=inline, PolicyDocument=document)
        return arn

    def key(self) -> str:
        """Create a KMS key and return its ARN."""
        arn: str = self.client("kms").create_key()["KeyMetadata"]["Arn"]
        return arn

    def topic_of_an_alarm(self, name: str = "platform-alarms") -> str:
        """Create a topic, and an alarm of the service that notifies it; return the ARN of the topic."""
        topic: str = self.client("sns").create_topic(Name=name)["TopicArn"]
        self.client("cloudwatch").put_metric_alarm(
            AlarmName=f"chat-cpu-{name}",
            Namespace="AWS/ECS",
            MetricName="CPUUtilization",
            Dimensions=[{"Name": "ClusterName", "Value": CLUSTER}, {"Name": "ServiceName", "Value": SERVICE}],
            Statistic="Average",
            Period=60,
            EvaluationPeriods=5,
            Threshold=85,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=[topic],
        )
        return topic


def pairs(values: dict[str, str]) -> list[Json]:
    """Return variables as a container definition has them."""
    return [{"name": name, "value": value} for name, value in values.items()]


def references(values: dict[str, str]) -> list[Json]:
    """Return secrets as a container definition has them."""
    return [{"name": name, "valueFrom": arn} for name, arn in values.items()]
