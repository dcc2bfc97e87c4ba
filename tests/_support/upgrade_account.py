"""An AWS account in memory for `owscale upgrade`: what moto lacks is tasks that run, end and fail.

Time passes only when a run sleeps. A call counts, and can be throttled, lose its response, or end the run.
"""

from __future__ import annotations

import copy
import functools
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Literal

import botocore.session
from botocore.validate import ParamValidator

from owscale.aws_api.calls import CallError, is_reading
from owscale.domain.openwebui.release_catalogue import schemas
from owscale.upgrade import aws_calls
from owscale.upgrade.probe import MARKER

REGION, ACCOUNT = "eu-west-1", "111122223333"
CLUSTER, NAME = "chat", "chat"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:chat-database-AbCdEf"  # noqa: S105 -- the ARN of a secret
OTHER_SECRET = SECRET.replace("chat", "other")
OLD, NEW = "ghcr.io/open-webui/open-webui:v0.11.3", "ghcr.io/open-webui/open-webui:v0.12.4"
HOST = "chat.abc.eu-west-1.rds.amazonaws.com"
HEADS = {OLD: schemas()["0.11.3"].head, NEW: schemas()["0.12.4"].head}
"""The revisions that the images expect."""

Outcome = Literal[
    "migrates",
    "no lock",
    "over the limit of a statement",
    "over the limit of a transaction",
    "fails",
    "hangs",
    "swallows",
    "does not start",
    "killed",
]
Fault = Literal["throttled", "lost", "killed before", "killed after"]

_STARTS, _RUNS, _SETTLES, _SNAPSHOT = 15, 15, 20, 60
_LAST = 10**12
_DRAINING = "draining"


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.time = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    @property
    def seconds(self) -> float:
        return self.time.timestamp()


@dataclass
class Task:
    """A task: it starts, runs its script and stops, at its times."""

    arn: str
    definition: str
    started_by: str
    is_probe: bool
    outcome: Outcome
    ready_at: float
    ends_at: float
    override: Mapping[str, Any]
    stopped: bool = False
    exit_code: int | None = None
    log: list[str] = field(default_factory=list)


@dataclass
class EcsService:
    """A service, whose tasks follow the desired number after a while."""

    cluster: str
    name: str
    definition: str
    desired: int
    rolls_back: bool = False
    running: int = 0
    settles_at: float = 0
    drained_at: float = 0
    deployments: list[dict[str, Any]] = field(default_factory=list)
    most: int = 0
    """The most tasks that ran at one time; ECS lists those that stopped for an hour."""

    def __post_init__(self) -> None:
        self.running = self.most = self.desired


@dataclass
class Database:
    """A PostgreSQL: its revision, its size, and who is connected beside the tasks of the service."""

    head: str = HEADS[OLD]
    chats: int = 12_000
    rows: dict[str, int] = field(default_factory=lambda: {"auth": 400, "file": 8_000, "model": 60})
    skills_without_data: int = 0
    megabytes: int = 90
    server_version: int = 150004
    other_clients: dict[str, int] = field(default_factory=dict)
    pooler: str = ""
    """The message of a pooler between tasks and database."""
    lock_timeout: str = "2s"
    max_connections: int = 1600
    host: str = HOST


class UpgradeAccount:
    """The account. `outcomes` are those of the migrations in their order; the last one is repeated."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.database = Database()
        self.heads = dict(HEADS)
        self.outcomes: list[Outcome] = ["migrates"]
        self.definitions: dict[str, dict[str, Any]] = {}
        self.services: dict[tuple[str, str], EcsService] = {}
        self.tasks: dict[str, Task] = {}
        self.tokens: dict[str, tuple[str, Any]] = {}
        self.alarms = {f"{NAME}-{each}": True for each in ("cpu", "memory", "response-time", "redis-cpu-001")}
        self.suspended: dict[str, bool] | None = dict.fromkeys(
            ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"), False
        )
        self.instances = [_instance()]
        self.clusters: list[dict[str, Any]] = []
        self.snapshots: dict[str, float] = {}
        self.objects: dict[str, tuple[bytes, str]] = {}
        self.denied: set[str] = set()
        self.clock_ahead = timedelta()
        """How far the clock of the operator is ahead of that of AWS."""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: dict[int, Fault] = {}
        self.named_faults: dict[str, list[Fault]] = {}
        self.healthy_at = 0.0
        """When the tasks of services pass their health checks."""
        self.drain_seconds = 0
        """How long a task that should stop finishes its answers; it is no running one then."""
        self.interface: dict[str, str] = {}
        """The network interface of the tasks of services, if there is more to it than an IPv4 address."""
        self.most_migrations = 0
        """The most migrations that ran at one time."""
        self.register(OLD)
        self.services[CLUSTER, NAME] = EcsService(CLUSTER, NAME, self.latest(NAME), 3)
        self.register(NEW, migration=True)

    # --- what tests do beside owscale -----------------------------------------------------------------------------

    def replace(self, method: str, replacement: Callable[..., Any]) -> None:
        """Replace a method, such as that of an operation of AWS."""
        assert hasattr(self, method)
        setattr(self, method, replacement)

    def register(self, image: str, name: str = NAME, *, migration: bool = False, secret: str = SECRET) -> str:
        """Register a task definition, and return its ARN."""
        family = f"{name}-migration" if migration else name
        revision = 1 + sum(each["family"] == family for each in self.definitions.values())
        arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{family}:{revision}"
        options = {"awslogs-group": f"/ecs/{name}", "awslogs-stream-prefix": "migration" if migration else "open-webui"}
        container = {
            "name": "open-webui",
            "image": image,
            "secrets": [{"name": "DATABASE_URL", "valueFrom": secret}],
            "environment": [],
            "healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost:8080/health"]},
            "logConfiguration": {"options": options},
        }
        self.definitions[arn] = {
            "family": family,
            "taskDefinitionArn": arn,
            "status": "ACTIVE",
            "containerDefinitions": [container],
        }
        return arn

    def latest(self, family: str) -> str:
        """Return the newest active revision of a family."""
        return [arn for arn, each in self.definitions.items() if each["family"] == family and _is_active(each)][-1]

    def add_service(self, name: str, image: str, *, cluster: str = CLUSTER, secret: str = SECRET) -> EcsService:
        """Add another service with two tasks."""
        self.services[cluster, name] = EcsService(cluster, name, self.register(image, name, secret=secret), 2)
        return self.services[cluster, name]

    @property
    def service(self) -> EcsService:
        """The service of the deployment."""
        return self.services[CLUSTER, NAME]

    def apply(self, image: str) -> None:
        """Do what Terraform does: a new revision for the service; the definition of the migration leaves."""
        for each in self.definitions.values():
            if each["family"] == f"{NAME}-migration":
                each["status"] = "INACTIVE"
        self.service.definition = self.register(image)
        self.service.settles_at = self.clock.seconds + _SETTLES

    @property
    def record(self) -> dict[str, Any]:
        """The record as it is stored."""
        (body, _), *_ = self.objects.values()
        document: dict[str, Any] = json.loads(body)
        return document

    def count(self, name: str) -> int:
        """Return how often a call was made."""
        return sum(each == name for each, _ in self.calls)

    @property
    def changes(self) -> list[str]:
        """The calls that changed something, without those for the record."""
        return [name for name, _ in self.calls if not is_reading(name) and name != "s3:PutObject"]

    @property
    def migrations(self) -> list[Task]:
        """The tasks that migrated, or tried to."""
        return [task for task in self.tasks.values() if not task.is_probe]

    def state(self) -> dict[str, Any]:
        """Return what remains at the end, to compare two ends."""
        return {
            "head": self.database.head,
            "desired": self.service.desired,
            "image": self._image(self.service.definition),
            "suspended": self.suspended,
            "alarms": self.alarms,
            "snapshots": len(self.snapshots),
            "running migrations": sum(not self._ended(task) for task in self.migrations),
        }

    # --- the calls ------------------------------------------------------------------------------------------------

    def __call__(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        self._require_listed(name, arguments)
        number = len(self.calls)
        self.calls.append((name, copy.deepcopy(arguments)))
        named = self.named_faults.get(name, [])
        fault = named.pop(0) if named else self.faults.get(number)
        if fault == "killed before":
            raise KeyboardInterrupt
        if fault == "throttled":
            raise _error(name, "ThrottlingException", "other")
        if name in self.denied:
            raise CallError(f"{name} is denied", hint=f"allow {name}", action=name, reason="denied")
        operation = name.partition(":")[2]
        method: Callable[..., dict[str, Any]] = getattr(self, f"_{operation}")
        response = method(**arguments)
        self._count_migrations()
        if fault == "killed after":
            raise KeyboardInterrupt
        if fault == "lost":
            raise _error(name, "", "network")
        return copy.deepcopy(response) if operation != "GetObject" else response

    def _require_listed(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Refuse what `AwsAccount` refuses too, and arguments that boto3 does not know or would not send."""
        report = ParamValidator().validate(dict(arguments), _input_shape(name))
        assert not report.has_errors(), report.generate_report()
        changes = {**aws_calls.CHANGES, **aws_calls.RECORD_CHANGES}
        if name in changes:
            assert set(arguments) <= set(changes[name]), name
        else:
            assert name in (*aws_calls.READS, *aws_calls.RECORD_READS), name

    def _count_migrations(self) -> None:
        self.most_migrations = max(self.most_migrations, sum(not self._ended(task) for task in self.migrations))

    # ecs

    def _DescribeTaskDefinition(self, taskDefinition: str) -> dict[str, Any]:
        if taskDefinition in self.definitions:
            return {"taskDefinition": self.definitions[taskDefinition]}
        active = [each for each in self.definitions.values() if each["family"] == taskDefinition and _is_active(each)]
        if not active:
            raise _error("ecs:DescribeTaskDefinition", "ClientException", "other")
        return {"taskDefinition": active[-1]}

    def _ListClusters(self) -> dict[str, Any]:
        names = sorted({cluster for cluster, _ in self.services})
        return {"clusterArns": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{each}" for each in names]}

    def _ListServices(self, cluster: str) -> dict[str, Any]:
        return {"serviceArns": [f"arn:aws:ecs:x:y:service/{cluster}/{n}" for c, n in self.services if c == cluster]}

    def _DescribeServices(self, cluster: str, services: list[str]) -> dict[str, Any]:
        names = [each.rpartition("/")[2] for each in services]
        found = [self.services[cluster, each] for each in names if (cluster, each) in self.services]
        return {"services": [self._described(each) for each in found]}

    def _described(self, service: EcsService) -> dict[str, Any]:
        if self.clock.seconds >= service.settles_at:
            service.running = service.desired
            service.most = max(service.most, service.running)
            state = "COMPLETED"
        else:
            state = "IN_PROGRESS"
        deployments = service.deployments or [
            {"status": "PRIMARY", "taskDefinition": service.definition, "rolloutState": state}
        ]
        return {
            "serviceName": service.name,
            "status": "ACTIVE",
            "desiredCount": service.desired,
            "runningCount": service.running,
            "pendingCount": max(service.desired - service.running, 0),
            "deployments": deployments,
            "taskDefinition": service.definition,
            "platformVersion": "LATEST",
            "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": service.rolls_back}},
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}},
        }

    def _UpdateService(self, cluster: str, service: str, desiredCount: int) -> dict[str, Any]:
        found = self.services[cluster, service]
        if found.desired != desiredCount:
            if desiredCount < found.desired:
                found.drained_at = self.clock.seconds + _SETTLES + self.drain_seconds
            found.desired, found.settles_at = desiredCount, self.clock.seconds + _SETTLES
        return {"service": {}}

    def _RunTask(self, **arguments: Any) -> dict[str, Any]:
        token = arguments["clientToken"]
        if token in self.tokens:
            arn, known = self.tokens[token]
            if known != arguments:
                raise _error("ecs:RunTask", "ConflictException", "other")
            return {"tasks": [{"taskArn": arn}], "failures": []}
        override = arguments["overrides"]["containerOverrides"][0]
        assert len(json.dumps(arguments["overrides"])) < 8192
        is_probe = "command" in override
        outcome: Outcome = "migrates"
        if not is_probe:
            outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{CLUSTER}/{len(self.tasks) + 1:032x}"
        ready = self.clock.seconds + _STARTS
        ends = _LAST if outcome == "hangs" else ready + _RUNS
        self.tasks[arn] = Task(
            arn, arguments["taskDefinition"], arguments["startedBy"], is_probe, outcome, ready, ends, override
        )
        self.tokens[token] = (arn, copy.deepcopy(arguments))
        return {"tasks": [{"taskArn": arn}], "failures": []}

    def _StopTask(self, cluster: str, task: str, reason: str) -> dict[str, Any]:
        assert (cluster, bool(reason)) == (CLUSTER, True)
        found = self.tasks[task]
        if not self._ended(found):
            found.ends_at, found.exit_code = self.clock.seconds + 20, 137
        return {}

    def _ended(self, task: Task) -> bool:
        if task.stopped or self.clock.seconds < task.ends_at:
            return task.stopped
        task.stopped = True
        if task.exit_code is None:
            task.exit_code, task.log = self._result(task)
        return True

    def _result(self, task: Task) -> tuple[int | None, list[str]]:
        image = self._image(task.definition)
        if task.is_probe:
            return self._probe(task, image)
        match task.outcome:
            case "migrates":
                self.database.head = self.heads[image]
                return 0, ["INFO  [alembic.runtime.migration] Running upgrade"]
            case "no lock":
                return 1, ["sqlalchemy.exc.OperationalError: (psycopg2.errors.LockNotAvailable) canceling statement"]
            case "over the limit of a statement":
                return 1, ["psycopg2.errors.QueryCanceled: canceling statement due to statement timeout"]
            case "over the limit of a transaction":
                return 1, ["psycopg2.OperationalError: FATAL:  terminating connection due to transaction timeout"]
            case "swallows":
                return 0, ["ERROR | Error running migrations: (psycopg2.errors.UndefinedTable)"]
            case "does not start":
                return None, []
            case "killed":
                return None, ["INFO  [alembic.runtime.migration] Running upgrade", "MemoryError: no exit code follows"]
        return 1, ["Traceback (most recent call last):", 'ProgrammingError: relation "x" does not exist']

    def _probe(self, task: Task, image: str) -> tuple[int, list[str]]:
        database = self.database
        if database.pooler:
            return 1, [f"psycopg2.OperationalError: FATAL: {database.pooler}"]
        own = {f"10.0.0.{number}": 12 for number in range(1, self.service.running + 1)}
        clients = {**own, **database.other_clients}
        environment = {each["name"]: each["value"] for each in task.override["environment"]}
        tables = environment["OWSCALE_TABLES"].split()
        assert "default_transaction_read_only=on" in environment["PGOPTIONS"]
        found = {
            "heads": [database.head] if database.head else [],
            "image_heads": [self.heads[image]],
            "is_known": database.head in self.heads.values(),
            "server_version": database.server_version,
            "lock_timeout": database.lock_timeout,
            "max_connections": database.max_connections,
            "reserved_connections": 3,
            "connections": sum(clients.values()) + 1,
            "clients": clients,
            "tables": {
                "chat": [database.chats, database.chats * 1100],
                **{table: [rows, rows * 300] for table, rows in database.rows.items() if table in tables},
            },
            "empty": {"skill.data": database.skills_without_data},
            "bytes": database.megabytes * 10**6,
            "host": database.host,
            "database": "openwebui",
        }
        return 0, ["loaded", MARKER + json.dumps(found)]

    def _image(self, definition: str) -> str:
        image: str = self.definitions[definition]["containerDefinitions"][0]["image"]
        return image

    def _ListTasks(
        self, cluster: str, family: str = "", serviceName: str = "", desiredStatus: str = "RUNNING"
    ) -> dict[str, Any]:
        is_stopped = desiredStatus == "STOPPED"
        if serviceName:
            return {"taskArns": self._tasks_of(self.services[cluster, serviceName], is_stopped=is_stopped)}
        return {
            "taskArns": [
                *(
                    arn
                    for arn, task in self.tasks.items()
                    if self.definitions[task.definition]["family"] == family and self._ended(task) == is_stopped
                ),
                *(
                    arn
                    for service in self.services.values()
                    if service.cluster == cluster and self.definitions[service.definition]["family"] == family
                    for arn in self._tasks_of(service, is_stopped=is_stopped)
                ),
            ]
        }

    def _tasks_of(self, service: EcsService, *, is_stopped: bool) -> list[str]:
        """Return the tasks of a service: those that run, or those that stopped or finish their answers."""
        if not is_stopped:
            return [f"{service.name}/{number}" for number in range(1, service.running + 1)]
        draining = [f"{service.name}/{_DRAINING}"] if self.clock.seconds < service.drained_at else []
        return [*draining, *(f"{service.name}/{number}" for number in range(service.running + 1, service.most + 1))]

    def _DescribeTasks(self, cluster: str, tasks: list[str]) -> dict[str, Any]:
        assert cluster
        return {"tasks": [self._describe_task(each) for each in tasks if each in self.tasks or "/" in each[:40]]}

    def _describe_task(self, arn: str) -> dict[str, Any]:
        if arn not in self.tasks:
            address = {"name": "privateIPv4Address", "value": f"10.0.0.{arn.rpartition('/')[2]}"}
            service = next(each for (_, name), each in self.services.items() if name == arn.partition("/")[0])
            status = "DEACTIVATING"
            if not arn.endswith(_DRAINING):
                status = "RUNNING" if int(arn.rpartition("/")[2]) <= service.running else "STOPPED"
            health = "HEALTHY" if self.clock.seconds >= self.healthy_at else "UNKNOWN"
            return {
                "taskArn": arn,
                "lastStatus": status,
                "healthStatus": health,
                "startedBy": "ecs-svc/1234567890123456789",
                "taskDefinitionArn": service.definition,
                "attachments": [{"details": [address]}],
                "containers": [{"name": "open-webui", "networkInterfaces": [self.interface]}],
            }
        task = self.tasks[arn]
        ended = self._ended(task)
        status = "RUNNING" if self.clock.seconds >= task.ready_at else "PENDING"
        container: dict[str, Any] = {"name": "open-webui"}
        if ended and task.exit_code is not None:
            container["exitCode"] = task.exit_code
        reason = "CannotPullContainerError: not found" if ended and task.exit_code is None else ""
        return {
            "taskArn": arn,
            "lastStatus": "STOPPED" if ended else status,
            "startedBy": task.started_by,
            "stoppedReason": reason,
            "attachments": [{"details": [{"name": "privateIPv4Address", "value": f"10.0.1.{int(arn[-4:], 16)}"}]}],
            "containers": [container],
        }

    # logs, rds, cloudwatch, application-autoscaling, s3

    def _GetLogEvents(self, logGroupName: str, logStreamName: str, startFromHead: bool) -> dict[str, Any]:
        assert (logGroupName, startFromHead) == (f"/ecs/{NAME}", False)
        number = logStreamName.rpartition("/")[2]
        task = next(each for arn, each in self.tasks.items() if arn.endswith(number))
        return {"events": [{"message": line} for line in task.log]}

    def _DescribeDBInstances(self, **_: Any) -> dict[str, Any]:
        return {"DBInstances": [self._restorable() | each for each in self.instances]}

    def _DescribeDBClusters(self, **_: Any) -> dict[str, Any]:
        return {"DBClusters": [self._restorable() | each for each in self.clusters]}

    def _restorable(self) -> dict[str, datetime]:
        """Return how far the automated backups reach: AWS saves the log every five minutes."""
        return {"LatestRestorableTime": self.clock.now() - timedelta(minutes=4)}

    def _CreateDBSnapshot(self, DBInstanceIdentifier: str, DBSnapshotIdentifier: str) -> dict[str, Any]:
        assert any(each["DBInstanceIdentifier"] == DBInstanceIdentifier for each in self.instances)
        if DBSnapshotIdentifier in self.snapshots:
            raise _error("rds:CreateDBSnapshot", "DBSnapshotAlreadyExists", "other")
        self.snapshots[DBSnapshotIdentifier] = self.clock.seconds + _SNAPSHOT
        return {}

    def _CreateDBClusterSnapshot(self, DBClusterIdentifier: str, DBClusterSnapshotIdentifier: str) -> dict[str, Any]:
        assert any(each["DBClusterIdentifier"] == DBClusterIdentifier for each in self.clusters)
        self.snapshots[DBClusterSnapshotIdentifier] = self.clock.seconds + _SNAPSHOT
        return {}

    def _DescribeDBSnapshots(self, DBSnapshotIdentifier: str) -> dict[str, Any]:
        return {"DBSnapshots": [self._snapshot(DBSnapshotIdentifier)]}

    def _DescribeDBClusterSnapshots(self, DBClusterSnapshotIdentifier: str) -> dict[str, Any]:
        return {"DBClusterSnapshots": [self._snapshot(DBClusterSnapshotIdentifier)]}

    def _snapshot(self, name: str) -> dict[str, Any]:
        if name not in self.snapshots:
            raise _error("rds:DescribeDBSnapshots", "DBSnapshotNotFound", "not found")
        is_available = self.clock.seconds >= self.snapshots[name]
        return {"Status": "available" if is_available else "creating", "PercentProgress": 100 if is_available else 40}

    def _DescribeAlarms(self, AlarmNames: list[str], MaxRecords: int) -> dict[str, Any]:
        assert len(AlarmNames) == MaxRecords
        known = [each for each in AlarmNames if each in self.alarms]
        return {"MetricAlarms": [{"AlarmName": each, "ActionsEnabled": self.alarms[each]} for each in known]}

    def _DisableAlarmActions(self, AlarmNames: list[str]) -> dict[str, Any]:
        self.alarms.update(dict.fromkeys(AlarmNames, False))
        return {}

    def _EnableAlarmActions(self, AlarmNames: list[str]) -> dict[str, Any]:
        self.alarms.update(dict.fromkeys(AlarmNames, True))
        return {}

    def _DescribeScalableTargets(self, ResourceIds: list[str], **_: str) -> dict[str, Any]:
        assert ResourceIds == [f"service/{CLUSTER}/{NAME}"]
        return {"ScalableTargets": [] if self.suspended is None else [{"SuspendedState": self.suspended}]}

    def _RegisterScalableTarget(self, SuspendedState: dict[str, bool], **_: str) -> dict[str, Any]:
        self.suspended = dict(SuspendedState)
        return {}

    def _GetObject(self, Bucket: str, Key: str) -> dict[str, Any]:
        if f"{Bucket}/{Key}" not in self.objects:
            raise _error("s3:GetObject", "NoSuchKey", "other")
        body, tag = self.objects[f"{Bucket}/{Key}"]
        return {"Body": io.BytesIO(body), "ETag": tag, **self._answered()}

    def _answered(self) -> dict[str, Any]:
        """Return the time of AWS in a response, which `clock_ahead` of the operator differs from."""
        date = format_datetime(self.clock.now() - self.clock_ahead, usegmt=True)
        return {"ResponseMetadata": {"HTTPHeaders": {"date": date}}}

    def _PutObject(
        self, Bucket: str, Key: str, Body: bytes, IfMatch: str = "", IfNoneMatch: str = "", **_: str
    ) -> dict[str, Any]:
        place = f"{Bucket}/{Key}"
        present = self.objects.get(place)
        if (IfNoneMatch and present) or (IfMatch and (present is None or present[1] != IfMatch)):
            raise _error("s3:PutObject", "PreconditionFailed", "other")
        assert IfMatch or IfNoneMatch
        self.objects[place] = (Body, f'"{len(self.calls)}"')
        return {"ETag": self.objects[place][1], **self._answered()}


@functools.cache
def _input_shape(name: str) -> Any:
    service, _, operation = name.partition(":")
    loader = botocore.session.get_session().get_service_model(service)
    return loader.operation_model(operation).input_shape


def _is_active(definition: Mapping[str, Any]) -> bool:
    return bool(definition["status"] == "ACTIVE")


def _error(name: str, code: str, reason: Any) -> CallError:
    return CallError(f"{name}: {code or 'no connection to AWS'}", hint="see AWS", action=name, reason=reason, code=code)


def _instance() -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": "chat",
        "DBInstanceClass": "db.t4g.medium",
        "Engine": "postgres",
        "Endpoint": {"Address": HOST},
        "MultiAZ": True,
        "BackupRetentionPeriod": 7,
        "DBSubnetGroup": {"DBSubnetGroupName": "private"},
        "DBParameterGroups": [{"DBParameterGroupName": "chat-15"}],
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-11111111"}],
    }


BY_HAND = "migration"
"""Who starts a migration beside owscale."""


def start_by_hand(account: UpgradeAccount) -> None:
    """Start a migration that hangs, as a user does beside owscale."""
    account.outcomes = ["hangs"]
    account(
        "ecs:RunTask",
        cluster=CLUSTER,
        taskDefinition=account.latest(f"{NAME}-migration"),
        startedBy=BY_HAND,
        clientToken="by-hand",
        overrides={"containerOverrides": [{"name": "open-webui", "environment": []}]},
    )


def outcome_counts(account: UpgradeAccount) -> Counter[str]:
    """Return how often each change was made."""
    return Counter(account.changes)
