"""Each variable that owscale writes has its documented effect, in the oldest and the newest supported release."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from owscale.domain.openwebui import releases
from owscale.domain.openwebui.known_faults import JUDGED_UNTIL
from tests.openwebui import stack as stacks
from tests.openwebui.client import ADMIN, Client
from tests.openwebui.observation import open_socket
from tests.openwebui.processes import usage
from tests.openwebui.stack import Process, Stack

pytestmark = pytest.mark.openwebui

SPEC: dict[str, Any] = {
    "app": {
        "workers": 2,
        "threads": 60,
        "database_pool": {"size": 3, "max_overflow": 1, "vector_size": 2},
        "environment": {"GITHUB_CLIENT_ID": "an-id", "WEBUI_NAME": "Chat"},
        "secrets": {"GITHUB_CLIENT_SECRET": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:github-AbCdEf"},
    },
}
OF_THE_START_SCRIPT = {"FORWARDED_ALLOW_IPS", "UVICORN_WORKERS"}
"""Variables that become arguments of uvicorn, in backend/start.sh of the image, and here."""


@dataclass
class Running:
    """A process with two workers, of which the files have the variables that they read."""

    stack: Stack
    release: str
    process: Process
    client: Client
    recorded: Path

    def header(self, name: str, path: str, headers: dict[str, str], method: str = "GET", body: object = None) -> str:
        """Return a header of a response."""
        connection = HTTPConnection("127.0.0.1", self.process.port, timeout=30)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json", **headers})
            return "\n".join(connection.getresponse().headers.get_all(name, []))
        finally:
            connection.close()


@pytest.fixture(scope="module", params=[releases.OLDEST, JUDGED_UNTIL])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    """Run a release with the rendered environment of SPEC."""
    release: str = request.param
    with stacks.running(SPEC) as stack:
        stack.secrets |= {"GITHUB_CLIENT_SECRET": "of the tests"}
        stack.create_schema(release)
        recorded = stack.folder / "recorded"
        recorder = str(Path(__file__).parent / "recorder")
        variables = {"PYTHONPATH": recorder, "OWSCALE_RECORD_VARIABLES": str(recorded)}
        process = stack.start("one", release, variables)
        yield Running(stack, release, process, Client(process.url).sign_in(), recorded)


def test_release_reads_every_variable(running: Running) -> None:
    # Some are read when they are used first.
    running.client.upload("document.txt", b"word " * 100, "?process=true&process_in_background=false")
    read = set(running.recorded.read_text().split())
    rendered = running.stack.container(running.release)
    unknown = {*rendered.environment, *rendered.secrets} - read - OF_THE_START_SCRIPT
    assert unknown == set()


def test_workers(running: Running) -> None:
    assert usage(running.process).processes == 2


def test_pool_of_database_connections(running: Running) -> None:
    """Two workers with 3 + 1 connections for each engine, and 2 for pgvector."""
    engines = releases.database_engines(f":v{running.release}")
    limit = 2 * (engines * (3 + 1) + 2)
    # Parallel requests that exhaust the pool of 0.7.0 stop a process, or fail with 401: docs/openwebui-measured.md.
    clients = 1 if engines == 1 else 40
    peak = 0
    with ThreadPoolExecutor(clients) as pool:
        calls = [pool.submit(running.client.get, "/api/v1/chats/?page=1") for _ in range(200)]
        while not all(call.done() for call in calls):
            peak = max(peak, running.stack.database.connections("webui"))
    assert [call.exception() for call in calls if call.exception()] == []
    assert 2 <= peak <= limit


def test_start_needs_two_connections_of_pgvector(running: Running) -> None:
    """The smallest value of app.database_pool.vector_size is 2, as in SPEC."""
    with pytest.raises(RuntimeError, match="QueuePool limit of size 1 overflow 0 reached"):
        running.stack.start("vector", running.release, {"PGVECTOR_POOL_SIZE": "1"}, {"app": {"workers": 1}})


def test_migrations_are_off(running: Running) -> None:
    stack, name = running.stack, "empty"
    url = stack.database.create(name)
    with pytest.raises((RuntimeError, TimeoutError)):
        stack.start("unmigrated", running.release, {"DATABASE_URL": url}, {"app": {"workers": 1}})
    # The models that create their tables themselves are those of pgvector alone.
    assert "chat" not in stack.database.query("SELECT tablename FROM pg_tables", name).split()


def test_vector_database(running: Running) -> None:
    assert running.stack.database.query("SELECT count(*) > 0 FROM document_chunk", "webui") == "t"


def test_redis_has_only_keys_with_the_prefix(running: Running) -> None:
    prefix = running.process.environment["REDIS_KEY_PREFIX"]
    keys = running.stack.redis.command("KEYS", "*").split()
    assert keys
    assert {key for key in keys if not key.startswith(f"{prefix}:")} == set()


def test_websocket_manager(running: Running) -> None:
    """Socket.IO listens in Redis, in older releases from the first WebSocket on."""
    open_socket(running.stack, running.process, running.client.token).close()
    assert "socketio" in running.stack.redis.command("PUBSUB", "CHANNELS").split()


def test_ping_interval_and_timeout(running: Running) -> None:
    packet = _open_websocket(running, "https://chat.example.com")
    assert (packet["pingInterval"], packet["pingTimeout"]) == (25000, 20000)


def test_origin(running: Running) -> None:
    name, path = "Access-Control-Allow-Origin", "/api/config"
    assert running.header(name, path, {"Origin": "https://chat.example.com"}) == "https://chat.example.com"
    assert running.header(name, path, {"Origin": "https://elsewhere.example.com"}) == ""
    assert _open_websocket(running, "https://elsewhere.example.com") is None


def test_cookies_are_secure(running: Running) -> None:
    cookies = running.header("Set-Cookie", "/api/v1/auths/signin", {}, "POST", ADMIN)
    assert "token=" in cookies
    assert all("secure" in cookie.lower() for cookie in cookies.splitlines())
    session = running.header("Set-Cookie", "/oauth/github/login", {})
    assert session
    assert all("secure" in cookie.lower() for cookie in session.splitlines())


def test_address(running: Running) -> None:
    assert running.client.get("/api/v1/auths/admin/config")["WEBUI_URL"] == "https://chat.example.com"


def test_redirect_of_the_identity_provider(running: Running) -> None:
    location = running.header("Location", "/oauth/github/login", {})
    assert "redirect_uri=https%3A%2F%2Fchat.example.com%2Foauth%2Fgithub%2Fcallback" in location


def test_log_is_json(running: Running) -> None:
    if not releases.supports_variable(f":v{running.release}", "LOG_FORMAT"):
        pytest.skip(f"{running.release} does not know LOG_FORMAT")
    lines = [line for line in running.process.program.tail(400).splitlines() if "GET /api/config" in line]
    assert lines
    assert all(json.loads(line)["msg"] for line in lines)


def test_address_of_the_browser_comes_from_the_load_balancer(running: Running) -> None:
    running.header("Date", "/api/version", {"X-Forwarded-For": "203.0.113.9"})
    assert re.search(r"203\.0\.113\.9.*GET /api/version", running.process.program.tail(400))


def test_settings_persist(running: Running) -> None:
    """With ENABLE_PERSISTENT_CONFIG, a change outlives the processes, and all workers have it."""
    client = running.client
    before = client.get("/api/v1/auths/admin/config")
    client.post("/api/v1/auths/admin/config", before | {"RESPONSE_WATERMARK": "changed"})
    other = running.stack.start("other", running.release)
    values = {Client(other.url, client.token).get("/api/v1/auths/admin/config")["RESPONSE_WATERMARK"] for _ in range(8)}
    running.stack.stop(other)
    assert values == {"changed"}


def _open_websocket(running: Running, origin: str) -> Any:
    url = f"ws://127.0.0.1:{running.process.port}/ws/socket.io/?EIO=4&transport=websocket"
    try:
        with connect(url, origin=Origin(origin), proxy=None) as connection:
            return json.loads(str(connection.recv(30))[1:])
    except InvalidStatus:
        return None
