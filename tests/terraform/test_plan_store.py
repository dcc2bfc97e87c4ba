"""The saved plan: it is applied only if its check passed, and only to the code and the state that it was made from."""

import io
import json
import stat

import pytest

from tests._support.small_deployment import TOPICS, SmallDeployment

pytestmark = pytest.mark.xdist_group("saved plan")


class Terminal(io.StringIO):
    """A stdin that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_apply_asks_for_confirmation(small: SmallDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    run = small.tf("apply", "--yes")
    assert run.code == 1
    assert "no plan is saved\n  hint: run `owscale tf plan --env production --spec spec.yaml`" in run.err

    run = small.tf("plan", "--detailed-exitcode")
    assert (run.code, "plan check passed" in run.out) == (2, True), run.err
    folder = small.plan_file.parent
    assert (folder / ".gitignore").read_text() == "*\n"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, small.plan_file)] == [0o700, 0o600]
    status = json.loads(small.tf("status", "--output-format", "json").out)
    assert (status["state"], status["saved_plan"]["refused_because"], status["lock"]) == (None, None, {"held": None})

    run = small.tf("apply")
    assert run.code == 1
    assert "hint: review the plan, then run `owscale tf apply --env production --yes" in run.err
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    run = small.tf("apply")
    assert (run.code, "nothing was changed; the saved plan is kept" in run.err) == (1, True)
    assert small.topics == []

    monkeypatch.setattr("sys.stdin", Terminal("yes\n"))
    run = small.tf("apply")
    assert run.code == 0, run.err
    assert small.topics == sorted(TOPICS)
    assert 'created aws_sns_topic.this["one"]' in run.err
    assert not small.plan_file.exists()
    assert small.tf("output").out.splitlines() == [
        "token   (sensitive)",
        f'topics  ["{small.name}-one", "{small.name}-three", "{small.name}-two"]',
    ]


def test_stale_plan_is_not_applied(small: SmallDeployment) -> None:
    small.plan()
    content, record = small.plan_file.read_bytes(), small.plan_file.with_name("next.json").read_bytes()

    small.plan_file.write_bytes(content + b"\0")
    assert "the saved plan is not the one that was checked" in small.tf("apply", "--yes").err
    small.plan_file.write_bytes(content)

    small.spec["alarms"]["cpu_percent"] = 80
    small.generate()
    assert "the spec has changed since the plan was made" in small.tf("apply", "--yes").err
    small.spec["alarms"]["cpu_percent"] = 85
    small.generate(topics=("one",))
    assert "the Terraform code has changed since the plan was made" in small.tf("apply", "--yes").err
    small.generate()
    (small.root / "variables.tf").write_text("# local change\n")
    run = small.tf("apply", "--yes")
    assert "variables.tf: modified locally" in run.err
    assert "run `owscale generate --spec spec.yaml`" in run.err
    small.generate()

    for key, value in (("owscale", "0.0.1"), ("terraform", "1.11.0")):
        small.plan_file.with_name("next.json").write_text(json.dumps(json.loads(record) | {key: value}))
        assert f"the plan was made by {key.capitalize()}".lower() in small.tf("apply", "--yes").err.lower()
    small.plan_file.with_name("next.json").write_bytes(record)

    small.put_state({"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "a", "resources": []})
    assert "the state has changed since the plan was made" in small.tf("apply", "--yes").err
    assert small.topics == []


def test_plan_that_failed_its_check_is_not_applied(small: SmallDeployment) -> None:
    vpc_tag = (
        f'resource "aws_ec2_tag" "vpc" {{\n  resource_id = "{small.account.vpc}"\n  key = "a"\n  value = "b"\n}}\n'
    )
    small.generate(extra_terraform=vpc_tag)
    run = small.tf("plan")
    assert run.code == 1
    assert "plan check failed, " in run.out
    assert "its plan check failed" in small.tf("status").out
    record = small.plan_file.with_name("next.json")
    record.write_text(record.read_text().replace('"passed": false', '"passed": true'))
    run = small.tf("apply", "--yes")
    assert run.code == 1
    assert "nothing was changed" in run.err
    assert small.topics == []
