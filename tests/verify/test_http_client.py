"""Requests as the proxy sends them, and the outcome of each connection that fails."""

import socket
import threading

import pytest

from tests._support.applied_deployment import HOST, AppliedDeployment


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_requests_have_the_headers_of_the_proxy(applied: AppliedDeployment) -> None:
    assert applied.verify("--only", "http") == 0
    assert {headers["Host"] for _, headers in applied.webui.requests} == {HOST}
    [upgrade] = [headers for path, headers in applied.webui.requests if path.startswith("/ws/")]
    assert upgrade["Origin"] == f"https://{HOST}"


@pytest.mark.parametrize(
    ("status", "evidence"),
    [
        (503, "503: no target is registered, or no target can serve\n"),
        (502, "502: a task closed the connection"),
        (504, "504: a task did not answer in time\n"),
        (301, "301: redirected"),
        (418, f"Host {HOST}: 418\n"),
    ],
)
def test_unexpected_status_fails(applied: AppliedDeployment, status: int, evidence: str) -> None:
    applied.webui.responses["/health"] = (status, "")
    lines = applied.verify_one("http.health")
    assert evidence in lines
    assert "hint: " in lines


def test_refused_connection_fails(applied: AppliedDeployment) -> None:
    applied.webui.url = f"http://127.0.0.1:{_free_port()}"
    lines = applied.verify_one("http.health")
    assert f"{applied.webui.url}: connection refused: no server listens on this port\n" in lines
    assert "run this inside the VPC" in lines
    assert "`--skip http`" in lines


def test_refused_tls_connection_fails(applied: AppliedDeployment) -> None:
    applied.webui.url = f"https://127.0.0.1:{_free_port()}"
    assert "connection refused" in applied.verify_one("http.tls")


def test_unknown_name_fails(applied: AppliedDeployment) -> None:
    applied.webui.url = "http://load-balancer.invalid"
    lines = applied.verify_one("http.health")
    assert "load-balancer.invalid: DNS has no address for this name\n" in lines
    assert "the load balancer is internal" in lines


def test_missing_response_fails(applied: AppliedDeployment) -> None:
    applied.webui.hang = threading.Event()
    assert f"{applied.webui.url}: no response within 1 s\n" in applied.verify_one("http.health")


def test_tls_to_a_plain_listener_fails(applied: AppliedDeployment) -> None:
    applied.webui.url = applied.webui.url.replace("http", "https")
    assert "TLS failed: " in applied.verify_one("http.health")
