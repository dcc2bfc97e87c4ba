"""Checks over HTTP: health, readiness, latency, the first user, session stickiness and the certificate."""

import math
import ssl
import time
from http import HTTPStatus

from owscale.console.text import plural
from owscale.domain.openwebui import releases
from owscale.verify.check import Check, CheckError, Outcome, failed, passed, skipped
from owscale.verify.http_client import (
    connect_tls,
    connection_failure,
    get,
    read_json,
    unexpected_status,
    verified_context,
)
from owscale.verify.target import Target

_STICKINESS_COOKIE = "AWSALB"
_LATENCY_SECONDS = 0.1
"""The most that a round trip to the database or to Redis may add to a response.

Within a region it takes some milliseconds; while a round trip to Redis takes 0.1 s, answers of models arrive several
times slower (docs/openwebui-measured.md), and `/ready` is still 200.
"""

_LATENCY_ROUNDS = 5
_NOT_READY_HINTS = {
    "Startup not complete": "wait some minutes: the tasks load models",
    "Database not ready": "check what keeps the tasks from the database: its security group, its status, DATABASE_URL",
    "Redis not ready": "check what keeps the tasks from Redis: its status, its security group, the token in REDIS_URL",
}
"""Hints by the `detail` of /ready with status 503 (open_webui/main.py)."""


def health(target: Target) -> Outcome:
    """Check that /health answers as Open WebUI does."""
    with get(target, "/health") as response:
        if response.status != HTTPStatus.OK:
            return unexpected_status(target, "/health", response)
        evidence = f"GET /health with Host {target.host}: 200"
        match read_json(response):
            case {"status": True}:
                return passed(f"{evidence}, status true")
    return failed(
        f"{evidence}, but not Open WebUI's status", "check the rules of the listener: another application responds"
    )


def ready(target: Target) -> Outcome:
    """Check that start-up is complete and that database and Redis respond."""
    release = releases.release(target.spec.app.image)
    if release and releases.is_older(release, releases.READY_SINCE):
        return skipped(f"{release} has no /ready; the first release with it is {releases.READY_SINCE}")
    with get(target, "/ready") as response:
        evidence = f"GET /ready with Host {target.host}: {response.status}"
        body = read_json(response)
        match response.status, body:
            case 200, {"status": True}:
                return passed(f"{evidence}, start-up is complete, database and Redis respond")
            case 503, {"detail": str(detail)} if detail in _NOT_READY_HINTS:
                hint = f"{_NOT_READY_HINTS[detail]}; then read the log: `{target.log_command}`"
                return failed(f"{evidence}, {detail}", hint)
        # Open WebUI answers unknown paths with its page, so a release without /ready answers with 200.
        if response.status in (200, 404) and not release:
            return skipped(
                f"{evidence}; the image names no release, and there is no /ready before {releases.READY_SINCE}"
            )
        if response.status in (200, 404):
            return failed(
                f"{evidence}, but {release} has /ready",
                "see the check service.task_definition: another image or application answers",
            )
        return unexpected_status(target, "/ready", response)


def latency(target: Target) -> Outcome:
    """Check that the database and Redis respond quickly.

    `/health` needs neither of them, `/health/db` asks the database, and `/ready` asks both (open_webui/main.py). The
    fastest of several responses counts: a busy task delays some of them, a slow server all of them.
    """
    seconds = dict.fromkeys(("/health", "/health/db", "/ready"), math.inf)
    evidence = ""
    slow: list[str] = []
    for number in range(1, _LATENCY_ROUNDS + 1):
        for path in seconds:
            seconds[path] = min(seconds[path], _seconds(target, path))
        parts = {
            "database": max(0, seconds["/health/db"] - seconds["/health"]),
            "Redis": max(0, seconds["/ready"] - seconds["/health/db"]),
        }
        slow = [name for name, value in parts.items() if value > _LATENCY_SECONDS]
        spans = ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in parts.items())
        evidence = f"{spans} in the fastest of {plural(number, 'response')}"
        if not slow:
            return passed(evidence)
    names = " and ".join(slow)
    return failed(
        f"{names} slow: {evidence}; at most {_LATENCY_SECONDS * 1000:.0f} ms each",
        f"look at CPU, memory and network ({names}) on the dashboard: {target.outputs.dashboard_url}",
    )


def _seconds(target: Target, path: str) -> float:
    """Return the time that a response takes. Raises CheckError without one, or with another status than 200."""
    started = time.monotonic()
    with get(target, path) as response:
        response.read()
        elapsed = time.monotonic() - started
        if response.status != HTTPStatus.OK:
            raise CheckError(unexpected_status(target, path, response))
    return elapsed


def sticky(target: Target) -> Outcome:
    """Check that the load balancer sets its stickiness cookie."""
    with get(target, "/health") as response:
        cookies = response.headers.get_all("Set-Cookie", [])
    names = sorted(cookie.partition("=")[0] for cookie in cookies)
    if _STICKINESS_COOKIE in names:
        return passed(f"GET /health sets the cookies {', '.join(names)}")
    arn = target.outputs.target_group_arn
    command = target.aws_command("elbv2", "describe-target-group-attributes", "--target-group-arn", arn)
    return failed(
        f"GET /health does not set the cookie {_STICKINESS_COOKIE}; cookies: {', '.join(names) or 'none'}",
        f"check that stickiness is on (`{command}`) and that the address leads to the load balancer",
    )


def tls(target: Target) -> Outcome:
    """Check that the certificate is valid, and that it is valid for the server name."""
    if not target.address.is_tls:
        return skipped(f"{target.address} is plain HTTP")
    name = target.server_name
    try:
        with connect_tls(target, verified_context(target)) as connection:
            certificate, version = connection.getpeercert() or {}, connection.version()
    except ssl.SSLCertVerificationError as error:
        return failed(
            f"{target.address}: the certificate is not valid{f' for {name}' if name else ''}: {error.verify_message}",
            "put a certificate for this host into existing.certificate_arn, or name the host of the proxy's requests "
            "with `--server-name`; for a private CA, set SSL_CERT_FILE to the file with its certificates",
            is_permanent=True,
        )
    except OSError as error:
        return connection_failure(target, error)
    validity = f"{version}, certificate valid until {certificate.get('notAfter')}"
    if name is None:
        return passed(f"{validity}; its host was not compared: neither app.public_url nor --server-name is set")
    return passed(f"{validity} for {name}")


def onboarding(target: Target) -> Outcome:
    """Check that Open WebUI has a user: the first visitor of an empty database becomes its administrator.

    /api/config has `onboarding` while there is no user, and only then (open_webui/main.py).
    """
    with get(target, "/api/config") as response:
        if response.status != HTTPStatus.OK:
            return unexpected_status(target, "/api/config", response)
        body = read_json(response)
    match body:
        case {"status": True, "onboarding": True}:
            return failed(
                f"GET /api/config with Host {target.host}: onboarding is true; the first visitor becomes administrator",
                "sign up now, or set WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD as in Deploy of the runbook",
                is_permanent=True,
            )
        case {"status": True}:
            return passed(f"GET /api/config with Host {target.host}: no onboarding, so there is an administrator")
    return failed(
        f"GET /api/config with Host {target.host}: 200, but not Open WebUI's configuration",
        "check the rules of the listener: another application responds",
    )


CHECKS = (
    Check("http.health", health),
    Check("http.ready", ready, requires="http.health"),
    Check("http.latency", latency, requires="http.ready"),
    Check("http.onboarding", onboarding, requires="http.health"),
    Check("http.sticky", sticky, requires="http.health"),
    Check("http.tls", tls, requires="http.health"),
)
