"""What users and health checks see of two processes, one after the other."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from owscale.verify import http_checks, tasks_checks, websocket_check
from owscale.verify.account import Account
from owscale.verify.check import CheckError
from owscale.verify.runner import CheckRun
from owscale.verify.socketio_client import SocketIOClient
from owscale.verify.target import Target, resolve_address
from owscale.verify.terraform_outputs import TerraformOutputs
from owscale.verify.visitor import Task, Visitor
from tests.openwebui.client import Client, StatusError
from tests.openwebui.model_server import FAST
from tests.openwebui.stack import Process, Stack

OUTPUTS = TerraformOutputs(**dict.fromkeys(TerraformOutputs.__annotations__, "none"))
_SECONDS = 12


def target_of(stack: Stack, process: Process, visitor: Visitor | None = None) -> Target:
    """Return a process as the target of the checks of `owscale verify`."""
    spec = stack.deployment(process.release).spec
    address = resolve_address(process.url, spec, OUTPUTS)
    return Target(spec, OUTPUTS, address, lambda *_a, **_n: {}, timeout_seconds=_SECONDS, visitor=visitor)


def open_socket(stack: Stack, process: Process, token: str) -> SocketIOClient:
    """Open a WebSocket to a process as the user of a token."""
    return Task(process.name, target_of(stack, process)).open_socket(token)


def failed_checks(stack: Stack, one: Process, two: Process, token: str) -> list[str]:
    """Return the checks of `owscale verify` that fail; those that need AWS or the load balancer do not run."""
    addresses = tuple(target_of(stack, process).address for process in (one, two))
    visitor = Visitor(Account(token=token), addresses, FAST)
    needless = ("http.sticky", "http.tls", "tasks.stop", "tasks.background")
    checks = [*http_checks.CHECKS, *websocket_check.CHECKS, *tasks_checks.CHECKS]
    run = CheckRun(
        target_of(stack, one, visitor),
        [check for check in checks if check.name not in needless],
        timeout_seconds=0,
        interval_seconds=0,
        on_attempt=lambda _run: None,
        grace_seconds=180,
    )
    failed = [result.check.name for result in run.run() if result.outcome and result.outcome.status == "failed"]
    visitor.close()
    return failed


def ask(client: Client, socket: SocketIOClient, model: str = FAST, seconds: float = 60) -> None:
    """Ask the model, and wait for the end of its answer. Raises TimeoutError."""
    chat, answer = client.new_chat(model)
    client.complete(model, chat, answer, socket.id)
    end = time.monotonic() + seconds
    while (remaining := end - time.monotonic()) > 0:
        match socket.receive(remaining):
            case ["events", {"chat_id": str(identifier), "data": {"type": "chat:completion", "data": {"done": True}}}]:
                if identifier == chat:
                    return
    raise TimeoutError("no end of the answer")


@dataclass
class Observation:
    """What each act gave: `ok` with its seconds, or the error. The acts of a user go through the first process."""

    results: dict[str, str] = field(default_factory=dict)
    failed_checks: list[str] = field(default_factory=list)
    alarms: dict[str, bool] = field(default_factory=dict)
    """The alarms that were raised, each with whether it is on by default."""

    def __str__(self) -> str:
        return "; ".join(f"{act}: {result}" for act, result in self.results.items())

    def is_ok(self, *acts: str) -> bool:
        """Whether acts succeeded; all without any."""
        return all(self.results[act].startswith("ok") for act in acts or self.results)

    def act(self, name: str, call: Callable[[], object]) -> None:
        """Do something and keep what it gave."""
        started = time.monotonic()
        try:
            call()
        except StatusError as error:
            self.results[name] = f"status {error.status} after {time.monotonic() - started:.1f} s"
        except CheckError as error:
            self.results[name] = f"{error.outcome.evidence[:60]} after {time.monotonic() - started:.1f} s"
        except (OSError, KeyError) as error:
            self.results[name] = f"{type(error).__name__} after {time.monotonic() - started:.1f} s"
        else:
            self.results[name] = f"ok in {time.monotonic() - started:.1f} s"


def observe(stack: Stack, one: Process, two: Process, token: str) -> Observation:
    """Try what users do, and what probes ask."""
    observation = Observation()
    observation.results["/health"] = f"{one.status('/health')} {two.status('/health')}"
    observation.results["/health/db"] = f"{one.status('/health/db')} {two.status('/health/db')}"
    observation.results["/ready"] = f"{one.status('/ready')} {two.status('/ready')}"
    client, other = Client(one.url, token, timeout_seconds=_SECONDS), Client(two.url, token, timeout_seconds=_SECONDS)
    observation.act("page", lambda: client.get("/api/config"))
    observation.act("list", lambda: client.get("/api/v1/chats/?page=1"))
    observation.act("sign-in", lambda: Client(one.url, timeout_seconds=_SECONDS).sign_in())

    def transfer() -> None:
        identifier = client.upload("file.txt", b"text")
        other.get(f"/api/v1/files/{identifier}/content")

    observation.act("file", transfer)

    def converse() -> None:
        sockets = [open_socket(stack, one, token), open_socket(stack, two, token)]
        try:
            ask(client, sockets[0], seconds=_SECONDS)
            while True:
                match sockets[1].receive(2):
                    case ["events", {"data": {"type": "chat:completion", "data": {"done": True}}}]:
                        return
                    case None:
                        raise TimeoutError("the other process has no end of the answer")
        finally:
            for socket in sockets:
                socket.close()

    observation.act("answer through both", converse)
    return observation
