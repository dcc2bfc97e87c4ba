"""HTTP requests to the load balancer, with the headers that the proxy in front of it sends."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

from owscale.verify.check import CheckError, Outcome, failed
from owscale.verify.target import Target

_MAX_BODY_BYTES = 65536
_REDIRECTS = (301, 302, 307, 308)
_LOAD_BALANCER_ERRORS = {
    502: "a task closed the connection or did not answer with HTTP",
    503: "no target is registered, or no target can serve",
    504: "a task did not answer in time",
}
_NETWORK_HINT = (
    "run this inside the VPC or in a network of load_balancer.allow_from, because the load balancer is internal; "
    "or use a tunnel with `--address http://127.0.0.1:PORT`; or leave out these checks with `--skip http`"
)


def get(target: Target, path: str, headers: Mapping[str, str] | None = None) -> AbstractContextManager[HTTPResponse]:
    """Send a GET request and yield the response. Raises CheckError if there is none."""
    return send(target, "GET", path, headers)


@contextmanager
def send(
    target: Target, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Iterator[HTTPResponse]:
    """Send a request and yield the response. Raises CheckError if there is none.

    The response, with all that is read from it, may take `timeout_seconds` of the target: after that, its connection is
    shut down, because a timeout of a socket limits each packet alone.

    The certificate is not verified, unless the request has credentials: the check `http.tls` does that, and a
    certificate for another name must not hide the results of the other checks.
    """
    connection = HTTPConnection(target.address.host, target.address.port, timeout=target.timeout_seconds)
    try:
        connection.sock = connect(target)
        with _deadline(connection.sock, target.timeout_seconds):
            defaults = {"Host": target.host, "User-Agent": "owscale-verify"}
            connection.request(method, path, body, {**defaults, **(headers or {})})
            with connection.getresponse() as response:
                yield response
    except (OSError, HTTPException) as error:
        raise CheckError(connection_failure(target, error)) from error
    finally:
        connection.close()


def connect(target: Target) -> socket.socket:
    """Open a connection to the load balancer. Raises OSError.

    Its certificate is verified only before credentials are sent.
    """
    address = target.address
    if address.is_tls:
        return connect_tls(target, verified_context(target) if target.has_credentials else _unverified_context())
    return socket.create_connection((address.host, address.port), timeout=target.timeout_seconds)


def connect_tls(target: Target, context: ssl.SSLContext) -> ssl.SSLSocket:
    """Open a TLS connection to the load balancer. Raises OSError."""
    address = target.address
    plain = socket.create_connection((address.host, address.port), timeout=target.timeout_seconds)
    connection = plain
    try:
        connection = context.wrap_socket(plain, server_hostname=target.server_name, do_handshake_on_connect=False)
        with _deadline(connection, target.timeout_seconds):
            connection.do_handshake()
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _deadline(connection: socket.socket, seconds: float) -> Iterator[None]:
    """Shut a connection down after some time, because its own timeout starts again with each packet.

    Raises TimeoutError then, even if the code inside caught the error of the closed connection.
    """
    expired = threading.Event()

    def shut_down() -> None:
        expired.set()
        with suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)  # that of SSLSocket is not for other threads

    timer = threading.Timer(seconds, shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if not expired.is_set():
            raise
    finally:
        timer.cancel()
    if expired.is_set():
        raise TimeoutError


def verified_context(target: Target) -> ssl.SSLContext:
    """Return a context that verifies the certificate, and its host where that is known."""
    context = ssl.create_default_context()
    context.check_hostname = target.server_name is not None
    return context


def _unverified_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def connection_failure(target: Target, error: Exception) -> Outcome:
    """Return the outcome of a connection that failed."""
    address = target.address
    match error:
        case socket.gaierror():
            return failed(f"{address.host}: DNS has no address for this name", _NETWORK_HINT)
        case TimeoutError():
            return failed(f"{address}: no response within {target.timeout_seconds:g} s", _NETWORK_HINT)
        case ConnectionRefusedError():
            return failed(
                f"{address}: connection refused: no server listens on this port", f"check the port; {_NETWORK_HINT}"
            )
        case ssl.SSLCertVerificationError():
            return failed(
                f"{address}: the certificate is not valid, so no check signs in: {error.verify_message}",
                "see the check http.tls; for a private CA, set SSL_CERT_FILE to the file with its certificates",
            )
        case ssl.SSLError():
            return failed(
                f"{address}: TLS failed: {error.reason or error}",
                "compare the scheme of the address with the scheme of the listener",
            )
        case HTTPException() | ConnectionError():
            return failed(
                f"{address}: the connection was closed, or the response was not HTTP",
                "check scheme and port of the address",
            )
    return failed(f"{address}: {error}", _NETWORK_HINT)


def unexpected_status(target: Target, path: str, response: HTTPResponse) -> Outcome:
    """Return the outcome of a response with another status than the expected one."""
    evidence = f"GET {path} with Host {target.host}: {response.status}"
    if cause := _LOAD_BALANCER_ERRORS.get(response.status):
        return failed(
            f"{evidence}: {cause}", f"see the check targets.healthy, and read the log: `{target.log_command}`"
        )
    if response.status in _REDIRECTS:
        return failed(
            f"{evidence}: redirected; the listener requires HTTPS, or another proxy answered",
            "check scheme and host of the address (`--address`)",
        )
    return failed(evidence, f"read the log: `{target.log_command}`")


def read_json(response: HTTPResponse) -> Any:
    """Return the JSON of a response; None for any other body, such as an HTML page."""
    try:
        return json.loads(response.read(_MAX_BODY_BYTES))
    except (ValueError, RecursionError):  # RecursionError: brackets nested without limit
        return None
