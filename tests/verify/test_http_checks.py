"""Each failure of the checks of health, readiness, stickiness and certificate."""

import datetime
import ipaddress
import re
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests._support import webui_server
from tests._support.applied_deployment import HOST, AppliedDeployment

_IMAGE = "ghcr.io/open-webui/open-webui"


@pytest.mark.parametrize("body", ["<html>", {"status": False}, "[" * 60000], ids=["page", "false", "nested"])
def test_body_of_another_application_fails(applied: AppliedDeployment, body: object) -> None:
    applied.webui.responses["/health"] = (200, body)
    lines = applied.verify_one("http.health")
    assert "200, but not Open WebUI's status\n" in lines
    assert "hint: " in lines


@pytest.mark.parametrize(
    ("detail", "hint"),
    [
        ("Startup not complete", "wait some minutes"),
        ("Database not ready", "DATABASE_URL"),
        ("Redis not ready", "the token in REDIS_URL"),
    ],
)
def test_not_ready_fails_with_a_hint_for_its_cause(applied: AppliedDeployment, detail: str, hint: str) -> None:
    applied.webui.responses["/ready"] = (503, {"detail": detail})
    lines = applied.verify_one("http.ready")
    assert f"503, {detail}\n" in lines
    assert hint in lines
    assert f"`aws logs tail /ecs/{applied.name}" in lines


@pytest.mark.parametrize(
    ("tag", "response", "evidence"),
    [
        (":v0.8.10", (200, webui_server.PAGE), "0.8.10 has no /ready; the first release with it is 0.8.11"),
        ("@sha256:" + "0" * 64, (404, ""), "404; the image names no release"),
        ("@sha256:" + "0" * 64, (200, webui_server.PAGE), "200; the image names no release"),
    ],
)
def test_ready_is_skipped_for_a_release_without_it(
    applied: AppliedDeployment, tag: str, response: tuple[int, object], evidence: str
) -> None:
    applied.spec["app"]["image"] = _IMAGE + tag
    applied.webui.responses["/ready"] = response
    line = applied.verify_one("http.ready", status="skipped")
    assert line.startswith("  skipped  http.ready")
    assert evidence in line


@pytest.mark.parametrize("response", [(404, ""), (200, webui_server.PAGE)], ids=["404", "page"])
def test_missing_ready_fails_for_a_release_with_it(applied: AppliedDeployment, response: tuple[int, object]) -> None:
    applied.webui.responses["/ready"] = response
    assert "but 0.12.4 has /ready" in applied.verify_one("http.ready")


def test_not_ready_fails_for_an_unknown_release(applied: AppliedDeployment) -> None:
    applied.spec["app"]["image"] = f"{_IMAGE}@sha256:{'0' * 64}"
    applied.webui.responses["/ready"] = (503, {"detail": "Database not ready"})
    assert "503, Database not ready" in applied.verify_one("http.ready")


@pytest.mark.parametrize(
    ("paths", "slow"), [(("/health/db", "/ready"), "database"), (("/ready",), "Redis")], ids=["database", "redis"]
)
def test_slow_server_fails(applied: AppliedDeployment, paths: tuple[str, ...], slow: str) -> None:
    applied.webui.delays = {path: [0.4] * 5 for path in paths}
    lines = applied.verify_one("http.latency")
    assert f"failed   http.latency  {slow} slow: " in lines
    assert "in the fastest of 5 responses; at most 100 ms each" in lines
    assert (
        f"hint: look at CPU, memory and network ({slow}) on the dashboard: {applied.outputs['dashboard_url']}" in lines
    )


def test_one_quick_response_shows_that_no_server_is_slow(applied: AppliedDeployment) -> None:
    """A busy task delays some responses; a slow server delays all of them."""
    applied.webui.delays = {"/ready": [0.4, 0.4], "/health/db": [0.4]}
    line = applied.verify_one("http.latency", status="passed")
    assert re.search(r"Redis \d+ ms in the fastest of 3 responses", line)


def test_latency_needs_the_health_of_the_database(applied: AppliedDeployment) -> None:
    applied.webui.responses["/health/db"] = (500, "")
    assert "GET /health/db" in applied.verify_one("http.latency")


def test_sign_up_of_a_first_user_fails_at_once(applied: AppliedDeployment) -> None:
    applied.webui.responses["/api/config"] = (200, {"onboarding": True, "status": True})
    lines = applied.verify_one("http.onboarding")
    assert f"GET /api/config with Host {HOST}: onboarding is true; the first visitor becomes administrator\n" in lines
    assert "hint: sign up now, or set WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD" in lines
    assert len([path for path, _ in applied.webui.requests if path == "/api/config"]) == 1, "it is not retried"


def test_a_user_ends_the_onboarding(applied: AppliedDeployment) -> None:
    assert "so there is an administrator" in applied.verify_one("http.onboarding", status="passed")


@pytest.mark.parametrize(
    ("response", "evidence"),
    [
        ((200, webui_server.PAGE), "200, but not Open WebUI's configuration"),
        ((200, {"onboarding": False}), "200, but not Open WebUI's configuration"),
        ((200, ["onboarding"]), "200, but not Open WebUI's configuration"),
        ((500, ""), "GET /api/config with Host"),
        ((503, ""), "503: "),
    ],
    ids=["page", "no-status", "list", "500", "503"],
)
def test_onboarding_is_unknown_without_a_configuration(
    applied: AppliedDeployment, response: tuple[int, object], evidence: str
) -> None:
    applied.webui.responses["/api/config"] = response
    assert evidence in applied.verify_one("http.onboarding")


@pytest.mark.parametrize(("cookies", "names"), [((), "none"), (("token=x; Path=/",), "token")])
def test_missing_stickiness_cookie_fails(applied: AppliedDeployment, cookies: tuple[str, ...], names: str) -> None:
    applied.webui.cookies = cookies
    lines = applied.verify_one("http.sticky")
    assert f"does not set the cookie AWSALB; cookies: {names}\n" in lines
    assert "`aws elbv2 describe-target-group-attributes --target-group-arn arn:" in lines


def _self_signed_certificate(directory: Path, name: str) -> Path:
    """Write a certificate and its key into one file."""
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
    private_key = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = directory / "certificate.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private_key)
    return path


def test_certificate_must_be_valid_for_the_host(
    applied: AppliedDeployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _self_signed_certificate(tmp_path, HOST)
    with webui_server.running(certificate) as applied.webui:
        assert "self-signed certificate" in applied.verify_one("http.tls")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert applied.verify("--only", "http") == 0
        assert ", certificate valid until " in applied.stdout
        assert f" for {HOST}\n" in applied.stdout
        lines = applied.verify_one("http.tls", "--server-name", "other.example.com")
        assert "not valid for other.example.com: Hostname mismatch" in lines
        assert "`--server-name`" in lines


def test_invalid_certificate_fails_one_check_only(
    applied: AppliedDeployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _self_signed_certificate(tmp_path, HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with webui_server.running(certificate) as applied.webui:
        assert applied.verify("--only", "http", "--server-name", "other.example.com") == 1
        assert applied.stdout.splitlines()[-1] == "7 checks: 6 passed, 1 failed"


def test_host_of_the_certificate_is_not_compared_without_a_name(
    applied: AppliedDeployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _self_signed_certificate(tmp_path, "other.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    del applied.spec["app"]["public_url"]
    with webui_server.running(certificate) as applied.webui:
        assert "its host was not compared" in applied.verify_one("http.tls", status="passed")


def test_no_check_signs_in_before_the_certificate_is_valid(
    applied: AppliedDeployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _self_signed_certificate(tmp_path, HOST)
    monkeypatch.setenv("OWSCALE_VERIFY_TOKEN", "secret-value")
    with webui_server.running(certificate) as webui:
        applied.webui = webui
        options = ("--account", "env", "--task", webui.url, "--task", webui.url)
        assert "the certificate is not valid, so no check signs in" in applied.verify_one("tasks.reached", *options)
        assert webui.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert "2 tasks" in applied.verify_one("tasks.reached", *options, status="passed")
