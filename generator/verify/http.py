"""The load balancer, asked over HTTP as the proxy before it asks."""

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

from generator.facts import releases
from generator.verify.check import Check, CheckError, Outcome, failed, passed, skipped
from generator.verify.subject import Subject

_LONGEST = 65536  # of an answer that is read
_STICKY = "AWSALB"
_NOT_READY = {
    "Startup not complete": "wait: models are loaded, which takes minutes; then look at the log",
    "Database not ready": "the tasks do not reach the database: look at its security group, its state and DATABASE_URL",
    "Redis not ready": "the tasks do not reach Redis: look at its state, its security group and the token in REDIS_URL",
}
"""What /ready says while it answers 503 (open_webui/main.py), and what to do then."""

_OF_THE_LOAD_BALANCER = {
    502: "a task closed the connection, or its answer was no HTTP",
    503: "no target is registered, or none can serve",
    504: "a task did not answer in time",
}
_INSIDE = (
    "the load balancer is internal: run this inside its VPC, from a network that load_balancer.allow_from names, or "
    "through a tunnel (--address http://127.0.0.1:PORT); --skip http leaves it out"
)


def _secured(subject: Subject, context: ssl.SSLContext) -> ssl.SSLSocket:
    address = subject.address
    plain = socket.create_connection((address.host, address.port), timeout=subject.patience)
    try:
        return context.wrap_socket(plain, server_hostname=subject.server_name)
    except BaseException:
        plain.close()
        raise


def _trusting() -> ssl.SSLContext:
    """Looks at no certificate: that is `http.tls`, and one wrong name should not hide the rest."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def answer(subject: Subject, path: str, **headers: str) -> Iterator[HTTPResponse]:
    """The answer to a GET; raises CheckError where there is none."""
    address = subject.address
    connection = HTTPConnection(address.host, address.port, timeout=subject.patience)
    try:
        if address.tls:
            connection.sock = _secured(subject, _trusting())
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={"Host": subject.host, "User-Agent": "owscale-verify"} | sent)
        yield connection.getresponse()
    except (OSError, HTTPException) as error:
        raise CheckError(_unreachable(subject, error)) from error
    finally:
        connection.close()


def _unreachable(subject: Subject, error: Exception) -> Outcome:
    address = subject.address
    match error:
        case socket.gaierror():
            return failed(f"{address.host}: DNS does not know this name", _INSIDE)
        case TimeoutError():
            return failed(f"{address}: no answer within {subject.patience:g} s", _INSIDE)
        case ConnectionRefusedError():
            return failed(f"{address}: connection refused: nothing listens there", f"compare the port; {_INSIDE}")
        case ssl.SSLError():
            return failed(
                f"{address}: TLS failed: {error.reason or error}", "compare the scheme of the address and the listener"
            )
        case HTTPException() | ConnectionError():
            return failed(f"{address}: the connection was closed, or the answer was no HTTP", "compare scheme and port")
    return failed(f"{address}: {error}", _INSIDE)


def unexpected(subject: Subject, path: str, response: HTTPResponse) -> Outcome:
    """What an answer with another status than the one that was hoped for means."""
    seen = f"GET {path} with Host {subject.host}: {response.status}"
    if why := _OF_THE_LOAD_BALANCER.get(response.status):
        return failed(f"{seen}: {why}", f"look at targets.healthy and at the log: {subject.logs}")
    if response.status in (301, 302, 307, 308):
        return failed(f"{seen}: redirected", "the listener wants HTTPS, or another proxy answered: compare --address")
    return failed(seen, f"look at the log: {subject.logs}")


def _body(response: HTTPResponse) -> Any:
    """The JSON of an answer; None for an answer that is none, as the page of the application itself."""
    try:
        return json.loads(response.read(_LONGEST))
    except (ValueError, RecursionError):  # brackets in brackets go as deep as somebody likes
        return None


def health(subject: Subject) -> Outcome:
    with answer(subject, "/health") as response:
        if response.status != HTTPStatus.OK:
            return unexpected(subject, "/health", response)
        seen = f"GET /health with Host {subject.host}: 200"
        match _body(response):
            case {"status": True}:
                return passed(f"{seen}, status true")
    return failed(f"{seen}, but not Open WebUI's status", "another application answers: look at the listener's rules")


def ready(subject: Subject) -> Outcome:
    release = releases.release(subject.spec.app.image)
    if release and releases.older(release, releases.READY_SINCE):
        return skipped(f"{release} has no /ready; {releases.READY_SINCE} brought it")
    with answer(subject, "/ready") as response:
        seen = f"GET /ready with Host {subject.host}: {response.status}"
        body = _body(response)
        match response.status, body:
            case 200, {"status": True}:
                return passed(f"{seen}, start-up done, database and Redis answer")
            case 503, {"detail": str(detail)} if detail in _NOT_READY:
                return failed(f"{seen}, {detail}", f"{_NOT_READY[detail]}: {subject.logs}")
        # An older release answers with its page to every path that it does not know.
        if response.status in (200, 404) and not release:
            return skipped(f"{seen}, and the image's release is unknown: before {releases.READY_SINCE} there is none")
        if response.status in (200, 404):
            return failed(
                f"{seen}, but {release} has /ready",
                "another image or application answers: look at service.task_definition",
            )
        return unexpected(subject, "/ready", response)


def sticky(subject: Subject) -> Outcome:
    with answer(subject, "/health") as response:
        names = sorted(cookie.partition("=")[0] for cookie in response.headers.get_all("Set-Cookie", []))
    if _STICKY in names:
        return passed(f"GET /health sets the cookies {', '.join(names)}")
    return failed(
        f"GET /health sets no cookie {_STICKY}, but {', '.join(names) or 'none at all'}",
        "stickiness is off, or the address leads past the load balancer: "
        + subject.command(
            "elbv2", "describe-target-group-attributes", "--target-group-arn", subject.outputs.target_group_arn
        ),
    )


def tls(subject: Subject) -> Outcome:
    if not subject.address.tls:
        return skipped(f"{subject.address} is plain HTTP")
    context = ssl.create_default_context()
    context.check_hostname = subject.server_name is not None
    name = subject.server_name or "a name that nobody gave (--server-name)"
    try:
        with _secured(subject, context) as connection:
            certificate, version = connection.getpeercert() or {}, connection.version()
    except ssl.SSLCertVerificationError as error:
        return failed(
            f"{subject.address}: the certificate is not one for {name}: {error.verify_message}",
            "put a certificate for it into existing.certificate_arn, or name what the proxy connects to "
            "(--server-name); SSL_CERT_FILE names the bundle of a private CA",
            final=True,
        )
    except OSError as error:
        return _unreachable(subject, error)
    return passed(f"{version}, a certificate for {name}, until {certificate.get('notAfter')}")


CHECKS = (
    Check("http.health", health),
    Check("http.ready", ready, after="http.health"),
    Check("http.sticky", sticky, after="http.health"),
    Check("http.tls", tls, after="http.health"),
)
