"""Warnings that a spec accepts: what is said of them, in which environment, and that out/ does not care."""

from pathlib import Path

import pytest

from generator import checks, source
from generator.context import context
from generator.deployment import deployments
from generator.diagnostics import Diagnostic
from generator.errors import Report
from tests.cases import GOLDEN, PROJECT, Case, cases

BASE = (GOLDEN / "minimal/spec.yaml").read_text()  # it has one Redis node: S353
OWN = "    state: {key: staging.tfstate}\n    service: {name: chat-staging}\n"
REASON = "a demonstration may lose sessions"
TWO = f"environments:\n  production: {{}}\n  staging:\n{OWN}"


def read(tmp_path: Path, text: str) -> list[Diagnostic]:
    spec = tmp_path / "spec.yaml"
    spec.write_text(text)
    report = Report()
    document = source.read(spec, "spec.yaml", report)
    assert document is not None
    checks.check(deployments(document, report), report)
    return list(report)


def test_an_accepted_warning_has_its_reason(tmp_path: Path) -> None:
    (before,) = read(tmp_path, BASE)
    (after,) = read(tmp_path, f'{BASE}accept: {{S353: "{REASON}"}}\n')
    assert (before.code, before.accepted, before.mark) == ("S353", "", "warning")
    assert (after.code, after.accepted, after.mark) == ("S353", REASON, "accepted")


def test_an_environment_accepts_for_itself_alone(tmp_path: Path) -> None:
    found = read(tmp_path, f'{BASE}{TWO}    accept: {{S353: "{REASON}"}}\n')
    assert {(told.accepted, told.message.rpartition(" (in ")[2]) for told in found} == {
        ("", "production)"),
        (REASON, "staging)"),
    }


def test_an_environment_takes_an_acceptance_away(tmp_path: Path) -> None:
    found = read(tmp_path, f'{BASE}accept: {{S353: "{REASON}"}}\n{TWO}    accept: {{S353: null}}\n')
    assert {(told.accepted, told.message.rpartition(" (in ")[2]) for told in found} == {
        (REASON, "production)"),
        ("", "staging)"),
    }


def test_an_environment_has_a_reason_of_its_own(tmp_path: Path) -> None:
    found = read(tmp_path, f'{BASE}accept: {{S353: "{REASON}"}}\n{TWO}    accept: {{S353: "nobody is here"}}\n')
    assert {told.accepted for told in found} == {REASON, "nobody is here"}


def test_an_acceptance_that_is_stale_in_one_environment_says_in_which(tmp_path: Path) -> None:
    found = read(tmp_path, f'{BASE}accept: {{S353: "{REASON}"}}\n{TWO}    redis: {{nodes: 2}}\n')
    stale = next(told for told in found if told.code == "S111")
    assert stale.message == "this warning does not occur (in staging)"
    assert stale.path == "accept.S353"


@pytest.mark.parametrize("code", ["S101", "S104", "S211", "S401", "S109", "S110"])
def test_no_error_is_accepted(tmp_path: Path, code: str) -> None:
    found = read(tmp_path, f'{BASE}accept: {{{code}: "{REASON}"}}\n')
    assert [told.code for told in found if told.severity == "error"] == ["S110"]


def test_an_acceptance_of_itself_ends(tmp_path: Path) -> None:
    text = f'{BASE}accept: {{S111: "{REASON}", S351: "{REASON}"}}\n'
    found = read(tmp_path, text)
    assert sorted(told.code for told in found if not told.accepted) == ["S110", "S111", "S353"]


# S205 looks at every ARN of a spec.
@pytest.mark.parametrize("reason", ["arn:is no ARN", "arn:aws:s3:eu-north-1:999999999999:x", "${var.x} %{ if }"])
def test_a_reason_is_text_whatever_it_holds(tmp_path: Path, reason: str) -> None:
    (told,) = read(tmp_path, f'{BASE}accept: {{S353: "{reason}"}}\n')
    assert told.accepted == reason


def test_what_is_accepted_changes_the_readme_alone(tmp_path: Path) -> None:
    case = next(case for case in cases() if case.name == "minimal")
    spec = tmp_path / "spec.yaml"
    spec.write_text(f'{BASE}accept: {{S353: "{REASON}"}}\n')
    before, after = (
        {path: text.split("\n", 1)[1] for path, text in one.texts().items()}
        for one in (case, Case("accepting", spec, tmp_path / "out"))
    )
    folder = "minimal/production"
    assert {path for path in before if before[path] != after[path]} == {f"{folder}/README.md"}
    assert REASON in after[f"{folder}/README.md"]
    (deployment,) = Case("accepting", spec, tmp_path / "out").deployments()
    assert not {"accept", "allow"} & context(deployment).keys()  # so no template can come to use it


def test_the_projects_own_spec_accepts_nothing() -> None:
    assert "accept" not in (PROJECT / "spec/spec.yaml").read_text()
