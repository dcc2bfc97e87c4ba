"""Read an ECS service and its resources from an AWS account."""

from __future__ import annotations

from typing import Any, NamedTuple

from owscale.aws_api.calls import Caller
from owscale.console.text import and_more, closest
from owscale.discovery import aws_databases, aws_load_balancer, aws_peers, task_definition
from owscale.discovery.aws_reader import AwsReader
from owscale.discovery.aws_security_groups import SecurityGroups
from owscale.discovery.plain_data import at, mappings, named_values, number, text, texts
from owscale.discovery.running_service import Container, DatabaseCandidate, Found, RunningService, Secret
from owscale.domain.openwebui import releases
from owscale.domain.ports import NFS_PORT
from owscale.errors import OwscaleError

_KEY = "existing.service"
_MAX_NAMES = 20
_REDIS_PORT, _POSTGRES_PORT = 6379, 5432
_MIN_SUBNETS = 2
_MAX_SECRETS = 200


class AwsTarget(NamedTuple):
    """The service to read: its name and cluster, and the region and account of the credentials."""

    cluster: str
    service: str
    region: str
    account_id: str
    profile: str = ""
    container: str | None = None


def read(call: Caller, target: AwsTarget) -> RunningService:
    """Read a service. Raises OwscaleError if it does not exist, or is not Open WebUI."""
    return _AccountSource(AwsReader(call), target).read()


def select_database(running: RunningService, name: str) -> list[DatabaseCandidate]:
    """Return the database with a name. Raises OwscaleError if none of the candidates has it."""
    found = [each for each in running.databases if each.name == name]
    if not found:
        names = [each.name for each in running.databases]
        listed = and_more(names, _MAX_NAMES) or "none"
        hint = f"did you mean {closest(name, names)}?" if closest(name, names) else "leave it out, and write the values"
        raise OwscaleError(f"--database {name}: not among the databases that admit the tasks: {listed}", hint=hint)
    return found


class _AccountSource:
    """One run: the parts of the service that were read, and values that later parts need."""

    def __init__(self, reader: AwsReader, target: AwsTarget) -> None:
        self._reader = reader
        self._target = target
        self._groups = SecurityGroups(())
        self._members: tuple[str, ...] = ()
        self._networks: list[str] = []
        self._origin = f"service {target.service}"
        self._definition: dict[str, Any] = {}

    def read(self) -> RunningService:
        service = self._service()
        running = self._running(service)
        target = self._target
        running.title = f"the service {target.service} in the cluster {target.cluster}"
        running.cluster = Found(target.cluster, "--cluster")
        running.service = Found(target.service, "--service")
        running.region = Found(target.region, "the region that was read")
        running.account_id = Found(target.account_id, "the account that was read")
        running.profile = target.profile
        tags = {text(tag.get("key")): text(tag.get("value")) for tag in mappings(service.get("tags"))}
        running.tags = {key: value for key, value in tags.items() if not key.lower().startswith("aws:")}
        running.exec = service.get("enableExecuteCommand") is True
        if (tasks := number(service.get("desiredCount"))) is not None:
            running.tasks = Found(int(tasks), self._origin)
        self._read_digest(running)
        self._read_network(running, service)
        self._read_files(running)
        self._read_connections(running, service)
        self._read_secrets(running)
        self._read_operations(running)
        running.gaps = self._reader.gaps
        return running

    def _service(self) -> dict[str, Any]:
        cluster, name = self._target.cluster, self._target.service
        described = self._reader.read(_KEY, "ecs:DescribeServices", cluster=cluster, services=[name], include=["TAGS"])
        services = mappings(described.get("services"))
        active = [each for each in services if each.get("status") != "INACTIVE"]
        if active or self._reader.gaps.get(_KEY, "").endswith("is denied"):
            return active[0] if active else {}
        if problem := self._reader.gaps.get(_KEY):
            raise OwscaleError(problem, hint="check `--cluster`, `--region` and `--profile`")
        arns = self._reader.names("", "ecs:ListServices", "serviceArns", cluster=cluster)
        names = [arn.rpartition("/")[2] for arn in arns]
        similar = closest(name, names)
        hint = (
            f"did you mean {similar}?"
            if similar
            else f"services of the cluster: {and_more(names, _MAX_NAMES) or 'none'}"
        )
        raise OwscaleError(f"no active service {name} in the cluster {cluster} in {self._target.region}", hint=hint)

    def _running(self, service: dict[str, Any]) -> RunningService:
        deployments = mappings(service.get("deployments"))
        primary = next((each for each in deployments if each.get("status") == "PRIMARY"), service)
        arn = text(primary.get("taskDefinition")) or text(service.get("taskDefinition"))
        response = self._reader.read("app", "ecs:DescribeTaskDefinition", taskDefinition=arn) if arn else {}
        definition = response.get("taskDefinition")
        if not isinstance(definition, dict):
            return RunningService(self._origin, Container(self._origin))
        self._definition = definition
        behind = next((text(each.get("containerName")) for each in mappings(service.get("loadBalancers"))), "")
        return task_definition.read(definition, self._target.container, self._origin, behind, self._target.profile)

    def _read_digest(self, running: RunningService) -> None:
        """Read the image of the running task: a tag such as `main` does not identify it."""
        image = running.container.image
        if not image or "@" in image or releases.release(image):
            return
        cluster, service = self._target.cluster, self._target.service
        arns = self._reader.names("app.image", "ecs:ListTasks", "taskArns", cluster=cluster, serviceName=service)
        if not arns:
            return
        response = self._reader.read("app.image", "ecs:DescribeTasks", cluster=cluster, tasks=arns[:1])
        for task in mappings(response.get("tasks")):
            for _, container in named_values(task.get("containers")):
                if container.get("image") == image:
                    running.container.running_digest = text(container.get("imageDigest"))

    def _read_network(self, running: RunningService, service: dict[str, Any]) -> None:
        network = at(service, "networkConfiguration", "awsvpcConfiguration")
        subnet_ids, self._members = texts(at(network, "subnets")), tuple(texts(at(network, "securityGroups")))
        if not subnet_ids:
            return
        own = self._reader.items("existing.vpc", "ec2:DescribeSubnets", "Subnets", SubnetIds=subnet_ids)
        vpc = next((text(each.get("VpcId")) for each in own), "")
        if not vpc:
            if at(network, "assignPublicIp") != "ENABLED":
                confirm = "each must be in an availability zone of its own"
                running.subnets = Found(tuple(subnet_ids), self._origin, confirm)
            return
        running.vpc = Found(vpc, f"the subnets of the {self._origin}")
        self._networks = [text(each.get("CidrBlock")) for each in own]
        in_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
        self._groups = SecurityGroups(
            self._reader.items("existing.peers", "ec2:DescribeSecurityGroups", "SecurityGroups", Filters=in_vpc)
        )
        running.subnets = self._subnets(own, in_vpc)

    def _subnets(self, own: list[dict[str, Any]], in_vpc: list[dict[str, Any]]) -> Found[tuple[str, ...]] | None:
        """Return private subnets in different zones, from the service or else from its VPC."""
        key = "existing.private_subnets"
        tables = self._reader.items(key, "ec2:DescribeRouteTables", "RouteTables", Filters=in_vpc)
        if key in self._reader.gaps:
            chosen = _one_per_zone(own)
            confirm = "whether these subnets are private is unknown: no route to an internet gateway may exist"
            return Found(chosen, self._origin, confirm) if len(chosen) >= _MIN_SUBNETS else None
        own_private = [each for each in own if not _is_public(text(each.get("SubnetId")), tables)]
        if len(chosen := _one_per_zone(own_private)) >= _MIN_SUBNETS:
            return Found(chosen, self._origin)
        described = self._reader.items(key, "ec2:DescribeSubnets", "Subnets", Filters=in_vpc)
        private = [each for each in described if not _is_public(text(each.get("SubnetId")), tables)]
        chosen = _one_per_zone([*own_private, *private])
        if len(chosen) < _MIN_SUBNETS:
            return None
        why = "runs in public subnets" if len(own_private) < len(own) else "runs in one availability zone"
        return Found(chosen, "private subnets of the VPC", f"the {self._origin} {why}; these are others")

    def _read_files(self, running: RunningService) -> None:
        volume = running.volume
        if volume is None or not volume.file_system:
            return
        key, file_system = "existing.files", volume.file_system
        targets = self._reader.items(
            f"{key}.security_groups", "elasticfilesystem:DescribeMountTargets", "MountTargets", FileSystemId=file_system
        )
        groups: dict[str, None] = {}
        for target in targets:
            response = self._reader.read(
                f"{key}.security_groups",
                "elasticfilesystem:DescribeMountTargetSecurityGroups",
                MountTargetId=text(target.get("MountTargetId")),
            )
            groups |= dict.fromkeys(texts(response.get("SecurityGroups")))
        if groups:
            running.files_groups = Found(tuple(groups), f"the mount targets of {file_system}")
        if volume.access_point:
            running.access_point = Found(volume.access_point, volume.origin)
            return
        points = self._reader.items(
            f"{key}.access_point", "elasticfilesystem:DescribeAccessPoints", "AccessPoints", FileSystemId=file_system
        )
        path = volume.root_directory or "/"
        matching = [each for each in points if text(at(each, "RootDirectory", "Path")) == path]
        if matching:
            origin = f"an access point of {file_system} with the directory {path}"
            confirm = f"the {self._origin} mounts that directory without an access point: do both see the same files?"
            running.access_point = Found(text(matching[0].get("AccessPointId")), origin, confirm)

    def _read_connections(self, running: RunningService, service: dict[str, Any]) -> None:
        """Read the load balancer, the databases and the services that the tasks call."""
        behind = next((text(each.get("targetGroupArn")) for each in mappings(service.get("loadBalancers"))), "")
        if behind:
            running.load_balancer = aws_load_balancer.find(self._reader, behind, self._groups)
        if running.vpc is None:
            return
        vpc, environment = running.vpc.value, running.container.environment
        if "existing.peers" in self._reader.gaps:
            self._reader.gaps.setdefault("existing.database", self._reader.gaps["existing.peers"])
        running.databases = aws_databases.find(self._reader, vpc, self._groups, self._members, self._networks)
        known = {database.group for database in running.databases}
        known |= set(running.files_groups.value if running.files_groups else ())
        ports = {NFS_PORT, _REDIS_PORT} | ({_POSTGRES_PORT} if running.databases else set())
        peers = aws_peers.by_security_groups(self._groups, self._members, known, ports)
        by_address, unknown = aws_peers.by_addresses(
            aws_peers.Network(self._reader, vpc, self._groups), environment, known, peers
        )
        running.peers = peers | by_address
        if not running.databases:
            self._take_database_from_peers(running)
        running.unknown_addresses = unknown
        registries = mappings(service.get("serviceRegistries"))
        if registries:
            names = aws_peers.CloudMap(self._reader)
            running.is_discovered_by_name = (
                names.name_of(text(registries[0].get("registryArn"))) or "a name in Cloud Map"
            )

    def _take_database_from_peers(self, running: RunningService) -> None:
        """Treat servers at the port of PostgreSQL as databases, because RDS has none or cannot be read."""
        for name, peer in list(running.peers.items()):
            if peer.value["port"] == _POSTGRES_PORT:
                group = str(running.peers.pop(name).value["security_group"])
                origin = f"the group {name} admits the tasks to port {_POSTGRES_PORT}"
                confirm = "is its server the PostgreSQL database of the service?"
                running.databases.append(DatabaseCandidate(name, group, _POSTGRES_PORT, origin, confirm=confirm))

    def _read_secrets(self, running: RunningService) -> None:
        """Complete the ARNs of secrets, and read their KMS keys. Their values are never read."""
        container = running.container
        keys: dict[str, None] = {}
        described: dict[str, dict[str, Any]] = {}
        for name, found in list(container.secrets.items())[:_MAX_SECRETS]:
            if not found.arn:
                continue
            arn = ":".join(found.arn.split(":")[:7])
            if arn not in described:
                described[arn] = self._reader.read(
                    "existing.secret_kms_key_arns", "secretsmanager:DescribeSecret", SecretId=arn
                )
            full = text(described[arn].get("ARN"))
            if full and found.problem:
                container.secrets[name] = Secret(full)
            if key := text(described[arn].get("KmsKeyId")):
                keys |= dict.fromkeys(filter(None, [self._key_arn(key)]))
        running.secret_keys = tuple(keys)

    def _key_arn(self, key: str) -> str:
        """Return the ARN of a customer managed key; "" for a key of AWS, for which tasks need no permission."""
        if key.rpartition("/")[2] == "secretsmanager":
            return ""
        metadata = self._reader.read("existing.secret_kms_key_arns", "kms:DescribeKey", KeyId=key).get("KeyMetadata")
        if at(metadata, "KeyManager") == "AWS":
            return ""
        return text(at(metadata, "Arn")) or (key if key.startswith("arn:") and ":key/" in key else "")

    def _read_operations(self, running: RunningService) -> None:
        """Read scaling, the log, the alarms, the settings of the cluster and the permissions of the tasks."""
        cluster, name = self._target.cluster, self._target.service
        described = self._reader.read(
            "existing.container_insights", "ecs:DescribeClusters", clusters=[cluster], include=["SETTINGS"]
        )
        for each in mappings(described.get("clusters")):
            for setting in mappings(each.get("settings")):
                if setting.get("name") == "containerInsights":
                    running.container_insights = setting.get("value") in {"enabled", "enhanced"}
        scaling = self._reader.items(
            "autoscaling",
            "application-autoscaling:DescribeScalableTargets",
            "ScalableTargets",
            ServiceNamespace="ecs",
            ResourceIds=[f"service/{cluster}/{name}"],
        )
        for each in scaling:
            low, high = number(each.get("MinCapacity")), number(each.get("MaxCapacity"))
            if low is not None and high:
                running.scaling = Found((int(low), int(high)), f"the autoscaling of the {self._origin}")
        self._read_log(running)
        alarms = self._reader.items("existing.alarm_topic_arn", "cloudwatch:DescribeAlarms", "MetricAlarms")
        own = [each for each in alarms if name in {text(dim.get("Value")) for dim in mappings(each.get("Dimensions"))}]
        topics = [action for each in own for action in texts(each.get("AlarmActions")) if ":sns:" in action]
        running.alarm_topics = tuple(dict.fromkeys(topics))
        role = text(self._definition.get("taskRoleArn")).rpartition("/")[2]
        if role:
            policies = self._reader.items(
                "service.task_policy_arns", "iam:ListAttachedRolePolicies", "AttachedPolicies", RoleName=role
            )
            running.task_policies = tuple(text(each.get("PolicyArn")) for each in policies)
            running.inline_policies = tuple(
                self._reader.names("service.task_policy_arns", "iam:ListRolePolicies", "PolicyNames", RoleName=role)
            )

    def _read_log(self, running: RunningService) -> None:
        for _, container in named_values(self._definition.get("containerDefinitions")):
            group = text(at(container, "logConfiguration", "options", "awslogs-group"))
            if not group or container.get("image") != running.container.image:
                continue
            groups = self._reader.items(
                "service.log_retention_days", "logs:DescribeLogGroups", "logGroups", logGroupNamePrefix=group
            )
            for each in groups:
                if each.get("logGroupName") != group:
                    continue
                retention = number(each.get("retentionInDays"))
                running.log_retention_days = Found(int(retention or 0), f"log group {group}")
                if key := text(each.get("kmsKeyId")):
                    running.other_keys[key] = f"the log group {group}"


def _one_per_zone(subnets: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the first subnet of each availability zone: the service's own subnets come first."""
    by_zone: dict[str, str] = {}
    for subnet in subnets:
        by_zone.setdefault(text(subnet.get("AvailabilityZone")), text(subnet.get("SubnetId")))
    return tuple(by_zone.values())


def _is_public(subnet: str, tables: list[dict[str, Any]]) -> bool:
    """Whether the route table of a subnet, or else the main one of the VPC, has a route to an internet gateway."""
    main: list[dict[str, Any]] = []
    for table in tables:
        associations = mappings(table.get("Associations"))
        if any(each.get("SubnetId") == subnet for each in associations):
            return _has_gateway(table)
        if any(each.get("Main") for each in associations):
            main.append(table)
    return any(map(_has_gateway, main))


def _has_gateway(table: dict[str, Any]) -> bool:
    return any(text(route.get("GatewayId")).startswith("igw-") for route in mappings(table.get("Routes")))
