"""An emulated AWS account with the existing resources of a deployment."""

import functools
import json
from typing import Any

import boto3

REGION, ACCOUNT = "us-east-1", "123456789012"
BUCKET, TABLE, KEY = "gg-ai-terraform-states", "terraform-state-locks", "production/gravity-ai-chat/terraform.tfstate"
CLUSTER, OLD_SERVICE = "webUIcluster2", "webui3"

LIST_OPERATIONS = (
    ("application-autoscaling", "describe_scalable_targets", "ScalableTargets", "ResourceId"),
    ("application-autoscaling", "describe_scaling_policies", "ScalingPolicies", "PolicyName"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("ec2", "describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupName"),
    ("elasticache", "describe_cache_clusters", "CacheClusters", "CacheClusterId"),
    ("elasticache", "describe_cache_parameter_groups", "CacheParameterGroups", "CacheParameterGroupName"),
    ("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups", "CacheSubnetGroupName"),
    ("elasticache", "describe_replication_groups", "ReplicationGroups", "ReplicationGroupId"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("secretsmanager", "list_secrets", "SecretList", "Name"),
    ("sns", "list_subscriptions", "Subscriptions", "Endpoint"),
    ("sns", "list_topics", "Topics", "TopicArn"),
)
"""How to list the resources of a deployment: service, operation, list in the response, attribute with the name."""


@functools.cache  # a new client takes longer than most requests
def _client(service: str, url: str) -> Any:
    return boto3.Session("test", "test", region_name=REGION).client(service, endpoint_url=url)


class EmulatedAccount:
    """An AWS account with the network, the old service, and the bucket and the lock table of the state."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.groups: dict[str, str] = {}
        self._create_network()
        self._create_old_service()
        self._create_file_system()
        secret = self.client("secretsmanager").create_secret(
            Name="openwebui/database-url", SecretString="postgresql://"
        )
        self.database_url: str = secret["ARN"]
        self.client("s3").create_bucket(Bucket=BUCKET)
        self.client("dynamodb").create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def client(self, service: str) -> Any:
        """Return a boto3 client for the account."""
        return _client(service, self.url)

    def _create_network(self) -> None:
        ec2 = self.client("ec2")
        self.vpc: str = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")
            for number, zone in enumerate("abc")
        ]
        self.subnets: list[str] = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
        for name in ("old-tasks", "database", "files", "peer"):
            group = ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)
            self.groups[name] = group["GroupId"]
        for name, port in (("database", 5432), ("files", 2049), ("peer", 9099)):
            pairs = [{"GroupId": self.groups["old-tasks"]}]
            rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": pairs}
            ec2.authorize_security_group_ingress(GroupId=self.groups[name], IpPermissions=[rule])

    def _create_old_service(self) -> None:
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName=CLUSTER)
        ecs.register_task_definition(
            family=OLD_SERVICE,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="2048",
            memory="8192",
            containerDefinitions=[{"name": "webui", "image": "ghcr.io/open-webui/open-webui:v0.12.4"}],
        )
        network = {"subnets": self.subnets, "securityGroups": [self.groups["old-tasks"]]}
        ecs.create_service(
            cluster=CLUSTER,
            serviceName=OLD_SERVICE,
            taskDefinition=OLD_SERVICE,
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network},
        )

    def _create_file_system(self) -> None:
        efs = self.client("efs")
        self.file_system: str = efs.create_file_system(Encrypted=True, Backup=True)["FileSystemId"]
        for subnet in self.subnets:
            efs.create_mount_target(
                FileSystemId=self.file_system, SubnetId=subnet, SecurityGroups=[self.groups["files"]]
            )
        point = efs.create_access_point(
            FileSystemId=self.file_system, PosixUser={"Uid": 0, "Gid": 0}, RootDirectory={"Path": "/data"}
        )
        self.access_point: str = point["AccessPointId"]

    def rules(self) -> list[dict[str, Any]]:
        """Return the rules of the existing security groups."""
        filters = [{"Name": "group-id", "Values": list(self.groups.values())}]
        rules = self.client("ec2").describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
        return sorted(rules, key=lambda rule: str(rule["SecurityGroupRuleId"]))

    def existing(self) -> dict[str, Any]:
        """Return the descriptions of all existing resources, which a destroy must leave as they are."""
        ec2, ecs, efs, secrets = (self.client(service) for service in ("ec2", "ecs", "efs", "secretsmanager"))
        # Counts of the whole cluster and times of access are left out: they may change.
        [cluster] = ecs.describe_clusters(clusters=[CLUSTER])["clusters"]
        secret = secrets.describe_secret(SecretId=self.database_url)
        [file_system] = efs.describe_file_systems(FileSystemId=self.file_system)["FileSystems"]
        table = self.client("dynamodb").describe_table(TableName=TABLE)["Table"]
        descriptions = {
            "vpc": ec2.describe_vpcs(VpcIds=[self.vpc])["Vpcs"],
            "subnets": ec2.describe_subnets(SubnetIds=self.subnets)["Subnets"],
            "security groups": ec2.describe_security_groups(GroupIds=list(self.groups.values()))["SecurityGroups"],
            "rules": self.rules(),
            "cluster": {key: value for key, value in cluster.items() if not key.endswith("Count")},
            "service": ecs.describe_services(cluster=CLUSTER, services=[OLD_SERVICE])["services"],
            "task definition": ecs.describe_task_definition(taskDefinition=OLD_SERVICE)["taskDefinition"],
            "secret": {key: secret[key] for key in secret.keys() - {"LastAccessedDate", "ResponseMetadata"}},
            "secret value": secrets.get_secret_value(SecretId=self.database_url)["SecretString"],
            "file system": file_system | {"SizeInBytes": file_system["SizeInBytes"]["Value"]},
            "access point": efs.describe_access_points(AccessPointId=self.access_point)["AccessPoints"],
            "mount targets": efs.describe_mount_targets(FileSystemId=self.file_system)["MountTargets"],
            "buckets": self.client("s3").list_buckets()["Buckets"],
            "table": {key: table[key] for key in table.keys() - {"ItemCount", "TableSizeBytes"}},
        }
        plain_values: dict[str, Any] = json.loads(json.dumps(descriptions, default=str, sort_keys=True))
        return plain_values

    def state(self) -> dict[str, Any]:
        """Return the Terraform state in the bucket."""
        state: dict[str, Any] = json.loads(self.client("s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read())
        return state

    def deleted_secrets(self) -> list[str]:
        """Return the names of the deleted secrets in their recovery window."""
        secrets = self.client("secretsmanager").list_secrets(IncludePlannedDeletion=True)["SecretList"]
        return sorted(secret["Name"] for secret in secrets if "DeletedDate" in secret)

    def inventory(self) -> set[str]:
        """Return the names of all resources of the kinds that a deployment creates."""
        names = set()
        for service, operation, key, name in LIST_OPERATIONS:
            arguments = {"ServiceNamespace": "ecs"} if service == "application-autoscaling" else {}
            response = getattr(self.client(service), operation)(**arguments)
            names |= {f"{key} {item[name]}" for item in response[key]}
        ecs = self.client("ecs")
        arns = ecs.list_services(cluster=CLUSTER)["serviceArns"]
        services = ecs.describe_services(cluster=CLUSTER, services=arns)["services"]
        names |= {f"service {service['serviceName']} {service['status']}" for service in services}
        revisions = ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"]
        return names | {f"task definition {arn.rpartition('/')[2]}" for arn in revisions}
