"""What users and health checks see of each fault, and how the processes heal; docs/openwebui-measured.md has the table.

`make test-openwebui ARGS="-k faults -s"` prints what was observed.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from owscale.domain.openwebui.known_faults import JUDGED_UNTIL as RELEASE
from tests.openwebui import installation
from tests.openwebui import relay as relays
from tests.openwebui.client import Client, StatusError
from tests.openwebui.cloudwatch import Monitoring
from tests.openwebui.model_server import FAST, READABLE, SLOW
from tests.openwebui.observation import Observation, ask, failed_checks, observe, open_socket
from tests.openwebui.programs import Program, wait_for
from tests.openwebui.relay import Relay
from tests.openwebui.stack import Process, Proxy, Stack

pytestmark = pytest.mark.openwebui

_MAX_CONNECTIONS = 60
_HEAL_SECONDS = 90
_PERIOD_SECONDS = 6
"""The length here of a period of the alarms, which is a minute; five of them are watched during each fault."""

_SLOW_PERIOD_SECONDS = 20
"""For faults that delay responses, of which shorter periods would have none."""

_OF_A_LOST_NODE = {"redis_cpu", "redis_evictions", "redis_memory"}
"""Alarms of a node of Redis, for which missing data counts as bad."""


@dataclass
class Service:
    """Two processes, whose Redis has a name that can move."""

    stack: Stack
    redis_name: Relay
    redis_url: str
    processes: list[Process]
    token: str
    proxy: Proxy

    def observe(self, label: str, period_seconds: float = _PERIOD_SECONDS) -> Observation:
        """Observe the processes, and print what was seen. Each period of the alarms takes `period_seconds`."""
        one, two = self.processes[:2]
        monitoring = self.monitoring(period_seconds)
        observation = observe(self.stack, one, two, self.token)
        observation.alarms = monitoring.raised()
        print(f"\n{label}\n  {observation}\n  metrics: {monitoring.text()}", flush=True)
        shown = [name if is_default else f"({name})" for name, is_default in observation.alarms.items()]
        print(f"  alarms: {', '.join(shown) or 'none'}", flush=True)
        observation.failed_checks = failed_checks(self.stack, one, two, self.token)
        print(f"  owscale verify: {', '.join(observation.failed_checks) or 'passes'}", flush=True)
        return observation

    def monitoring(self, period_seconds: float = _PERIOD_SECONDS) -> Monitoring:
        """Watch the processes for as long as the alarms evaluate, while users work."""
        monitoring = Monitoring.of(self.stack, RELEASE, self.proxy, self.processes, self.token)
        monitoring.watch(period_seconds)
        return monitoring

    def heal(self, label: str) -> float:
        """Wait until users can do everything again, and return how long that took."""
        one, two = self.processes[:2]
        seconds = wait_for(lambda: observe(self.stack, one, two, self.token).is_ok(*_ACTS), _HEAL_SECONDS, label)
        print(f"  healed within {seconds:.0f} s", flush=True)
        return seconds

    def start(self, name: str) -> Process:
        """Start another process of the service, with the shared data folder as a mount of its own."""
        variables = {"REDIS_URL": self.redis_url, "WEBSOCKET_REDIS_URL": self.redis_url}
        return self.stack.start(name, RELEASE, variables, data=self.stack.folder / "shared")


_ACTS = ("page", "list", "file", "answer through both")


@pytest.fixture(scope="module")
def service(stack: Stack) -> Iterator[Service]:
    stack.database.stop()
    stack.database.max_connections = _MAX_CONNECTIONS
    stack.database.start()
    stack.create_schema(RELEASE)
    with relays.running(stack.redis.port) as name:
        url = stack.redis.url.replace(f":{stack.redis.port}/", f":{name.port}/")
        service = Service(stack, name, url, [], "", Proxy("", Path(), Path()))
        service.processes = [service.start("one"), service.start("two")]
        service.token = Client(service.processes[0].url).sign_in().token
        service.proxy = stack.start_proxy(service.processes)
        seen = service.observe("no fault")
        assert seen.is_ok(*_ACTS, "sign-in")
        assert not seen.failed_checks
        assert not seen.alarms
        yield service


def test_redis_stopped(service: Service) -> None:
    service.stack.redis.stop()
    seen = service.observe("Redis stopped")
    assert seen.results["/health"] == "200 200"
    assert seen.results["/ready"] == "503 503"
    assert seen.is_ok("page")
    assert not seen.is_ok("answer through both")
    assert seen.alarms.keys() == _OF_A_LOST_NODE
    service.stack.redis.start()
    service.heal("Redis started")


def test_redis_failed_over(service: Service) -> None:
    """The name moves to a replica, which becomes the primary, and every connection ends."""
    old = service.stack.redis
    new = service.stack.new_redis("replica", "--replicaof", "127.0.0.1", str(old.port), "--tls-replication", "yes")
    new.token = old.token
    new.arguments = (*new.arguments, "--tls-ca-cert-file", str(new.certificate))
    new.start()
    wait_for(lambda: "master_link_status:up" in new.command("INFO", "replication"), 30, "the replica")
    old.stop()
    seen = service.observe("Redis failing over")
    assert seen.results["/health"] == "200 200"
    assert seen.alarms.keys() == _OF_A_LOST_NODE
    new.command("REPLICAOF", "NO", "ONE")
    service.redis_name.move(new.port)
    service.heal("Redis failed over")
    new.stop()
    old.start()
    service.redis_name.move(old.port)
    service.heal("Redis is the first server again")


@pytest.mark.parametrize(("seconds", "alarms"), [(0.2, set()), (2, {"response_time"})])
def test_redis_slow(service: Service, seconds: float, alarms: set[str]) -> None:
    service.redis_name.delay_seconds = seconds
    try:
        seen = service.observe(f"Redis slow: each answer takes {seconds} s more", _SLOW_PERIOD_SECONDS)
    finally:
        service.redis_name.delay_seconds = 0
    assert not seen.is_ok("answer through both")
    assert seen.alarms.keys() == alarms
    # /ready can take longer than `verify` waits for it: then it has no latency
    assert {"http.latency", "http.ready"} & set(seen.failed_checks)
    assert seconds > 1 or "http.latency" in seen.failed_checks
    service.heal("Redis fast again")


def test_redis_full(service: Service) -> None:
    redis = service.stack.redis
    redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
    redis.command("CONFIG", "SET", "maxmemory", "64mb")
    script = "for _ = 1, 10 do redis.call('RPUSH', KEYS[1], string.rep('x', 100000)) end"
    wait_for(lambda: "OOM" in redis.command("EVAL", script, "1", "filler"), 120, "Redis full")
    try:
        seen = service.observe("Redis full (noeviction)")
    finally:
        redis.command("CONFIG", "SET", "maxmemory", "0")
        redis.command("DEL", "filler")
    assert seen.results["/health"] == "200 200"
    assert seen.results["/ready"] == "200 200"
    assert not seen.is_ok("answer through both")
    assert seen.alarms.keys() == {"redis_memory"}
    service.heal("Redis has memory again")


def test_database_stopped(service: Service) -> None:
    service.stack.database.stop()
    seen = service.observe("database stopped")
    assert seen.results["/health"] == "200 200"
    assert seen.results["/ready"] == "503 503"
    assert seen.alarms.keys() == {"database_connections", "target_5xx"}
    service.stack.database.start()
    service.heal("database started")


def test_database_without_free_connections(service: Service) -> None:
    """The pools keep what they have; a process that has to connect cannot."""
    database = service.stack.database
    words = [str(database.binaries / "bin/psql"), "-X", "-c", "SELECT pg_sleep(300)", database.url("postgres")]
    own = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'webui'"
    sessions: list[subprocess.Popen[Any]] = []

    def fill() -> None:
        sessions.extend(
            subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(_MAX_CONNECTIONS)
        )
        time.sleep(4)

    keeper = subprocess.Popen([*words[:2], words[-1]], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    sessions.append(keeper)
    try:
        time.sleep(1)  # it has a connection before the others take the rest
        fill()
        kept = service.observe("database without a free connection, the pools are filled")
        assert kept.is_ok("page", "list", "file")
        assert kept.alarms.keys() == {"database_connections"}
        keeper.communicate(f"{own};\n", 60)  # ends the sessions of the processes, whose places others take
        fill()
        seen = service.observe("database without a free connection, the processes have to connect")
        assert seen.results["/health"] == "200 200"
        assert seen.alarms.keys() == {"database_connections", "target_5xx"}
    finally:
        for session in sessions:
            session.kill()
            session.wait()
        service.stack.database.stop()  # its sessions outlive their clients
        service.stack.database.start()
    service.heal("connections free again")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the mounts of a process")
@pytest.mark.parametrize("fault", ["read-only", "gone"])
def test_data_folder(service: Service, fault: str) -> None:
    """The folder of one process is read-only, or is not the shared one."""
    one, path = service.processes[0], str(service.stack.data)
    ways = {
        "read-only": (["mount", "-o", "remount,bind,ro", path], ["mount", "-o", "remount,bind,rw", path]),
        "gone": (["umount", "-l", path], ["mount", "--bind", str(service.stack.folder / "shared"), path]),
    }
    break_it, mend_it = ways[fault]
    enter = ["nsenter", "--target", str(one.program.process.pid), "--mount"]
    subprocess.run([*enter, *break_it], check=True)
    try:
        seen = service.observe(f"data folder {fault}")
        assert seen.results["/health"] == "200 200"
        assert seen.results["/ready"] == "200 200"
        assert not seen.is_ok("file")
        assert not seen.alarms
    finally:
        subprocess.run([*enter, *mend_it], check=True)
    service.heal("data folder mended")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the mounts of a process")
def test_data_folder_hangs(service: Service) -> None:
    """A file system that answers no more, as an EFS whose mount target is gone: bindfs, which is stopped."""
    one, stack = service.processes[0], service.stack
    enter = ["nsenter", "--target", str(one.program.process.pid), "--mount"]
    folder = stack.folder / "answers-no-more"
    folder.mkdir()
    words = [installation.program("bindfs"), "-f", str(stack.folder / "shared"), str(folder)]
    with ExitStack() as undo:
        files = Program([*enter, *words], stack.folder / "bindfs.log", end=signal.SIGKILL)
        undo.callback(files.stop)
        mounts = Path(f"/proc/{one.program.process.pid}/mounts")
        files.wait_until(lambda: str(folder) in mounts.read_text(), 30, "bindfs")
        subprocess.run([*enter, "mount", "--bind", str(folder), str(stack.data)], check=True)
        undo.callback(subprocess.run, [*enter, "umount", "-l", str(stack.data)], check=False)
        undo.callback(files.process.send_signal, signal.SIGCONT)
        files.process.send_signal(signal.SIGSTOP)
        seen = service.observe("data folder hangs", _SLOW_PERIOD_SECONDS)
        assert seen.results["/health"] == "0 200"  # the process waits for a file where it should do nothing else
        assert "http.health" in seen.failed_checks
        assert seen.alarms.keys() == {"unhealthy_hosts"}
        files.process.send_signal(signal.SIGCONT)
        service.heal("data folder answers again")


def test_process_killed_while_it_streams(service: Service) -> None:
    """The answer ends, and its chat keeps what was saved; the other process goes on."""
    one, two = service.processes[:2]
    victim = service.start("victim")
    client, other = Client(victim.url, service.token), Client(two.url, service.token)
    proxy = service.stack.start_proxy([one, two, victim])
    socket = open_socket(service.stack, two, service.token)  # the page is connected to another process
    chat, answer = client.new_chat(SLOW)
    client.complete(SLOW, chat, answer, socket.id)
    pieces = sum(socket.receive(5) is not None for _ in range(30))
    victim.program.stop(signal.SIGKILL)
    proxy.set_state(victim, "maint")  # ECS deregisters the task when it has stopped
    silence = 0
    while socket.receive(3) is not None and silence < 100:
        silence += 1
    message = other.get(f"/api/v1/chats/{chat}")["chat"]["history"]["messages"][answer]
    active = other.get(f"/api/tasks/chat/{chat}")["task_ids"]
    print(f"\nprocess killed while it streams\n  {pieces} events before, {silence} after", flush=True)
    print(f"  saved: {message.get('content')!r}")
    print(f"  done: {message.get('done')}; tasks of the chat in Redis: {len(active)}")
    socket.close()
    service.stack.processes.remove(victim)
    service.proxy = proxy
    assert pieces
    seen = service.observe("afterwards")
    assert seen.is_ok(*_ACTS)
    assert not seen.alarms
    assert one.program.is_running


def test_rolling_replacement_under_load(service: Service) -> None:
    """As ECS does it: two new processes, then the old ones leave the proxy, finish their answers, and end."""
    stack, old = service.stack, list(service.processes)
    new = [service.start("three"), service.start("four")]
    proxy = service.proxy = stack.start_proxy([*old, *new])
    for process in new:
        proxy.set_state(process, "maint")
    failures: dict[str, int] = {}
    counts = {"requests": 0}
    end = threading.Event()

    def use(number: int) -> None:
        client = Client(proxy.url, service.token, timeout_seconds=30)
        while not end.is_set():
            counts["requests"] += 1
            try:
                client.get("/api/v1/chats/?page=1")
            except (OSError, StatusError) as error:
                failures[f"{type(error).__name__}: {error}"[:60]] = failures.get(str(error)[:60], 0) + 1
            time.sleep(0.2 + number / 100)

    users = [threading.Thread(target=use, args=(number,)) for number in range(10)]
    for user in users:
        user.start()
    time.sleep(3)
    for process in new:
        proxy.set_state(process, "ready")
    time.sleep(5)  # until the checks of the proxy have passed
    for process in old:
        proxy.set_state(process, "maint")  # no new requests, also not of sessions with a cookie
    time.sleep(3)
    seconds = []
    for process in old:
        started = time.monotonic()
        stack.stop(process)
        seconds.append(time.monotonic() - started)
    time.sleep(3)
    end.set()
    for user in users:
        user.join()
    service.processes = new
    print(f"\nrolling replacement\n  {counts['requests']} requests, failures: {failures or 'none'}")
    print(f"  the old processes ended within {max(seconds):.1f} s of SIGTERM")
    assert not failures
    assert service.observe("new processes").is_ok(*_ACTS)


def test_proxy_that_waits_too_short(service: Service) -> None:
    """S363: a request for an answer in one piece fails; the page is not concerned, it reads from the WebSocket."""
    stack = service.stack
    proxy = stack.start_proxy(service.processes, timeout_seconds=3)
    client = Client(proxy.url, service.token)
    stack.models.completion_seconds = 6
    try:
        body = {"model": FAST, "messages": [{"role": "user", "content": "in one piece"}], "stream": False}
        with pytest.raises(StatusError) as failure:
            client.post("/api/chat/completions", body)
        assert failure.value.status == 504
    finally:
        stack.models.completion_seconds = 0
    socket = open_socket(stack, service.processes[0], service.token)
    ask(client, socket, READABLE)  # 5 s
    socket.close()
