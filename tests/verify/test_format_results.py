"""The results as text and as JSON."""

import json

from owscale.verify.registry import CHECKS
from tests._support.applied_deployment import ACCOUNT, REGION, AppliedDeployment


def test_text_has_a_line_for_each_check(applied: AppliedDeployment) -> None:
    assert applied.verify() == 0
    title, *lines, summary = applied.stdout.splitlines()
    assert title == f"minimal/production at {applied.webui.url}, account {ACCOUNT}, {REGION}"
    assert [line.split()[1] for line in lines] == [check.name for check in CHECKS]
    assert [line.split()[1] for line in lines if line.split()[0] != "passed"] == ["http.tls"]
    assert summary == "21 checks: 20 passed, 1 skipped"


def test_json_has_every_check(applied: AppliedDeployment) -> None:
    applied.health["10.0.0.1"] = ("unhealthy", "Target.Timeout")
    document = applied.verify_json(code=1)
    checks = document.pop("checks")
    assert document == {
        "deployment": "minimal/production",
        "address": applied.webui.url,
        "account": ACCOUNT,
        "region": REGION,
        "passed": False,
        "counts": {"passed": 19, "warning": 0, "failed": 1, "skipped": 1},
    }
    [failed] = [check for check in checks if check["status"] == "failed"]
    assert failed["name"] == "targets.healthy"
    assert failed["attempts"] == 1
    assert isinstance(failed["seconds"], float)
    assert failed["hint"].endswith(f"`aws logs tail /ecs/{applied.name} --since 30m --region {REGION}`")
    assert {tuple(check) for check in checks} == {("name", "status", "evidence", "hint", "attempts", "seconds")}


def test_old_name_of_the_json_option_works(applied: AppliedDeployment) -> None:
    assert applied.verify("--only", "http.health", "--json") == 0
    assert [check["name"] for check in json.loads(applied.stdout)["checks"]] == ["http.health"]
    assert "--output-format" in applied.stderr


def test_no_format_has_a_secret(applied: AppliedDeployment) -> None:
    applied.webui.responses["/ready"] = (503, {"detail": "secret-value"})
    applied.webui.packet = b'0{"sid":"secret-value"}'
    for output_format in ("text", "json"):
        assert applied.verify("--output-format", output_format) == 1
        printed = applied.stdout + applied.stderr
        assert "http.ready" in applied.stdout
        assert "secret-value" not in printed
        assert "a-session-id" not in printed
