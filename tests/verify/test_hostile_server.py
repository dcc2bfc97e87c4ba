"""A server that misbehaves: every check ends in time, with an outcome that can be printed."""

import base64
import hashlib
import itertools
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import yaml

from owscale.spec.validation import validate
from owscale.verify import http_checks, websocket_check
from owscale.verify.check import Check, Outcome, passed
from owscale.verify.deadline import call_with_deadline
from owscale.verify.format_results import format_json, format_text
from owscale.verify.runner import CheckRun
from owscale.verify.target import Address, Target
from owscale.verify.terraform_outputs import TerraformOutputs
from tests._support.cases import GOLDEN

RESPONSE_SECONDS = 0.3
BUSY_SECONDS = 60
"""More time than anything here takes that ends by itself, also where other programs use the processor."""
CHECKS = (*http_checks.CHECKS, *websocket_check.CHECKS)
OK = b"HTTP/1.1 200 OK\r\n"
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

Behaviour = Callable[[socket.socket, bytes], None]


def _send(*parts: bytes) -> Behaviour:
    """Send some bytes and close."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"".join(parts))

    return behave


def _drip(start: bytes, part: bytes) -> Behaviour:
    """Send the same part again and again, faster than a timeout of the socket."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(start)
        while True:
            time.sleep(0.02)
            connection.sendall(part)

    return behave


def _flood(start: bytes, part: bytes) -> Behaviour:
    """Send without a pause and without an end."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(part * 1000)

    return behave


def _reset(connection: socket.socket, _: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def _wait(connection: socket.socket, _: bytes) -> None:
    connection.recv(1)


def _upgrade(*frames: bytes, then: Behaviour | None = None) -> Behaviour:
    """Accept the WebSocket as Open WebUI does, and send frames."""

    def behave(connection: socket.socket, request: bytes) -> None:
        found = re.search(rb"Sec-WebSocket-Key: (\S+)", request)
        key = (found[1].decode() if found else "") + GUID
        accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest())
        head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        connection.sendall(head + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n" + b"".join(frames))
        if then:
            then(connection, request)

    return behave


def _text_frame(text: bytes) -> bytes:
    return b"\x81" + bytes([len(text)]) + text


BEHAVIOURS: dict[str, Behaviour] = {
    "closes at once": _send(),
    "resets the connection": _reset,
    "never answers": _wait,
    "no HTTP": _send(b"220 mail.example.com ESMTP\r\n"),
    "binary": _send(bytes(range(256)) * 4),
    "TLS alert": _send(b"\x15\x03\x01\x00\x02\x02\x28"),
    "status line without an end": _flood(b"HTTP/1.1 200 ", b"x"),
    "status is no number": _send(b"HTTP/1.1 abc OK\r\n\r\n"),
    "status is negative": _send(b"HTTP/1.1 -1 OK\r\n\r\n"),
    "status is huge": _send(b"HTTP/1.1 99999999999999999999 OK\r\n\r\n"),
    "unknown version": _send(b"HTTP/9.9 200 OK\r\n\r\n"),
    "100 Continue forever": _flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "100 Continue, slowly": _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers without an end": _flood(OK, b"X-Filler: x\r\n"),
    "headers, slowly": _drip(OK, b"X-Filler: x\r\n"),
    "one endless header": _flood(OK + b"X: ", b"x"),
    "one slow header": _drip(OK + b"X: ", b"x"),
    "header without a colon": _send(OK + b"nonsense\r\n\r\n"),
    "header with control characters": _send(OK + b"Set-Cookie: AWSALB\x1b[2J=\x07x\r\nContent-Length: 0\r\n\r\n"),
    "header that is no text": _send(OK + b"Set-Cookie: \xff\xfe=x\r\nContent-Length: 0\r\n\r\n"),
    "cookie with a CI command": _send(OK + b"Set-Cookie: ::error::x\r\nContent-Length: 0\r\n\r\n"),
    "10,000 cookies": _send(OK, b"Set-Cookie: a=b\r\n" * 10_000, b"\r\n"),
    "body shorter than its length": _send(OK + b"Content-Length: 100\r\n\r\n{"),
    "body never comes": _drip(OK + b"Content-Length: 100\r\n\r\n", b""),
    "body, slowly": _drip(OK + b"Content-Length: 1000000\r\n\r\n", b" "),
    "body without an end": _flood(OK + b"\r\n", b" "),
    "length is negative": _send(OK + b"Content-Length: -1\r\n\r\n{}"),
    "length is no number": _send(OK + b"Content-Length: many\r\n\r\n{}"),
    "chunk size is no number": _send(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
    "endless chunk size": _flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1"),
    "chunks, slowly": _drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "JSON nested without limit": _send(OK + b"Content-Length: 60000\r\n\r\n" + b"[" * 60000),
    "JSON of a huge number": _send(OK + b"Content-Length: 60000\r\n\r\n" + b"9" * 60000),
    "JSON that is no UTF-8": _send(OK + b"Content-Length: 4\r\n\r\n\xff\xfe\xfd\xfc"),
    "JSON of another type": _send(OK + b'Content-Length: 16\r\n\r\n{"status": [[]]}'),
    "redirects": _send(b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"),
    "not ready with control characters": _send(
        b"HTTP/1.1 503 x\r\nContent-Length: 24\r\n\r\n" + b'{"detail": "\\u001b[2J"}  '
    ),
    "WebSocket closes after 101": _upgrade(),
    "WebSocket resets after 101": _upgrade(then=_reset),
    "WebSocket is silent after 101": _upgrade(then=_wait),
    "WebSocket sends half a header": _upgrade(b"\x81"),
    "WebSocket sends half a frame": _upgrade(b"\x81\x7e\x10"),
    "WebSocket sends a frame, slowly": _upgrade(b"\x81\x7d", then=_drip(b"", b"0")),
    "WebSocket sends a frame of 2^63 bytes": _upgrade(b"\x81\x7f" + b"\x7f" + b"\xff" * 7),
    "WebSocket sends a close frame": _upgrade(b"\x88\x00"),
    "WebSocket sends a masked frame": _upgrade(b"\x81\x82abcd00"),
    "WebSocket sends no JSON": _upgrade(_text_frame(b"0{")),
    "WebSocket sends other JSON": _upgrade(_text_frame(b'0{"pingInterval": "\\u001b[2J", "pingTimeout": []}')),
    "WebSocket sends huge numbers": _upgrade(_text_frame(b'0{"pingInterval": 1' + b"0" * 60 + b', "pingTimeout": 1}')),
    "WebSocket sends fragments without an end": _upgrade(then=_flood(b"\x01\x00", b"\x00\x00")),
}


@contextmanager
def _serving(behaviour: Behaviour) -> Iterator[int]:
    """Serve on a free loopback port; every connection is closed when the test ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connections: list[socket.socket] = []
        threads: list[threading.Thread] = []

        def serve(connection: socket.socket) -> None:
            with suppress(OSError), connection:
                request = connection.recv(65536)
                behaviour(connection, request)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connections.append(server.accept()[0])
                    threads.append(threading.Thread(target=serve, args=(connections[-1],)))
                    threads[-1].start()

        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            acceptor.join()
            for connection in connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def _no_aws(_name: str, /, **_: Any) -> dict[str, Any]:
    return {}


def _target(port: int, scheme: str = "http") -> Target:
    spec = validate(yaml.safe_load((GOLDEN / "minimal/spec.yaml").read_text()))
    outputs = TerraformOutputs(
        alb_dns_name="internal-chat.elb.invalid",
        dashboard_url="https://console.invalid/",
        log_group_name="/ecs/chat",
        service_name="chat",
        target_group_arn="arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/chat/0",
        task_definition_arn="arn:aws:ecs:eu-west-1:111122223333:task-definition/chat:1",
    )
    address = Address(scheme, "127.0.0.1", port)
    return Target(spec, outputs, address, _no_aws, server_name="127.0.0.1", timeout_seconds=RESPONSE_SECONDS)


def _run(target: Target, *checks: Check, timeout: float = 0, check_seconds: float = 5) -> CheckRun:
    run = CheckRun(target, checks, timeout, 0.01, lambda _: None, check_seconds)
    run.run()
    return run


def _alone(check: Check) -> Check:
    return Check(check.name, check.probe)


def test_there_are_enough_behaviours() -> None:
    assert len(BEHAVIOURS) >= 25


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", BEHAVIOURS)
def test_every_check_ends_in_time(name: str, scheme: str) -> None:
    with _serving(BEHAVIOURS[name]) as port:
        run = _run(_target(port, scheme), *map(_alone, CHECKS), check_seconds=BUSY_SECONDS)
    outcomes = {result.check.name: result.outcome for result in run.results}
    assert all(outcome and outcome.evidence for outcome in outcomes.values())
    assert all(outcome.hint for outcome in outcomes.values() if outcome and outcome.status == "failed")
    for outcome in outcomes.values():
        assert outcome is not None
        assert "no result within" not in outcome.evidence, "the runner ended the check"
        assert "unexpected response" not in outcome.evidence, "a kind of response that has no outcome of its own"
        assert len(outcome.evidence) < 1000
    for text in (format_text(run.results, "chat"), format_json(run.results, {})):
        assert all(line.isprintable() and not line.startswith("::") for line in text.splitlines())


@pytest.mark.parametrize(
    "error", [ValueError("x"), AttributeError("y"), RecursionError(), MemoryError(), KeyError("a\x1b[2Jb")]
)
def test_an_error_in_a_check_fails_that_check_alone(error: Exception) -> None:
    def broken(_: Target) -> Outcome:
        raise error

    run = _run(_target(1), Check("http.broken", broken), Check("http.fine", lambda _: passed("fine")))
    assert [result.outcome.status for result in run.results if result.outcome] == ["failed", "passed"]
    assert type(error).__name__ in format_text(run.results, "chat")
    assert "\x1b" not in format_text(run.results, "chat")


def test_check_that_never_ends_fails_at_its_deadline() -> None:
    release = threading.Event()

    def hanging(_: Target) -> Outcome:
        release.wait()
        return passed("late")

    run = _run(
        _target(1), Check("http.hanging", hanging), Check("http.fine", lambda _: passed("fine")), check_seconds=0.1
    )
    release.set()
    assert run.elapsed_seconds < BUSY_SECONDS
    outcomes = [result.outcome for result in run.results]
    assert [outcome.status for outcome in outcomes if outcome] == ["failed", "passed"]
    assert outcomes[0]
    assert outcomes[0].evidence == "no result within 0.1 s"


def test_run_ends_after_its_grace_time() -> None:
    release = threading.Event()

    def hanging(_: Target) -> Outcome:
        release.wait()
        return passed("late")

    checks = [Check(f"http.{number}", hanging) for number in range(50)]
    run = CheckRun(_target(1), checks, 0.1, 0.01, lambda _: None, check_seconds=2 * BUSY_SECONDS, grace_seconds=0.2)
    run.run()
    release.set()
    assert run.elapsed_seconds < BUSY_SECONDS
    assert all(result.outcome and result.outcome.status == "failed" for result in run.results)


def test_deadline_passes_results_and_errors_on() -> None:
    assert call_with_deadline(lambda: 1, 5) == 1
    with pytest.raises(KeyError):
        call_with_deadline(lambda: {"b": 1}["a"], 5)
    counter = itertools.count()
    assert [call_with_deadline(lambda: next(counter), 5) for _ in range(3)] == [0, 1, 2]
    assert json.dumps(call_with_deadline(list, 5)) == "[]"
