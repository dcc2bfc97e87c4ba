"""Tasks of Open WebUI and a load balancer in front of them, as far as the checks of `owscale verify` use them.

Each task has its own references to what tasks share, so that a test can give one of them something else.
"""

import base64
import functools
import hashlib
import itertools
import json
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EMAIL, PASSWORD = "probe@example.com", "a-Password-of-the-tests-1"
SETTING = "PENDING_USER_OVERLAY_CONTENT"
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3


@dataclass
class Database:
    """Accounts with their passwords, chats and settings."""

    accounts: dict[str, str] = field(default_factory=lambda: {EMAIL: PASSWORD})
    chats: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=lambda: {SETTING: "Wait.", "JWT_EXPIRES_IN": "4w"})


@dataclass
class Redis:
    """Tokens that ended, and the answers that are being written, by their chats."""

    ended: set[str] = field(default_factory=set)
    answers: dict[str, threading.Event] = field(default_factory=dict)


@dataclass
class Bus:
    """The WebSockets that get the events of the user."""

    sockets: list["Connection"] = field(default_factory=list)
    copies: int = 1

    def emit(self, chat: str, message: str, data: dict[str, Any]) -> None:
        """Send an event to every socket."""
        event = ["events", {"chat_id": chat, "message_id": message, "data": data}]
        for connection in list(self.sockets):
            for _ in range(self.copies):
                connection.send(f"42{json.dumps(event)}")


@dataclass
class FakeTask:
    """A task: its release, its key, and its shared data."""

    name: str
    database: Database
    redis: Redis
    bus: Bus
    files: dict[str, bytes]
    key: str = "key"
    version: str = "0.12.4"
    is_admin: bool = True
    refuses_deletion: bool = False
    titles: int = 1
    etag: str | None = ""
    requests: list[str] = field(default_factory=list)
    url: str = ""


@dataclass
class Connection:
    """A WebSocket of a browser."""

    handler: BaseHTTPRequestHandler
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, text: str) -> None:
        """Send a text frame (RFC 6455, section 5.2)."""
        data = text.encode()
        head = bytes([0x81, len(data)]) if len(data) < 126 else bytes([0x81, 126]) + struct.pack("!H", len(data))
        with self.lock, suppress(OSError, ValueError):
            self.handler.wfile.write(head + data)

    def receive(self) -> str | None:
        """Return the text of the next frame; None at the end."""
        with suppress(OSError, ValueError):
            opcode, length = self.handler.rfile.read(2)
            size = length & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", self.handler.rfile.read(2))
            mask = self.handler.rfile.read(4)
            data = bytes(byte ^ mask[index % 4] for index, byte in enumerate(self.handler.rfile.read(size)))
            return data.decode() if opcode == 0x81 else None
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    choose: Callable[[str], tuple[FakeTask, bool]]

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the base class
        """Print nothing."""

    def do_DELETE(self) -> None:
        self._respond()

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("AWSALB")
        self.task, self.is_balanced = self.choose(cookie.value if cookie else "")
        path = self.path.partition("?")[0]
        self.task.requests.append(f"{self.command} {path}")
        if path == "/ws/socket.io/":
            self._serve_socket()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if path == "/static/favicon.png":
            self._send(200, b"png", etag=True)
        elif path == "/health":
            self._send(200, {"status": True})
        elif path == "/api/version":
            self._send(200, {"version": self.task.version})
        elif path == "/api/v1/auths/signin":
            self._sign_in(json.loads(body))
        elif not self._is_signed_in():
            self._send(401, {"detail": "no"})
        elif path.startswith("/api/v1/files/"):
            self._serve_file(path, body)
        else:
            self._serve(path, json.loads(body or b"null"))

    def _token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _accepts(self, token: str) -> bool:
        key, _, email = token.partition("|")[0], "", token.split("|")[1] if "|" in token else ""
        return key == self.task.key and email in self.task.database.accounts and token not in self.task.redis.ended

    def _is_signed_in(self) -> bool:
        return self._accepts(self._token())

    def _sign_in(self, form: dict[str, str]) -> None:
        if self.task.database.accounts.get(form["email"]) != form["password"]:
            self._send(400, {"detail": "no"})
            return
        self._send(200, {"token": f"{self.task.key}|{form['email']}|{uuid.uuid4().hex}"})

    def _serve(self, path: str, form: Any) -> None:  # noqa: C901, PLR0912 -- one case for each path
        task = self.task
        match [self.command, *path.strip("/").split("/")]:
            case ["GET", "api", "v1", "auths"]:
                self._send(200, {"email": EMAIL})
            case ["POST", "api", "v1", "auths", "signout"]:
                task.redis.ended.add(self._token())
                self._send(200, {"status": True})
            case [method, "api", "v1", "auths", "admin", "config"]:
                if not task.is_admin:
                    self._send(401, {"detail": "no"})
                    return
                if method == "POST":
                    task.database.settings.update(form)
                self._send(200, task.database.settings)
            case ["POST", "api", "v1", "chats", "new"]:
                chat = uuid.uuid4().hex
                task.database.chats[chat] = form
                self._send(200, {"id": chat})
            case ["POST", "api", "v1", "chats", chat, "messages", message, "event"]:
                task.bus.emit(chat, message, form)
                self._send(200, True)
            case [method, "api", "v1", "chats", chat]:
                if chat not in task.database.chats or (method == "DELETE" and task.refuses_deletion):
                    self._send(401, {"detail": "no"})
                    return
                if method == "DELETE":
                    del task.database.chats[chat]
                self._send(200, {"id": chat})
            case ["POST", "api", "chat", "completions"]:
                if form["model"] != "a-model":
                    self._send(400, {"detail": "Model not found"})
                    return
                threading.Thread(target=self._answer, args=(form["chat_id"], form["messages"][0]["content"])).start()
                self._send(200, {"status": True})
            case ["POST", "api", "tasks", "chat", chat, "stop"]:
                task.bus.emit(chat, "answer", {"type": "chat:tasks:cancel"})  # also where there is nothing to stop
                if stopped := task.redis.answers.pop(chat, None):
                    stopped.set()
                self._send(200, {"status": True})
            case _:
                self._send(404, {"detail": "no"})

    def _answer(self, chat: str, question: str) -> None:
        task, stopped = self.task, threading.Event()
        task.redis.answers[chat] = stopped
        pieces = 2 if "one word" in question else 200
        for _ in range(pieces):
            task.bus.emit(chat, "answer", {"type": "chat:completion", "data": {"content": "1"}})
            if stopped.wait(0.05):
                return
        for _ in range(task.titles):
            task.bus.emit(chat, "answer", {"type": "chat:title", "data": "A title"})

    def _serve_file(self, path: str, body: bytes) -> None:
        files, parts = self.task.files, path.strip("/").split("/")
        if self.command == "POST":
            identifier = uuid.uuid4().hex
            files[identifier] = body.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0]
            self._send(200, {"id": identifier})
        elif parts[3] not in files:
            self._send(404, {"detail": "no"})
        elif self.command == "DELETE":
            del files[parts[3]]
            self._send(200, {"message": "deleted"})
        else:
            self._send(200, files[parts[3]])

    def _serve_socket(self) -> None:
        self.close_connection = True
        accept = hashlib.sha1((self.headers["Sec-WebSocket-Key"] + _GUID).encode(), usedforsecurity=False).digest()
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade")):
            self.send_header(name, value)
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(accept).decode())
        self.end_headers()
        connection, bus = Connection(self), self.task.bus
        connection.send('0{"sid": "engine", "pingInterval": 25000}')
        try:
            while (text := connection.receive()) is not None:
                if text == "40":
                    connection.send("2")  # a ping, before the answer
                    connection.send('40{"sid": "a-session"}')
                elif text.startswith("420"):
                    token = json.loads(text[3:])[1]["auth"]["token"]
                    user = {"id": "1", "name": "Probe"} if self._accepts(token) else None
                    bus.sockets.append(connection)
                    connection.send(f"430{json.dumps([user])}")
        finally:
            if connection in bus.sockets:
                bus.sockets.remove(connection)

    def _send(self, status: int, value: object, *, etag: bool = False) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        if self.is_balanced:
            self.send_header("Set-Cookie", f"AWSALB={self.task.name}; Path=/")
        if etag and self.task.etag is not None:
            self.send_header("ETag", self.task.etag or f'"{self.task.name}"')
            self.send_header("Last-Modified", "Thu, 05 Mar 2026 10:00:00 GMT")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def shutdown_request(self, request: Any) -> None:
        with suppress(OSError):
            request.shutdown(socket.SHUT_RDWR)
        self.close_request(request)


@contextmanager
def running(count: int = 3) -> Iterator[tuple[list[FakeTask], str]]:
    """Run tasks that are one service, and yield them with the address of their load balancer."""
    database, redis, bus, files = Database(), Redis(), Bus(), dict[str, bytes]()
    tasks = [FakeTask(f"task-{number}", database, redis, bus, files) for number in range(count)]
    turn = itertools.count()

    def balance(cookie: str) -> tuple[FakeTask, bool]:
        chosen = next((task for task in tasks if task.name == cookie), None)
        return chosen or tasks[next(turn) % len(tasks)], True

    with ExitStack() as stack:
        for task in tasks:
            task.url = stack.enter_context(_serving(functools.partial(_alone, task)))
        yield tasks, stack.enter_context(_serving(balance))
        for answer in redis.answers.values():
            answer.set()
        time.sleep(0.05)


def _alone(task: FakeTask, _cookie: str) -> tuple[FakeTask, bool]:
    return task, False


@contextmanager
def _serving(choose: Callable[[str], tuple[FakeTask, bool]]) -> Iterator[str]:
    handler = type("Handler", (_Handler,), {"choose": staticmethod(choose)})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
