"""What users and health checks see of each fault, and how the processes heal; docs/openwebui-measured.md has the table.

`make test-openwebui ARGS="-k faults -s"` prints what was observed.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from owscale.domain.openwebui.known_faults import JUDGED_UNTIL as RELEASE
from tests.openwebui import relay as relays
from tests.openwebui.client import Client, StatusError
from tests.openwebui.model_server import SLOW
from tests.openwebui.observation import Observation, failed_checks, observe, open_socket
from tests.openwebui.programs import wait_for
from tests.openwebui.relay import Relay
from tests.openwebui.stack import Process, Stack

pytestmark = pytest.mark.openwebui

_MAX_CONNECTIONS = 60
_HEAL_SECONDS = 90


@dataclass
class Service:
    """Two processes, whose Redis has a name that can move."""

    stack: Stack
    redis_name: Relay
    redis_url: str
    processes: list[Process]
    token: str

    def observe(self, label: str) -> Observation:
        """Observe the processes, and print what was seen."""
        one, two = self.processes[:2]
        observation = observe(self.stack, one, two, self.token)
        print(f"\n{label}\n  {observation}", flush=True)
        observation.failed_checks = failed_checks(self.stack, one, two, self.token)
        print(f"  owscale verify: {', '.join(observation.failed_checks) or 'passes'}", flush=True)
        return observation

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
        service = Service(stack, name, url, [], "")
        service.processes = [service.start("one"), service.start("two")]
        service.token = Client(service.processes[0].url).sign_in().token
        assert service.observe("no fault").is_ok(*_ACTS, "sign-in")
        yield service


def test_redis_stopped(service: Service) -> None:
    service.stack.redis.stop()
    seen = service.observe("Redis stopped")
    assert seen.results["/health"] == "200 200"
    assert seen.results["/ready"] == "503 503"
    assert seen.is_ok("page")
    assert not seen.is_ok("answer through both")
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
    new.command("REPLICAOF", "NO", "ONE")
    service.redis_name.move(new.port)
    service.heal("Redis failed over")
    new.stop()
    old.start()
    service.redis_name.move(old.port)
    service.heal("Redis is the first server again")


@pytest.mark.parametrize("seconds", [0.2, 2])
def test_redis_slow(service: Service, seconds: float) -> None:
    service.redis_name.delay_seconds = seconds
    try:
        seen = service.observe(f"Redis slow: each answer takes {seconds} s more")
    finally:
        service.redis_name.delay_seconds = 0
    assert not seen.is_ok("answer through both")
    service.heal("Redis fast again")


def test_redis_full(service: Service) -> None:
    redis = service.stack.redis
    redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
    redis.command("CONFIG", "SET", "maxmemory", "1")
    try:
        seen = service.observe("Redis full (noeviction)")
    finally:
        redis.command("CONFIG", "SET", "maxmemory", "0")
    assert seen.results["/health"] == "200 200"
    assert seen.results["/ready"] == "200 200"
    assert not seen.is_ok("answer through both")
    service.heal("Redis has memory again")


def test_database_stopped(service: Service) -> None:
    service.stack.database.stop()
    seen = service.observe("database stopped")
    assert seen.results["/health"] == "200 200"
    assert seen.results["/ready"] == "503 503"
    service.stack.database.start()
    service.heal("database started")


def test_database_without_free_connections(service: Service) -> None:
    """The pools keep what they have; a process that has to connect cannot."""
    database = service.stack.database
    words = [str(database.binaries / "bin/psql"), "-X", "-c", "SELECT pg_sleep(300)", database.url("postgres")]
    own = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'webui'"
    sessions: list[subprocess.Popen[bytes]] = []

    def fill() -> None:
        sessions.extend(
            subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(_MAX_CONNECTIONS)
        )
        time.sleep(4)

    try:
        keeper = subprocess.Popen([*words[:-2], f"SELECT pg_sleep(12); {own}", words[-1]])
        fill()
        kept = service.observe("database without a free connection, the pools are filled")
        assert kept.is_ok("page", "list", "file")
        keeper.wait(60)  # ends the sessions of the processes, whose places others take
        fill()
        seen = service.observe("database without a free connection, the processes have to connect")
        assert seen.results["/health"] == "200 200"
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
    """The folder of one process; a file system of the network that hangs is another fault, and not tested."""
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
    finally:
        subprocess.run([*enter, *mend_it], check=True)
    service.heal("data folder mended")


def test_process_killed_while_it_streams(service: Service) -> None:
    """The answer ends, and its chat keeps what was saved; the other process goes on."""
    one, two = service.processes[:2]
    victim = service.start("victim")
    client, other = Client(victim.url, service.token), Client(two.url, service.token)
    socket = open_socket(service.stack, two, service.token)  # the page is connected to another process
    chat, answer = client.new_chat(SLOW)
    client.complete(SLOW, chat, answer, socket.id)
    pieces = sum(socket.receive(5) is not None for _ in range(30))
    victim.program.stop(signal.SIGKILL)
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
    assert pieces
    assert service.observe("afterwards").is_ok(*_ACTS)
    assert one.program.is_running


def test_rolling_replacement_under_load(service: Service) -> None:
    """As ECS does it: two new processes, then the old ones leave the proxy, finish their answers, and end."""
    stack, old = service.stack, list(service.processes)
    new = [service.start("three"), service.start("four")]
    proxy = stack.start_proxy([*old, *new])
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
