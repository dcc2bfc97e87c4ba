"""The resources of the deployment at one moment, as AWS describes them."""

import json
from typing import Any

from moto.elasticache.models import elasticache_backends

from tests._support.emulator.account import ACCOUNT, CLUSTER, REGION, TABLE, EmulatedAccount
from tests._support.emulator.replication_groups import tokens

NAME = "webui3-scaled"


class Snapshot:
    """The descriptions from boto3, and the Terraform state."""

    def __init__(self, account: EmulatedAccount) -> None:
        self._account = account
        self._read_service()
        self._read_load_balancer()
        self._read_redis()
        self._read_secrets()
        self._read_scaling_and_alarms()
        self.policies = {role: self._read_policy(role) for role in ("execution", "task")}
        self.rules = account.rules()
        self._read_own_rules()
        self.state = account.state()
        self.inventory = account.inventory()
        locks = account.client("dynamodb").scan(TableName=TABLE)["Items"]
        self.locks: list[str] = [lock["LockID"]["S"] for lock in locks]

    def _read_service(self) -> None:
        ecs = self._account.client("ecs")
        [self.service] = ecs.describe_services(cluster=CLUSTER, services=[NAME])["services"]
        self.task = ecs.describe_task_definition(taskDefinition=self.service["taskDefinition"])["taskDefinition"]
        [self.container] = self.task["containerDefinitions"]
        self.environment = {entry["name"]: entry["value"] for entry in self.container["environment"]}
        self.references = {entry["name"]: entry["valueFrom"] for entry in self.container["secrets"]}

    def _read_load_balancer(self) -> None:
        elb = self._account.client("elbv2")
        [self.load_balancer] = elb.describe_load_balancers()["LoadBalancers"]
        [self.listener] = elb.describe_listeners(LoadBalancerArn=self.load_balancer["LoadBalancerArn"])["Listeners"]
        [self.target_group] = elb.describe_target_groups()["TargetGroups"]
        attributes = elb.describe_target_group_attributes(TargetGroupArn=self.target_group["TargetGroupArn"])
        self.target_group_attributes = {entry["Key"]: entry["Value"] for entry in attributes["Attributes"]}

    def _read_redis(self) -> None:
        cache = self._account.client("elasticache")
        [self.redis] = cache.describe_replication_groups()["ReplicationGroups"]
        # AWS never returns a token, so it comes from the emulator itself.
        self.redis_tokens = list(tokens(elasticache_backends[ACCOUNT][REGION].replication_groups[NAME]))

    def _read_own_rules(self) -> None:
        ec2 = self._account.client("ec2")
        groups = ec2.describe_security_groups()["SecurityGroups"]
        self.group_names = {group["GroupId"]: group["GroupName"] for group in groups}
        self.own_rules = [
            rule
            for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]
            if self.group_names[rule["GroupId"]].startswith(NAME)
        ]

    def _read_secrets(self) -> None:
        client = self._account.client("secretsmanager")
        secrets = [secret for secret in client.list_secrets()["SecretList"] if secret["Name"].startswith(NAME)]
        self.secret_arns: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        self.secret_versions: dict[str, str] = {}
        for secret in secrets:
            name = secret["Name"].removeprefix(f"{NAME}/").rpartition("-")[0]
            value = client.get_secret_value(SecretId=secret["ARN"])
            self.secret_arns[name] = secret["ARN"]
            self.secrets[name] = value["SecretString"]
            self.secret_versions[name] = value["VersionId"]

    def _read_scaling_and_alarms(self) -> None:
        scaling, watch = self._account.client("application-autoscaling"), self._account.client("cloudwatch")
        [self.target] = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
        policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
        self.scaling = {policy["PolicyName"]: policy for policy in policies}
        # The alarms that target tracking creates have another prefix.
        alarms = watch.describe_alarms(AlarmNamePrefix=f"{NAME}-")["MetricAlarms"]
        self.alarms = {alarm["AlarmName"].removeprefix(f"{NAME}-"): alarm for alarm in alarms}
        self.dashboard: dict[str, Any] = json.loads(watch.get_dashboard(DashboardName=NAME)["DashboardBody"])
        sns = self._account.client("sns")
        [self.topic] = [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]
        self.subscriptions = sns.list_subscriptions_by_topic(TopicArn=self.topic)["Subscriptions"]

    def _read_policy(self, role: str) -> list[dict[str, Any]]:
        iam = self._account.client("iam")
        [name] = iam.list_role_policies(RoleName=f"{NAME}-{role}")["PolicyNames"]
        assert not iam.list_attached_role_policies(RoleName=f"{NAME}-{role}")["AttachedPolicies"]
        statements = iam.get_role_policy(RoleName=f"{NAME}-{role}", PolicyName=name)["PolicyDocument"]["Statement"]
        return statements if isinstance(statements, list) else [statements]
