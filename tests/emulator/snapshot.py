"""What AWS says of the deployment at one moment."""

import json
from typing import Any

from moto.elasticache.models import elasticache_backends

from tests.emulator.replication_groups import tokens
from tests.emulator.world import ACCOUNT, CLUSTER, REGION, TABLE, World

NAME = "webui3-scaled"


class Snapshot:
    """The resources as boto3 reads them back, and the state."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._service()
        self._load_balancer()
        self._redis()
        self._secrets()
        self._scaling_and_alarms()
        self.policies = {role: self._policy(role) for role in ("execution", "task")}
        self.rules = world.rules()
        self._own_rules()
        self.state = world.state()
        self.inventory = world.inventory()
        locks = world.client("dynamodb").scan(TableName=TABLE)["Items"]
        self.locks: list[str] = [lock["LockID"]["S"] for lock in locks]

    def _service(self) -> None:
        ecs = self._world.client("ecs")
        [self.service] = ecs.describe_services(cluster=CLUSTER, services=[NAME])["services"]
        self.task = ecs.describe_task_definition(taskDefinition=self.service["taskDefinition"])["taskDefinition"]
        [self.container] = self.task["containerDefinitions"]
        self.environment = {each["name"]: each["value"] for each in self.container["environment"]}
        self.references = {each["name"]: each["valueFrom"] for each in self.container["secrets"]}

    def _load_balancer(self) -> None:
        elb = self._world.client("elbv2")
        [self.load_balancer] = elb.describe_load_balancers()["LoadBalancers"]
        [self.listener] = elb.describe_listeners(LoadBalancerArn=self.load_balancer["LoadBalancerArn"])["Listeners"]
        [self.target_group] = elb.describe_target_groups()["TargetGroups"]
        attributes = elb.describe_target_group_attributes(TargetGroupArn=self.target_group["TargetGroupArn"])
        self.target_group_attributes = {each["Key"]: each["Value"] for each in attributes["Attributes"]}

    def _redis(self) -> None:
        cache = self._world.client("elasticache")
        [self.redis] = cache.describe_replication_groups()["ReplicationGroups"]
        # AWS never tells a token, so the emulator is asked.
        self.redis_tokens = list(tokens(elasticache_backends[ACCOUNT][REGION].replication_groups[NAME]))

    def _own_rules(self) -> None:
        ec2 = self._world.client("ec2")
        groups = {each["GroupId"]: each["GroupName"] for each in ec2.describe_security_groups()["SecurityGroups"]}
        self.group_names = groups
        self.own_rules = [
            rule
            for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]
            if groups[rule["GroupId"]].startswith(NAME)
        ]

    def _secrets(self) -> None:
        client = self._world.client("secretsmanager")
        listed = [each for each in client.list_secrets()["SecretList"] if each["Name"].startswith(NAME)]
        self.secret_arns: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        self.secret_versions: dict[str, str] = {}
        for each in listed:
            name = each["Name"].removeprefix(f"{NAME}/").rpartition("-")[0]
            value = client.get_secret_value(SecretId=each["ARN"])
            self.secret_arns[name] = each["ARN"]
            self.secrets[name] = value["SecretString"]
            self.secret_versions[name] = value["VersionId"]

    def _scaling_and_alarms(self) -> None:
        scaling, watch = self._world.client("application-autoscaling"), self._world.client("cloudwatch")
        [self.target] = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
        policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
        self.scaling = {policy["PolicyName"]: policy for policy in policies}
        # Target tracking makes alarms of its own, whose names begin otherwise.
        alarms = watch.describe_alarms(AlarmNamePrefix=f"{NAME}-")["MetricAlarms"]
        self.alarms = {alarm["AlarmName"].removeprefix(f"{NAME}-"): alarm for alarm in alarms}
        self.dashboard: dict[str, Any] = json.loads(watch.get_dashboard(DashboardName=NAME)["DashboardBody"])
        sns = self._world.client("sns")
        [self.topic] = [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]
        self.subscriptions = sns.list_subscriptions_by_topic(TopicArn=self.topic)["Subscriptions"]

    def _policy(self, role: str) -> list[dict[str, Any]]:
        iam = self._world.client("iam")
        [name] = iam.list_role_policies(RoleName=f"{NAME}-{role}")["PolicyNames"]
        assert not iam.list_attached_role_policies(RoleName=f"{NAME}-{role}")["AttachedPolicies"]
        statements = iam.get_role_policy(RoleName=f"{NAME}-{role}", PolicyName=name)["PolicyDocument"]["Statement"]
        return statements if isinstance(statements, list) else [statements]
