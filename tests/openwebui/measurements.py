"""Measure memory, database connections and responses of Open WebUI, and print a table in Markdown.

`python -m tests.openwebui.measurements memory` takes ten minutes, `load` half an hour, and `cores` six minutes for each
of its cases: `cores 2/0,1/20` measures the one of two workers on the cores 0 and 1 with 20 threads.
docs/openwebui-measured.md has the results and their conditions.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from owscale.verify.check import CheckError
from owscale.verify.target import Target, resolve_address
from owscale.verify.visitor import Task
from tests.openwebui import programs
from tests.openwebui import stack as stacks
from tests.openwebui.client import Client, StatusError
from tests.openwebui.model_server import FAST, READABLE
from tests.openwebui.observation import OUTPUTS, ask
from tests.openwebui.processes import cpu_seconds, usage
from tests.openwebui.stack import Process, Stack

RELEASE = "0.12.4"
_REST_SECONDS = 10


@dataclass
class Peak:
    """The most database connections, threads and memory that a process had during a measurement."""

    connections: int = 0
    threads: int = 0
    anonymous_mb: int = 0
    resident_mb: int = 0


@contextmanager
def peak_of(stack: Stack, process: Process) -> Iterator[Peak]:
    """Watch a process twice a second."""
    peak, end = Peak(), threading.Event()

    def watch() -> None:
        while not end.wait(0.5):
            if not process.program.is_running:
                continue
            now = usage(process)
            peak.connections = max(peak.connections, stack.database.connections("webui"))
            peak.threads = max(peak.threads, now.threads)
            peak.anonymous_mb = max(peak.anonymous_mb, now.anonymous_mb)
            peak.resident_mb = max(peak.resident_mb, now.resident_mb)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        end.set()
        watcher.join()


@dataclass
class Timings:
    """Seconds of each kind of request, and the failures by their text."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def time(self, kind: str, call: Callable[[], object]) -> None:
        """Call a function and keep how long it took, or why it failed."""
        started = time.monotonic()
        try:
            call()
        except (OSError, StatusError, CheckError) as error:
            with self.lock:
                name = f"{kind}: {type(error).__name__} {error}"[:60]
                self.failures[name] = self.failures.get(name, 0) + 1
            return
        with self.lock:
            self.seconds.setdefault(kind, []).append(time.monotonic() - started)

    def quantile(self, kind: str, share: float) -> float:
        """Return the seconds that a share of the requests did not exceed."""
        values = sorted(self.seconds.get(kind, [float("nan")]))
        return values[min(int(len(values) * share), len(values) - 1)]

    def text(self) -> str:
        """Return median and 95 % quantile of each kind, and the number of failures."""
        parts = [f"{kind} {self.quantile(kind, 0.5):.2f}/{self.quantile(kind, 0.95):.2f}" for kind in self.seconds]
        return f"{', '.join(parts)} | {sum(self.failures.values())}"


def process_documents(client: Client, count: int, clients: int) -> Timings:
    """Upload documents that Open WebUI splits and embeds: work in threads, each of which waits for the model server."""
    timings = Timings()
    text = b"word " * 8000

    def upload(number: int) -> None:
        query = "?process=true&process_in_background=false"
        timings.time("document", lambda: client.upload(f"document-{number}.txt", text, query))

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(upload, range(count)))
    return timings


def use(stack: Stack, url: str, token: str, users: int, seconds: float, pause: float = 1, model: str = FAST) -> Timings:
    """Have users list chats, ask a model with an open WebSocket, and read the answer, for some time.

    `pause` is the time between an answer and the next question, in seconds.
    """
    timings, spec = Timings(), stack.deployment(RELEASE).spec
    end = time.monotonic() + seconds
    address = resolve_address(url, spec, OUTPUTS)
    target = Target(spec, OUTPUTS, address, lambda *_arguments, **_named: {}, timeout_seconds=30)

    def work(number: int) -> None:
        client = Client(url, token)
        time.sleep(pause * number / users)  # they do not all begin at once
        timings.time("page", lambda: client.get("/api/config"))
        try:
            socket = Task(f"user {number}", replace(target), dict(client.cookies)).open_socket(token)
        except CheckError as error:
            timings.failures[str(error)[:60]] = timings.failures.get(str(error)[:60], 0) + 1
            return
        try:
            while time.monotonic() < end:
                timings.time("list", lambda: client.get("/api/v1/chats/?page=1"))
                timings.time("answer", lambda: ask(client, socket, model))
                time.sleep(pause)
        finally:
            socket.close()

    with ThreadPoolExecutor(users) as pool:
        list(pool.map(work, range(users)))
    return timings


def measure_memory(stack: Stack) -> None:
    """Print memory at rest, and after documents were processed, by the settings of a task."""
    print("| Task | Processes | Resident, rest | Anonymous, rest | Most threads | Most anonymous | Connections |")
    print("|---|---|---|---|---|---|---|")
    cases: list[tuple[str, dict[str, Any], dict[str, str | None]]] = [
        ("1 worker, 40 threads", {"threads": 40}, {}),
        ("1 worker, 20 threads", {"threads": 20}, {}),
        ("1 worker, 200 threads", {"threads": 200}, {}),
        ("1 worker, 2000 threads", {"threads": 2000}, {}),
        ("2 workers, 40 threads", {"workers": 2, "threads": 40}, {}),
    ]
    stack.models.embedding_seconds = 1
    token = ""
    for name, app, environment in cases:
        process = stack.start(
            f"memory-{len(stack.processes)}-{time.monotonic():.0f}", RELEASE, environment, {"app": app}
        )
        time.sleep(_REST_SECONDS)
        rest = usage(process)
        client = Client(process.url, token, timeout_seconds=120)
        token = token or client.sign_in().token
        client.token = token
        with peak_of(stack, process) as peak:
            process_documents(client, 120, 60)
        row = [name, rest.processes, f"{rest.resident_mb} MB", f"{rest.anonymous_mb} MB"]
        row += [peak.threads, f"{peak.anonymous_mb} MB", peak.connections]
        print("| " + " | ".join(map(str, row)) + " |", flush=True)
        stack.stop(process)


def measure_load(stack: Stack) -> None:
    """Print responses, memory and connections as users grow, by the settings of a task."""
    print("| Task | Users | page, list, answer: median/95 % in s | Failures | Connections | Threads | Anonymous |")
    print("|---|---|---|---|---|---|---|")
    cases: list[tuple[str, Mapping[str, Any]]] = [
        ("1 worker", {}),
        ("2 workers", {"workers": 2}),
        ("1 worker, 20 threads", {"threads": 20}),
        ("1 worker, pool 2 + 0", {"database_pool": {"size": 2, "max_overflow": 0, "vector_size": 2}}),
        ("1 worker, pool 20 + 0", {"database_pool": {"size": 20, "max_overflow": 0}}),
    ]
    token = ""
    for name, app in cases:
        process = stack.start(f"load-{time.monotonic():.0f}", RELEASE, {}, {"app": dict(app)})
        token = token or Client(process.url).sign_in().token
        for users in (1, 10, 25, 50):
            with peak_of(stack, process) as peak:
                timings = use(stack, process.url, token, users, 20)
            row = [name, users, timings.text(), peak.connections, peak.threads, f"{peak.anonymous_mb} MB"]
            print("| " + " | ".join(map(str, row)) + " |", flush=True)
            for failure, count in timings.failures.items():
                print(f"<!-- {count} × {failure} -->")
        stack.stop(process)


def measure_cores(stack: Stack, cases: Sequence[tuple[int, str, int]] = ()) -> None:
    """Print responses as users grow, by workers, cores and threads: several runs each, with median, least and most.

    The processes of Open WebUI have cores of their own where the machine has two: clients, database, Redis and model
    server run on the last core.
    """
    print("| Workers | Cores | Threads | Users | Page | List | Delay of an answer | Failures | Processor |")
    print("|---|---|---|---|---|---|---|---|---|")
    token, runs = "", 3
    for workers, cores, threads in cases or _CORE_CASES:
        app = {"workers": workers, "threads": threads}
        process = stack.start(f"cores-{time.monotonic():.0f}", RELEASE, {}, {"app": app}, cores=cores)
        token = token or Client(process.url).sign_in().token
        use(stack, process.url, token, 5, 5)  # what is loaded once
        for users in (25, 50, 100):
            results, processor = [], []
            for _ in range(runs):
                before, started = cpu_seconds(process), time.monotonic()
                results.append(use(stack, process.url, token, users, _USE_SECONDS, _PAUSE_SECONDS, READABLE))
                processor.append((cpu_seconds(process) - before) / (time.monotonic() - started))
            least = {"page": 0, "list": 0, "answer": _READABLE_SECONDS}
            spreads = [_spread(results, kind, seconds) for kind, seconds in least.items()]
            failures = sum(sum(each.failures.values()) for each in results)
            count = len(cores.split(","))
            row = [workers, count, f"{threads:,}", users, *spreads, failures, f"{median(processor):.2f}"]
            print("| " + " | ".join(map(str, row)) + " |", flush=True)
        stack.stop(process)


_USE_SECONDS, _PAUSE_SECONDS = 15, 10
_READABLE_SECONDS = 5
_CORE_CASES = ((1, "0", 2000), (2, "0,1", 2000), (2, "0", 2000), (1, "0", 20), (2, "0,1", 20), (1, "0", 40))
"""Workers, cores and threads."""


def _spread(results: list[Timings], kind: str, least: float) -> str:
    """Return the median, the least and the most of the medians of the runs, in seconds."""
    values = [each.quantile(kind, 0.5) - least for each in results]
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def _case(word: str) -> tuple[int, str, int]:
    workers, cores, threads = word.split("/")
    return int(workers), cores, int(threads)


if __name__ == "__main__":
    if sys.argv[1] == "cores":
        os.sched_setaffinity(0, {1})
        programs.niceness = 0
        if os.geteuid() == 0:
            # Before other programs of the machine, which would delay each piece of an answer; children inherit it.
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    with stacks.running() as running:
        running.create_schema(RELEASE)
        if sys.argv[1] == "cores":
            measure_cores(running, [_case(word) for word in sys.argv[2:]])
        else:
            {"memory": measure_memory, "load": measure_load}[sys.argv[1]](running)
