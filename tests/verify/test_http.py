"""The checks of the load balancer, each made to fail."""

import datetime
import ipaddress
import socket
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from generator.verify.websocket import accepted
from tests.verify import webui
from tests.verify.stage import HOST, Stage

_IMAGE = "ghcr.io/open-webui/open-webui"


def _told(stage: Stage, capsys: pytest.CaptureFixture[str], check: str, *arguments: str) -> str:
    """The lines about the one check that fails."""
    assert stage.owscale("--only", check, *arguments) == 1
    _, *lines, summary = capsys.readouterr().out.splitlines()
    assert summary == "1 check: 1 failed."
    return "\n".join(lines)


def test_requests_are_those_of_the_proxy(stage: Stage) -> None:
    assert stage.owscale("--only", "http") == 0
    assert {headers["Host"] for _, headers in stage.webui.asked} == {HOST}
    [upgrade] = [headers for path, headers in stage.webui.asked if path.startswith("/ws/")]
    assert upgrade["Origin"] == f"https://{HOST}"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((503, ""), "503: no target is registered, or none can serve"),
        ((502, ""), "502: a task closed the connection"),
        ((504, ""), "504: a task did not answer in time"),
        ((301, ""), "301: redirected"),
        ((418, ""), f"Host {HOST}: 418\n"),
        ((200, "<html>"), "200, but not Open WebUI's status"),
        ((200, {"status": False}), "200, but not Open WebUI's status"),
        ((200, "[" * 60000), "200, but not Open WebUI's status"),
    ],
)
def test_health(stage: Stage, capsys: pytest.CaptureFixture[str], answer: tuple[int, object], said: str) -> None:
    stage.webui.answers["/health"] = answer
    told = _told(stage, capsys, "http.health")
    assert said in told
    assert "next: " in told


@pytest.mark.parametrize(
    ("detail", "advice"),
    [
        ("Startup not complete", "wait: models are loaded"),
        ("Database not ready", "DATABASE_URL"),
        ("Redis not ready", "the token in REDIS_URL"),
    ],
)
def test_not_ready(stage: Stage, capsys: pytest.CaptureFixture[str], detail: str, advice: str) -> None:
    stage.webui.answers["/ready"] = (503, {"detail": detail})
    told = _told(stage, capsys, "http.ready")
    assert f"503, {detail}" in told
    assert advice in told
    assert f"aws logs tail /ecs/{stage.name}" in told


@pytest.mark.parametrize(
    ("tag", "answer", "said"),
    [
        (":v0.8.10", (200, webui.PAGE), "0.8.10 has no /ready; 0.8.11 brought it"),
        ("@sha256:" + "0" * 64, (404, ""), "404, and the image's release is unknown"),
        ("@sha256:" + "0" * 64, (200, webui.PAGE), "200, and the image's release is unknown"),
    ],
)
def test_ready_of_releases_without(
    stage: Stage, capsys: pytest.CaptureFixture[str], tag: str, answer: tuple[int, object], said: str
) -> None:
    stage.spec["app"]["image"] = _IMAGE + tag
    stage.webui.answers["/ready"] = answer
    assert stage.owscale("--only", "http.ready") == 0
    line = capsys.readouterr().out.splitlines()[1]
    assert line.startswith("  skipped  http.ready")
    assert said in line


@pytest.mark.parametrize("answer", [(404, ""), (200, webui.PAGE)])
def test_ready_must_be_there(stage: Stage, capsys: pytest.CaptureFixture[str], answer: tuple[int, object]) -> None:
    stage.webui.answers["/ready"] = answer
    assert "but 0.12.4 has /ready" in _told(stage, capsys, "http.ready")


def test_unknown_release_that_is_not_ready_fails(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.spec["app"]["image"] = f"{_IMAGE}@sha256:{'0' * 64}"
    stage.webui.answers["/ready"] = (503, {"detail": "Database not ready"})
    assert "503, Database not ready" in _told(stage, capsys, "http.ready")


@pytest.mark.parametrize(("cookies", "seen"), [((), "none at all"), (("token=x; Path=/",), "token")])
def test_sticky(stage: Stage, capsys: pytest.CaptureFixture[str], cookies: tuple[str, ...], seen: str) -> None:
    stage.webui.cookies = cookies
    told = _told(stage, capsys, "http.sticky")
    assert f"sets no cookie AWSALB, but {seen}" in told
    assert "aws elbv2 describe-target-group-attributes --target-group-arn arn:" in told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"upgrade": 200}, "transport=websocket with Host chat.example.com: 200"),
        ({"upgrade": 400}, "400: Open WebUI refuses the origin, or WebSockets are off"),
        ({"upgrade": 503}, "503: no target is registered"),
        ({"guid": "another"}, "101, but Sec-WebSocket-Accept is wrong"),
        ({"packet": b"hello"}, "101, but no Engine.IO behind it"),
        ({"packet": b"0hello"}, "101, but no Engine.IO behind it"),
        ({"packet": b"0{}"}, "101, but no Engine.IO behind it"),
        ({"packet": b"0" * 60000}, "101, but no Engine.IO behind it"),
    ],
)
def test_websocket(stage: Stage, capsys: pytest.CaptureFixture[str], change: dict[str, object], said: str) -> None:
    for name, value in change.items():
        setattr(stage.webui, name, value)
    assert said in _told(stage, capsys, "http.websocket")


def test_key_is_answered_as_in_the_rfc() -> None:
    assert accepted("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_websocket_reads_long_packets(stage: Stage) -> None:
    stage.webui.packet = stage.webui.packet.replace(b'"upgrades"', b'"more": "' + b"x" * 300 + b'", "upgrades"')
    assert stage.owscale("--only", "http.websocket") == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_refused(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.webui.url = f"http://127.0.0.1:{_free_port()}"
    told = _told(stage, capsys, "http.health")
    assert f"{stage.webui.url}: connection refused: nothing listens there" in told
    assert "the load balancer is internal: run this inside its VPC" in told
    assert "--skip http" in told


def test_unknown_name(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.webui.url = "http://load-balancer.invalid"
    told = _told(stage, capsys, "http.health")
    assert "load-balancer.invalid: DNS does not know this name" in told
    assert "the load balancer is internal" in told


def test_no_answer(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.webui.hang = threading.Event()
    assert f"{stage.webui.url}: no answer within 1 s" in _told(stage, capsys, "http.health")


def test_tls_on_a_plain_listener(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.webui.url = stage.webui.url.replace("http", "https")
    assert "TLS failed: " in _told(stage, capsys, "http.health")


def _certificate(folder: Path, name: str) -> Path:
    """A certificate that signs itself, and its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return path


def test_tls(stage: Stage, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = _certificate(tmp_path, HOST)
    with webui.running(certificate) as server:
        stage.webui = server
        assert "self-signed certificate" in _told(stage, capsys, "http.tls")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert stage.owscale("--only", "http") == 0
        assert f", a certificate for {HOST}, until " in capsys.readouterr().out
        told = _told(stage, capsys, "http.tls", "--server-name", "other.example.com")
        assert "not one for other.example.com: Hostname mismatch" in told
        assert "--server-name" in told
        # The other checks look past the certificate, and one of them says what is wrong.
        assert stage.owscale("--only", "http", "--server-name", "other.example.com") == 1
        assert capsys.readouterr().out.splitlines()[-1] == "5 checks: 4 passed, 1 failed."
        del stage.spec["app"]["public_url"]
        assert stage.owscale("--only", "http.tls") == 0
        assert "a name that nobody gave" in capsys.readouterr().out


def test_tls_without_a_server(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.webui.url = f"https://127.0.0.1:{_free_port()}"
    assert "connection refused" in _told(stage, capsys, "http.tls")


@pytest.mark.parametrize(
    ("certificate", "ports", "address"),
    [
        (None, {}, "http://internal-NAME.elb.invalid:80"),
        (None, {"http_port": 8080}, "http://internal-NAME.elb.invalid:8080"),
        ("arn:aws:acm:eu-west-1:123456789012:certificate/0", {}, "https://internal-NAME.elb.invalid:443"),
    ],
)
def test_address_is_the_listeners(
    stage: Stage, capsys: pytest.CaptureFixture[str], certificate: str | None, ports: dict[str, int], address: str
) -> None:
    if certificate:
        stage.spec["existing"]["certificate_arn"] = certificate.replace(
            "/0", "/" + "0" * 8 + "-0000-0000-0000-" + "0" * 12
        )
    stage.spec["load_balancer"] |= ports
    stage.webui.url = ""
    assert stage.owscale("--only", "http.health") == 1
    assert f"at {address.replace('NAME', stage.name)}," in capsys.readouterr().out
