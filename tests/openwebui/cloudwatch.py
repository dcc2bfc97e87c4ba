"""The metrics of CloudWatch for the processes of a stack, and the rendered alarms that they raise.

The metrics are those of the alarms: requests and health at the proxy, processor and memory of the processes, sessions
of the database, and the figures that Redis reports of itself. Metrics of EFS have no counterpart here.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from owscale.spec.deployment import Deployment
from tests.openwebui.client import Client, StatusError
from tests.openwebui.processes import cpu_seconds, usage
from tests.openwebui.stack import Process, Proxy, Stack
from tests.openwebui.task_environment import rendered_resources

ALL_ALARMS: dict[str, Any] = {
    "alarms": {
        "database_connections_percent": 90,
        "healthy_hosts": 1,
        "load_balancer_5xx_count": 5,
        "redis_evictions": 0,
        "unhealthy_hosts": 1,
    },
    "existing": {"database": {"cluster": "chat"}},
}
"""Changes of a spec that turn on every alarm whose metric can be measured here."""

_NODE_BYTES = 1.37 * 2**30
"""Memory of a cache.t4g.small, for a Redis of the tests without a limit."""

_NODE_CPUS = 2
_REQUEST = re.compile(r"^request (\d+) (-?\d+) (..)$", re.MULTILINE)
_BREACHES = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}
Metric = tuple[str, str]


@dataclass(frozen=True)
class Alarm:
    """A rendered alarm."""

    name: str
    metric: Metric
    statistic: str
    comparison: str
    threshold: float
    period_seconds: int
    evaluation_periods: int
    datapoints: int
    missing_data: str

    def is_raised(self, series: Sequence[float | None]) -> bool:
        """Whether one of the windows of a series has enough datapoints beyond the threshold; None is missing data.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
        """
        breaching = [self._is_breaching(value) for value in series]
        ends = range(self.evaluation_periods, len(series) + 1)
        return any(sum(breaching[end - self.evaluation_periods : end]) >= self.datapoints for end in ends)

    def _is_breaching(self, value: float | None) -> bool:
        if value is None:
            return self.missing_data == "breaching"
        return bool(_BREACHES[self.comparison](value, self.threshold))


def rendered_alarms(deployment: Deployment, folder: Path) -> dict[str, Alarm]:
    """Return the rendered alarms, by their name in the spec; of several for the nodes of Redis, that of the first."""
    alarms: dict[str, Alarm] = {}
    for arguments in rendered_resources(deployment, folder, "aws_cloudwatch_metric_alarm"):
        name = arguments["alarm_name"].removeprefix(f"{deployment.spec.service.name}-")
        name = re.sub(r"-\d+$", "", name).replace("-", "_")
        alarms.setdefault(
            name,
            Alarm(
                name,
                (arguments["namespace"], arguments["metric_name"]),
                arguments["statistic"],
                arguments["comparison_operator"],
                arguments["threshold"],
                arguments["period"],
                arguments["evaluation_periods"],
                arguments["datapoints_to_alarm"],
                arguments["treat_missing_data"],
            ),
        )
    return alarms


@dataclass
class Monitoring:
    """The alarms of a spec, and the datapoints that they would have had while something was watched."""

    stack: Stack
    proxy: Proxy
    processes: Sequence[Process]
    token: str
    alarms: dict[str, Alarm]
    defaults: frozenset[str]
    series: dict[Metric, list[float | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, stack: Stack, release: str, proxy: Proxy, processes: Sequence[Process], token: str) -> "Monitoring":
        """Return the monitoring of a release with every alarm that can be measured."""
        alarms = rendered_alarms(stack.deployment(release, ALL_ALARMS), stack.folder)
        defaults = frozenset(rendered_alarms(stack.deployment(release), stack.folder))
        connections = alarms["database_connections"]
        # The database of the spec has more connections than that of the tests.
        of_spec = stack.deployment(release).spec.existing.database.max_connections
        share = stack.database.max_connections / of_spec
        alarms["database_connections"] = replace(connections, threshold=connections.threshold * share)
        return cls(stack, proxy, processes, token, alarms, defaults)

    def raised(self) -> dict[str, bool]:
        """Return the alarms that the series raise, each with whether it is on by default."""
        return {
            name: name in self.defaults
            for name, alarm in sorted(self.alarms.items())
            if alarm.metric in self.series and alarm.is_raised(self.series[alarm.metric])
        }

    def watch(self, period_seconds: float, users: int = 6) -> None:
        """Have users work through the proxy for as many periods as the alarms evaluate, and keep the datapoints.

        One more comes first, in which health checks notice the fault. A period of the tests stands for one of the
        alarms: counts are those of its whole length.
        """
        self.series = {}
        with _users(self.proxy, self.token, users):
            time.sleep(1)
            for _ in range(1 + max(alarm.evaluation_periods for alarm in self.alarms.values())):
                for metric, value in self._period(period_seconds).items():
                    self.series.setdefault(metric, []).append(value)

    def text(self) -> str:
        """Return the datapoints of the metrics, for people."""
        return "; ".join(
            f"{name} {', '.join('-' if value is None else f'{value:.3g}' for value in values)}"
            for (_, name), values in self.series.items()
        )

    def _period(self, seconds: float) -> dict[Metric, float | None]:
        """Return one datapoint of each metric."""
        position = self.proxy.log.stat().st_size
        started, cpu, redis_cpu = time.monotonic(), self._cpu(), self._redis_info("cpu")
        health: list[list[bool]] = []
        connections: list[float] = []
        memory: list[float] = []
        redis_memory: list[float] = []
        evicted = self._redis_info("stats")
        while time.monotonic() - started < seconds:
            health.append(self.proxy.health())
            connections.extend(self._connections())
            memory.extend(self._memory())
            if info := self._redis_info("memory"):
                redis_memory.append(100 * info["used_memory"] / (info["maxmemory"] or _NODE_BYTES))
            time.sleep(min(1, max(0, seconds - (time.monotonic() - started))))
        length = time.monotonic() - started
        with self.proxy.log.open() as log:
            log.seek(position)
            requests = [(int(status), int(wait), state) for status, wait, state in _REQUEST.findall(log.read())]
        # A state other than "--" is an end that the proxy or the client brought about; the target gave no response.
        times = [wait / 1000 for _, wait, _ in requests if wait >= 0]
        own = [status for status, wait, _ in requests if wait < 0 and status >= 500]
        errors = [status for status, wait, _ in requests if wait >= 0 and status >= 500]
        spec = self.stack.deployment(self.processes[0].release).spec
        redis_cpu_after, evicted_after = self._redis_info("cpu"), self._redis_info("stats")
        redis_busy = None
        if redis_cpu and redis_cpu_after:
            names = ("used_cpu_sys", "used_cpu_user")
            redis_busy = sum(redis_cpu_after[name] - redis_cpu[name] for name in names) / length / _NODE_CPUS * 100
        per_period = self.alarms["target_5xx"].period_seconds / length
        balancer = "AWS/ApplicationELB"
        return {
            (balancer, "TargetResponseTime"): sum(times) / len(times) if times else None,
            (balancer, "HTTPCode_Target_5XX_Count"): len(errors) * per_period or None,
            (balancer, "HTTPCode_ELB_5XX_Count"): len(own) * per_period or None,
            (balancer, "HealthyHostCount"): min(sum(each) for each in health),
            (balancer, "UnHealthyHostCount"): min(len(each) - sum(each) for each in health),
            ("AWS/ECS", "CPUUtilization"): 100 * (self._cpu() - cpu) / length / spec.service.vcpu / len(self.processes),
            ("AWS/ECS", "MemoryUtilization"): 100 * max(memory) / 1024 / spec.service.memory_gb if memory else None,
            ("AWS/RDS", "DatabaseConnections"): max(connections, default=None),
            ("AWS/ElastiCache", "CPUUtilization"): redis_busy,
            ("AWS/ElastiCache", "DatabaseMemoryUsagePercentage"): (
                sum(redis_memory) / len(redis_memory) if redis_memory else None
            ),
            ("AWS/ElastiCache", "Evictions"): (
                (evicted_after["evicted_keys"] - evicted["evicted_keys"]) * per_period
                if evicted and evicted_after
                else None
            ),
        }

    def _running(self) -> list[Process]:
        return [process for process in self.processes if process.program.is_running]

    def _cpu(self) -> float:
        return sum(cpu_seconds(process) for process in self._running())

    def _memory(self) -> list[float]:
        return [usage(process).resident_mb for process in self._running()]

    def _connections(self) -> list[float]:
        database = self.stack.database
        try:
            return [int(database.query("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"))]
        except RuntimeError as error:
            return [database.max_connections] if "too many clients" in str(error) else []

    def _redis_info(self, section: str) -> dict[str, float]:
        lines = self.stack.redis.command("INFO", section).splitlines()
        pairs = [line.strip().partition(":") for line in lines]
        return {name: float(value) for name, _, value in pairs if re.fullmatch(r"[\d.]+", value)}


@contextmanager
def _users(proxy: Proxy, token: str, count: int) -> Iterator[None]:
    """Have users open the page, list their chats, and store and read a file, with a second between."""
    end = threading.Event()

    def work() -> None:
        client = Client(proxy.url, token, timeout_seconds=60)
        other = Client(proxy.url, token, timeout_seconds=60)  # a session of its own, perhaps at another task
        files: list[str] = []
        acts: tuple[Callable[[], object], ...] = (
            lambda: client.get("/api/config"),
            lambda: client.get("/api/v1/chats/?page=1"),
            lambda: files.append(client.upload("file.txt", b"text")),
            lambda: files and other.get(f"/api/v1/files/{files[-1]}/content"),
        )
        while not end.wait(1):
            for act in acts:
                with suppress(OSError, StatusError):
                    if not end.is_set():
                        act()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        end.set()
