"""Progress on stderr while checks run."""

import io
import re
import sys

import pytest

from tests._support.applied_deployment import HOST, AppliedDeployment


def test_each_reason_to_wait_is_reported_once(applied: AppliedDeployment) -> None:
    details = ("Startup not complete", "Redis not ready", "Redis not ready")
    applied.webui.first_responses["/ready"] = [(503, {"detail": detail}) for detail in details]
    assert applied.verify("--timeout", "20", "--only", "http.ready") == 0
    first, second, last = applied.stderr.splitlines()
    assert first == f"waiting for http.ready: GET /ready with Host {HOST}: 503, Startup not complete"
    assert second == f"waiting for http.ready: GET /ready with Host {HOST}: 503, Redis not ready"
    assert re.fullmatch(r"passed after \d+ s: http\.ready", last)
    assert "1 check: 1 passed\n" in applied.stdout


def test_terminal_has_one_live_line(applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    applied.service(applied.name).deployments[0] |= {"rolloutState": "IN_PROGRESS", "rolloutStateReason": "\x1b[2J"}
    assert applied.verify("--timeout", "0.2", "--only", "service") == 1
    first, *lines, last = terminal.getvalue().split("\r\x1b[K")
    assert (first, last) == ("", "")
    assert re.match(r"\d+ of 0\.2 s: 2 of 3 done; service\.deployment: ", lines[2])
    assert all(len(line) < 60 and "\n" not in line and "\x1b" not in line for line in lines)


def test_check_that_passes_at_once_is_not_reported(applied: AppliedDeployment) -> None:
    assert applied.verify("--only", "alarms") == 0
    assert "alarms" not in applied.stderr
