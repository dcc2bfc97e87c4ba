"""The ECS service of a deployment, and the tasks that run once."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from owscale.aws_api.calls import Caller, CallError
from owscale.errors import OwscaleError
from owscale.upgrade.aws_calls import pages
from owscale.upgrade.clock import Clock

CONTAINER = "open-webui"
"""The container of Open WebUI in both task definitions: templates/modules/service/main.tf.j2."""

_DESCRIBED_TASKS = 100  # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
_POLL_SECONDS = 10
_APPEARS_SECONDS = 120
_LOG_SECONDS = 60
_PLACEMENT_SECONDS = 20
PLACEMENT_ATTEMPTS = 8
"""How often a task is started, each time with another token, until ECS has room for it."""
_REGISTERED = "ACTIVE"
DATABASE_URL = "DATABASE_URL"
_OPTIONS = "PGOPTIONS"
_CONFLICT = "ConflictException"
"""The token was used with other arguments: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"""


@dataclass(frozen=True)
class TaskDefinition:
    """A task definition: its ARN, and its container of Open WebUI."""

    arn: str
    container: Mapping[str, Any]

    @property
    def image(self) -> str:
        """The image of the container."""
        return str(self.container.get("image", ""))

    @property
    def database_url(self) -> str | None:
        """The secret, or the value, of DATABASE_URL; None if it has none."""
        secrets, variables = (self.container.get(name, ()) for name in ("secrets", "environment"))
        given = [*((each["name"], each["valueFrom"]) for each in secrets)]
        given += ((each["name"], each["value"]) for each in variables)
        return next((str(value) for name, value in given if name == DATABASE_URL), None)

    @property
    def short_name(self) -> str:
        """Family and revision."""
        return self.arn.rpartition("/")[2]

    @property
    def family(self) -> str:
        """The family of the task definition."""
        return self.short_name.rpartition(":")[0]


def task_definition(call: Caller, name: str) -> TaskDefinition | None:
    """Return an active task definition by its family or ARN; None if there is none."""
    try:
        found = call("ecs:DescribeTaskDefinition", taskDefinition=name)["taskDefinition"]
    except CallError as error:
        if error.code in {"ClientException", "InvalidParameterException"} or error.reason == "not found":
            return None  # ECS has no code of its own for a family without an active revision
        raise
    if found.get("status", _REGISTERED) != _REGISTERED and not name.startswith("arn:"):
        return None
    containers = found["containerDefinitions"]
    container = next((each for each in containers if each["name"] == CONTAINER), containers[0])
    return TaskDefinition(found["taskDefinitionArn"], container)


@dataclass(frozen=True)
class EcsService:
    """A service as AWS describes it."""

    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.data["serviceName"])

    @property
    def desired(self) -> int:
        """The number of tasks that it should run."""
        return int(self.data["desiredCount"])

    @property
    def running(self) -> int:
        """The number of tasks that run."""
        return int(self.data["runningCount"])

    @property
    def pending(self) -> int:
        """The number of tasks that start."""
        return int(self.data["pendingCount"])

    @property
    def has_tasks(self) -> bool:
        """Whether tasks run, start, or should run."""
        return bool(self.desired or self.running or self.pending)

    @property
    def deployments(self) -> list[Mapping[str, Any]]:
        """The primary deployment, and those that it replaces."""
        return list(self.data["deployments"])

    @property
    def task_definition(self) -> str:
        """The ARN of the task definition that it should run."""
        primary = (each for each in self.deployments if each["status"] == "PRIMARY")
        return str(next(primary, self.data).get("taskDefinition", ""))

    @property
    def task_definitions(self) -> set[str]:
        """The ARNs of all task definitions that it runs."""
        return {str(each["taskDefinition"]) for each in self.deployments} or {self.task_definition}

    @property
    def rolls_back(self) -> bool:
        """Whether the circuit breaker, or an alarm of the deployment, puts the earlier task definition back."""
        configuration = self.data.get("deploymentConfiguration", {})
        causes = (configuration.get(name) or {} for name in ("deploymentCircuitBreaker", "alarms"))
        return any(each.get("enable") and each.get("rollback") for each in causes)

    @property
    def failure(self) -> str | None:
        """Why its present deployment failed; None if it did not. One that it replaced does not count."""
        failed = (
            each for each in self.deployments if each["status"] == "PRIMARY" and each.get("rolloutState") == "FAILED"
        )
        return next((str(each.get("rolloutStateReason", "")) for each in failed), None)

    @property
    def is_steady(self) -> bool:
        """Whether all desired tasks run, in one completed deployment."""
        states = [each.get("rolloutState", "COMPLETED") for each in self.deployments]
        return states == ["COMPLETED"] and self.running == self.desired and not self.pending

    def __str__(self) -> str:
        rollouts = ", ".join(each.get("rolloutState", "COMPLETED") for each in self.deployments)
        failed = sum(int(each.get("failedTasks", 0)) for each in self.deployments)
        counts = f"desired {self.desired}, running {self.running}, pending {self.pending}"
        return f"{counts}; deployments: {rollouts}{f'; failed tasks: {failed}' if failed else ''}"


def find_service(call: Caller, cluster: str, name: str) -> EcsService | None:
    """Return an active service; None if there is none."""
    services = call("ecs:DescribeServices", cluster=cluster, services=[name])["services"]
    return next((EcsService(each) for each in services if each["status"] == _REGISTERED), None)


def tasks(call: Caller, cluster: str, **filters: str) -> list[dict[str, Any]]:
    """Return the tasks of a cluster: `family`, `serviceName` and `desiredStatus` select them.

    ECS is eventually consistent: it may list a task, and not describe it yet. That one may run, in a state that is
    unknown: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    arns = pages(call, "ecs:ListTasks", "taskArns", cluster=cluster, **filters)
    found: list[dict[str, Any]] = []
    for start in range(0, len(arns), _DESCRIBED_TASKS):
        found += call("ecs:DescribeTasks", cluster=cluster, tasks=arns[start : start + _DESCRIBED_TASKS])["tasks"]
    if filters.get("desiredStatus") == "STOPPED":
        return found
    described = {each["taskArn"] for each in found}
    return [*found, *({"taskArn": arn, "lastStatus": "unknown"} for arn in arns if arn not in described)]


def tasks_with_any_status(call: Caller, cluster: str, **filters: str) -> list[dict[str, Any]]:
    """Return the tasks that should run, and those that stop or stopped in the last hour."""
    return [task for status in ("RUNNING", "STOPPED") for task in tasks(call, cluster, **filters, desiredStatus=status)]


def addresses(described: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the private addresses of tasks, those of IPv6 too, which a task in a dual-stack subnet has."""
    found: set[str] = set()
    for task in described:
        details = (each for attachment in task.get("attachments", ()) for each in attachment.get("details", ()))
        found |= {each["value"] for each in details if each.get("name") == "privateIPv4Address"}
        interfaces = (
            each for container in task.get("containers", ()) for each in container.get("networkInterfaces", ())
        )
        found |= {each[name] for each in interfaces for name in ("privateIpv4Address", "ipv6Address") if each.get(name)}
    return {normal_address(each) for each in found}


def normal_address(text: str) -> str:
    """Return an address as PostgreSQL writes it; another text, such as `local`, stays."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text


@dataclass(frozen=True)
class EndedTask:
    """A task that stopped, and the lines of its log. `exit_code` is None if its container never ran."""

    arn: str
    exit_code: int | None
    reason: str
    log: tuple[str, ...]

    @property
    def id(self) -> str:
        """The last part of the ARN, which the log stream has too."""
        return self.arn.rpartition("/")[2]


class TaskNotStartedError(OwscaleError):
    """ECS started no task; `reason` is its own."""

    def __init__(self, definition: TaskDefinition, reason: str) -> None:
        super().__init__(
            f"ECS started no task of {definition.short_name}: {reason}",
            hint="repeat the command; if Fargate still has no capacity, see the quota of the account",
        )
        self.reason = reason


class TaskGoneError(Exception):
    """ECS no longer knows a task: it stopped more than an hour ago."""


class TaskTimeoutError(Exception):
    """A task ran longer than its limit; it was stopped, and seen stopped."""

    def __init__(self, ended: EndedTask) -> None:
        super().__init__(ended.arn)
        self.ended = ended


@dataclass(frozen=True)
class OneOffTasks:
    """Runs tasks once, in the network of a service."""

    call: Caller
    clock: Clock
    cluster: str
    service: EcsService
    waiting: Callable[[str], None]

    def find(self, definition: TaskDefinition, token: str) -> str | None:
        """Return the ARN of the task that was started with a token; None if ECS knows of none.

        ListTasks takes no second filter beside `startedBy`, and ECS forgets a stopped task after an hour.
        """
        for task in tasks_with_any_status(self.call, self.cluster, family=definition.family):
            if task.get("startedBy") == token:
                return str(task["taskArn"])
        return None

    def migrations(self, known: Iterable[str] = ()) -> list[dict[str, Any]]:
        """Return the tasks of the migration that have not stopped, also those that start or are about to stop.

        They are found by the name of the family, which stays when its task definition is gone. `known` has the ARNs of
        tasks that count though ListTasks may not have them yet.
        """
        listed = tasks_with_any_status(self.call, self.cluster, family=f"{self.service.name}-migration")
        if others := sorted(set(known) - {each["taskArn"] for each in listed}):
            listed += self.call("ecs:DescribeTasks", cluster=self.cluster, tasks=others)["tasks"]
        return [task for task in listed if task.get("lastStatus") != "STOPPED"]

    def start(
        self,
        definition: TaskDefinition,
        token: str,
        environment: Mapping[str, str],
        command: tuple[str, ...] = (),
    ) -> str:
        """Start one task, and return its ARN. The same token never starts a second one.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ECS_Idempotency.html

        Raises TaskNotStartedError if ECS started none, such as without capacity, and lists none a while later. The
        token is used up then: a later attempt needs another one.
        """
        override: dict[str, Any] = {"name": str(definition.container["name"])}
        given = {each["name"]: each["value"] for each in definition.container.get("environment", ())}
        merged = {**environment}
        if _OPTIONS in environment and given.get(_OPTIONS):  # such as a search_path; of two, the later one counts
            merged[_OPTIONS] = f"{given[_OPTIONS]} {environment[_OPTIONS]}"
        override["environment"] = [{"name": name, "value": value} for name, value in merged.items()]
        if command:
            override["command"] = list(command)
        started, reason = self._run_task(definition, token, override)
        if not started:
            self.clock.sleep(_PLACEMENT_SECONDS)
            started = self.find(definition, token) or ""
        if not started:
            raise TaskNotStartedError(definition, reason)
        return started

    def _run_task(self, definition: TaskDefinition, token: str, override: Mapping[str, Any]) -> tuple[str, str]:
        """Call RunTask once; return the ARN of the task, or why there is none."""
        try:
            response = self.call(
                "ecs:RunTask",
                cluster=self.cluster,
                taskDefinition=definition.arn,
                count=1,
                launchType="FARGATE",
                platformVersion=str(self.service.data.get("platformVersion") or "LATEST"),
                networkConfiguration=self.service.data["networkConfiguration"],
                overrides={"containerOverrides": [override]},
                startedBy=token,
                clientToken=token,
            )
        except CallError as error:
            if error.code != _CONFLICT:
                raise
            return "", error.message
        if response["tasks"]:
            return str(response["tasks"][0]["taskArn"]), ""
        return "", ", ".join(str(each.get("reason", "")) for each in response.get("failures", ()))

    def wait(self, definition: TaskDefinition, arn: str, seconds: float, *, until: str) -> EndedTask:
        """Wait until a task stopped, and read its log, which has a line with the text `until` after a success.

        Raises TaskTimeoutError if the task had to be stopped, and TaskGoneError if ECS has forgotten it.
        """
        deadline = self.clock.now().timestamp() + seconds
        appears = self.clock.now().timestamp() + _APPEARS_SECONDS
        while True:
            described = self.call("ecs:DescribeTasks", cluster=self.cluster, tasks=[arn])["tasks"]
            now = self.clock.now().timestamp()
            if described and described[0]["lastStatus"] == "STOPPED":
                return self._ended(definition, described[0], until)
            if described:
                appears = now + _APPEARS_SECONDS
            elif now > appears:
                raise TaskGoneError(arn)
            if now > deadline:
                raise TaskTimeoutError(self.stop(definition, arn))
            state = described[0]["lastStatus"] if described else "unknown"
            self.waiting(f"task {arn.rpartition('/')[2]}: {state}")
            self.clock.sleep(_POLL_SECONDS)

    def stop(self, definition: TaskDefinition, arn: str, reason: str = "time limit") -> EndedTask:
        """Stop a task, and wait until it stopped. Raises OwscaleError if it does not."""
        self.call("ecs:StopTask", cluster=self.cluster, task=arn, reason=f"stopped by owscale upgrade: {reason}")
        deadline = self.clock.now().timestamp() + _APPEARS_SECONDS * 5
        while self.clock.now().timestamp() < deadline:
            described = self.call("ecs:DescribeTasks", cluster=self.cluster, tasks=[arn])["tasks"]
            if not described or described[0]["lastStatus"] == "STOPPED":
                return self._ended(definition, described[0] if described else {"taskArn": arn}, "")
            self.clock.sleep(_POLL_SECONDS)
        raise OwscaleError(
            f"the task {arn.rpartition('/')[2]} does not stop",
            hint="look at it in the console of ECS; repeat the command when it has stopped",
        )

    def _ended(self, definition: TaskDefinition, task: Mapping[str, Any], until: str) -> EndedTask:
        containers = [each for each in task.get("containers", ()) if each["name"] == definition.container["name"]]
        code = containers[0].get("exitCode") if containers else None
        reasons = (task.get("stoppedReason"), *(each.get("reason") for each in containers))
        reason = "; ".join(dict.fromkeys(str(each) for each in reasons if each))
        arn = str(task["taskArn"])
        last = {None: "", 0: until}.get(code, "Error")
        log = tuple(self._log(definition, arn, last))
        return EndedTask(arn, code, reason, log)

    def _log(self, definition: TaskDefinition, arn: str, until: str) -> Iterator[str]:
        """Yield the last lines of the log of a task; CloudWatch Logs may have them only after some seconds.

        A task without an exit code may have a log too, such as one that was killed.
        """
        options = definition.container.get("logConfiguration", {}).get("options", {})
        group, prefix = options.get("awslogs-group"), options.get("awslogs-stream-prefix")
        if not group or not prefix:
            return
        stream = f"{prefix}/{definition.container['name']}/{arn.rpartition('/')[2]}"
        deadline = self.clock.now().timestamp() + _LOG_SECONDS
        earlier: list[str] = []
        while True:
            try:
                events = self.call("logs:GetLogEvents", logGroupName=group, logStreamName=stream, startFromHead=False)
            except CallError as error:
                if error.reason != "not found":
                    raise
                events = {"events": []}
            lines = [str(each["message"]).rstrip() for each in events["events"]]
            is_complete = lines == earlier and any(until in line for line in lines)
            if is_complete or self.clock.now().timestamp() > deadline:
                yield from lines
                return
            earlier = lines  # lines arrive one after the other: the log is complete if no more came
            self.clock.sleep(5)
