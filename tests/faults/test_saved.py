"""What apply takes: the saved plan that was proved, for the working tree and the state as they are."""

import io
import json
import stat

import pytest

from tests.faults.small import TOPICS, Small

pytestmark = pytest.mark.xdist_group("faults")


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


def test_a_plan_is_saved_asked_for_and_applied(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = small.tf("apply", "--yes")
    assert refused.code == 1
    assert "no plan is saved\n  hint: owscale tf plan --env production --spec spec.yaml" in refused.err

    told = small.tf("plan", "--detailed-exitcode")
    assert (told.code, "proved" in told.out) == (2, True), told.err
    folder = small.plan_file.parent
    assert (folder / ".gitignore").read_text() == "*\n"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, small.plan_file)] == [0o700, 0o600]
    found = json.loads(small.tf("status", "--as", "json").out)
    assert (found["state"], found["saved_plan"]["refused_because"], found["lock"]) == (None, None, {"held": None})

    nobody = small.tf("apply")
    assert nobody.code == 1
    assert "hint: look at the plan, then owscale tf apply --env production --yes" in nobody.err
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    unsure = small.tf("apply")
    assert (unsure.code, "Only yes is a yes" in unsure.err) == (1, True)
    assert small.topics == []

    monkeypatch.setattr("sys.stdin", Terminal("yes\n"))
    told = small.tf("apply")
    assert told.code == 0, told.err
    assert small.topics == sorted(TOPICS)
    assert 'created aws_sns_topic.this["one"]' in told.err
    assert not small.plan_file.exists()
    assert small.tf("output").out.splitlines() == [
        "token   (sensitive)",
        f'topics  ["{small.name}-one", "{small.name}-three", "{small.name}-two"]',
    ]


def test_what_makes_a_plan_stale(small: Small) -> None:
    small.planned()
    content, record = small.plan_file.read_bytes(), small.plan_file.with_name("next.json").read_bytes()

    small.plan_file.write_bytes(content + b"\0")
    assert "the saved plan is not the one that was proved" in small.tf("apply", "--yes").err
    small.plan_file.write_bytes(content)

    small.spec["alarms"]["cpu_percent"] = 80
    small.generate()
    assert "the spec has changed since the plan was made" in small.tf("apply", "--yes").err
    small.spec["alarms"]["cpu_percent"] = 85
    small.generate(topics=("one",))
    assert "the Terraform code has changed since the plan was made" in small.tf("apply", "--yes").err
    small.generate()
    (small.root / "variables.tf").write_text("# by hand\n")
    by_hand = small.tf("apply", "--yes")
    assert "variables.tf: edited by hand" in by_hand.err
    assert "hint: run `owscale generate --spec spec.yaml`" in by_hand.err
    small.generate()

    for key, value in (("owscale", "0.0.1"), ("terraform", "1.11.0")):
        small.plan_file.with_name("next.json").write_text(json.dumps(json.loads(record) | {key: value}))
        assert f"the plan was made by {key.capitalize()}".lower() in small.tf("apply", "--yes").err.lower()
    small.plan_file.with_name("next.json").write_bytes(record)

    small.put_state({"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "a", "resources": []})
    assert "the state has moved on since the plan was made" in small.tf("apply", "--yes").err
    assert small.topics == []


def test_what_is_not_proved_is_not_applied(small: Small) -> None:
    small.generate(
        more=f'resource "aws_ec2_tag" "vpc" {{\n  resource_id = "{small.world.vpc}"\n  key = "a"\n  value = "b"\n}}\n'
    )
    told = small.tf("plan")
    assert told.code == 1
    assert "refused, " in told.out
    assert "it is not proved" in small.tf("status").out
    record = small.plan_file.with_name("next.json")
    record.write_text(record.read_text().replace('"proved": false', '"proved": true'))
    told = small.tf("apply", "--yes")
    assert told.code == 1
    assert "Nothing was changed." in told.err
    assert small.topics == []
