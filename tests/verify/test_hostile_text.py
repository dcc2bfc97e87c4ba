"""Answers of a server, AWS and Terraform to `owscale verify`, with text that tries to control a terminal or CI."""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from tests._support.applied_deployment import AppliedDeployment
from tests._support.hostile_text import TEXT, require_harmless

_ONE_LINE = TEXT.replace("\n", " ")


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers with hostile text in the reason, in the headers and in the body."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer /health as healthy, so that the other checks are run."""
        body = json.dumps({"status": True, "detail": TEXT, TEXT: TEXT}).encode()
        is_healthy = self.path == "/health"
        self.wfile.write(f"HTTP/1.1 {200 if is_healthy else 503} {_ONE_LINE}\r\n".encode())
        for name in ("Server", "Location", "Set-Cookie", "Upgrade"):
            self.wfile.write(f"{name}: {_ONE_LINE}\r\n".encode())
        self.wfile.write(f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def hostile_url() -> Iterator[str]:
    """Serve on a free port of the loopback address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_text_of_a_server(applied: AppliedDeployment, hostile_url: str, output_format: str) -> None:
    options = ("--only", "http", "--only", "http", "--address", hostile_url, "--output-format", output_format)
    assert applied.verify(*options, "--timeout", "0.2") == 1, applied.stderr
    require_harmless(applied.stdout + applied.stderr)
    assert "error::a" in applied.stdout
    assert "503" in applied.stdout


def test_text_of_aws(applied: AppliedDeployment) -> None:
    applied.health["10.0.0.1"] = ("unhealthy", TEXT)
    service = applied.service(applied.name)
    service.events.append({"id": "1", "message": TEXT, "createdAt": 0})
    service.deployments[0] |= {"rolloutState": TEXT, "rolloutStateReason": TEXT, "failedTasks": 3}
    assert applied.verify("--timeout", "0.2") == 1
    require_harmless(applied.stdout + applied.stderr)
    assert "error::a" in applied.stdout


@pytest.mark.parametrize("name", ["service_name", "task_definition_arn"])
def test_text_in_outputs(applied: AppliedDeployment, name: str) -> None:
    applied.outputs[name] = TEXT
    assert applied.verify() == 1
    require_harmless(applied.stdout + applied.stderr)
    assert "error::a" in applied.stdout + applied.stderr
