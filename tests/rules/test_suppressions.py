"""Accepted warnings: their reason, in which environment they hold, and that they do not change the Terraform code."""

from pathlib import Path

import pytest

from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport
from owscale.render.context import template_context
from owscale.rules.runner import check_deployments
from owscale.spec import yaml_reader
from owscale.spec.environments import load_environments
from owscale.workflow.pipeline import load_specs
from tests._support.cases import GOLDEN, PROJECT, Case, cases, own_resources

MINIMAL = (GOLDEN / "minimal/spec.yaml").read_text()  # it has one Redis node: S353
REASON = "a demonstration may lose sessions"
STAGING = (
    "    state: {key: staging.tfstate}\n    service: {name: chat-staging}\n"
    f"    existing: {own_resources('staging')}\n"
)
TWO_ENVIRONMENTS = f"environments:\n  production: {{}}\n  staging:\n{STAGING}"


def diagnose(folder: Path, text: str) -> list[Diagnostic]:
    spec = folder / "spec.yaml"
    spec.write_text(text)
    report = DiagnosticReport()
    document = yaml_reader.read_spec(spec, "spec.yaml", report)
    assert document is not None
    check_deployments(load_environments(document, report), report)
    return list(report)


def reasons_by_environment(diagnostics: list[Diagnostic]) -> set[tuple[str, str]]:
    return {(diagnostic.accepted, diagnostic.message.rpartition(" (in ")[2]) for diagnostic in diagnostics}


def test_accepted_warning_carries_its_reason(tmp_path: Path) -> None:
    (before,) = diagnose(tmp_path, MINIMAL)
    (after,) = diagnose(tmp_path, f'{MINIMAL}accept: {{S353: "{REASON}"}}\n')
    assert (before.code, before.accepted, before.label) == ("S353", "", "warning")
    assert (after.code, after.accepted, after.label) == ("S353", REASON, "accepted")


def test_environment_accepts_only_for_itself(tmp_path: Path) -> None:
    diagnostics = diagnose(tmp_path, f'{MINIMAL}{TWO_ENVIRONMENTS}    accept: {{S353: "{REASON}"}}\n')
    assert reasons_by_environment(diagnostics) == {("", "production)"), (REASON, "staging)")}


def test_null_removes_an_acceptance_of_the_common_part(tmp_path: Path) -> None:
    text = f'{MINIMAL}accept: {{S353: "{REASON}"}}\n{TWO_ENVIRONMENTS}    accept: {{S353: null}}\n'
    assert reasons_by_environment(diagnose(tmp_path, text)) == {(REASON, "production)"), ("", "staging)")}


def test_environment_may_have_its_own_reason(tmp_path: Path) -> None:
    text = f'{MINIMAL}accept: {{S353: "{REASON}"}}\n{TWO_ENVIRONMENTS}    accept: {{S353: "nobody is here"}}\n'
    assert {diagnostic.accepted for diagnostic in diagnose(tmp_path, text)} == {REASON, "nobody is here"}


def test_unused_acceptance_names_its_environment(tmp_path: Path) -> None:
    text = f'{MINIMAL}accept: {{S353: "{REASON}"}}\n{TWO_ENVIRONMENTS}    redis: {{nodes: 2}}\n'
    unused = next(diagnostic for diagnostic in diagnose(tmp_path, text) if diagnostic.code == "S111")
    assert unused.message == "this warning does not occur (in staging)"
    assert unused.path == "accept.S353"


@pytest.mark.parametrize("code", ["S101", "S104", "S211", "S401", "S109", "S110"])
def test_errors_cannot_be_accepted(tmp_path: Path, code: str) -> None:
    diagnostics = diagnose(tmp_path, f'{MINIMAL}accept: {{{code}: "{REASON}"}}\n')
    assert [diagnostic.code for diagnostic in diagnostics if diagnostic.severity == "error"] == ["S110"]


def test_unused_acceptances_cannot_be_accepted(tmp_path: Path) -> None:
    diagnostics = diagnose(tmp_path, f'{MINIMAL}accept: {{S111: "{REASON}", S351: "{REASON}"}}\n')
    codes = [diagnostic.code for diagnostic in diagnostics if not diagnostic.accepted]
    assert sorted(codes) == ["S110", "S111", "S353"]


# S205 checks every ARN of a spec.
@pytest.mark.parametrize("reason", ["arn:is no ARN", "arn:aws:s3:eu-north-1:999999999999:x", "${var.x} %{ if }"])
def test_reason_is_plain_text(tmp_path: Path, reason: str) -> None:
    (diagnostic,) = diagnose(tmp_path, f'{MINIMAL}accept: {{S353: "{reason}"}}\n')
    assert diagnostic.accepted == reason


def test_acceptance_changes_only_the_readme(tmp_path: Path) -> None:
    case = next(case for case in cases() if case.name == "minimal")
    spec = tmp_path / "spec.yaml"
    spec.write_text(f'{MINIMAL}accept: {{S353: "{REASON}"}}\n')
    accepting_case = Case("accepting", spec, tmp_path / "out")
    before, after = (
        {path: text.split("\n", 1)[1] for path, text in each.texts().items()} for each in (case, accepting_case)
    )
    folder = "minimal/production"
    assert {path for path in before if before[path] != after[path]} == {f"{folder}/README.md"}
    assert REASON in after[f"{folder}/README.md"]
    (deployment,) = accepting_case.deployments()
    assert not {"accept", "allow"} & template_context(deployment).keys()  # no template can come to use it


def test_project_spec_has_a_reason_for_each_warning() -> None:
    report = load_specs(PROJECT / "spec").report
    assert (report.errors, report.warnings, report.accepted) == (0, 0, 5)


SECRET = "https://chat:EXAMPLE-password@proxy.example.com"  # noqa: S105 -- an example
PLACE = "S330 app.environment.HTTPS_PROXY"
TWO_SECRETS = MINIMAL.replace("app: {", f'app: {{environment: {{HTTPS_PROXY: "{SECRET}", HTTP_PROXY: "{SECRET}"}}, ', 1)


def codes(diagnostics: list[Diagnostic]) -> dict[str, str]:
    """Return the codes and keys of all diagnostics except S353, with the reason where the spec accepts them."""
    return {f"{each.code} {each.path}": each.accepted for each in diagnostics if each.code != "S353"}


def test_code_and_place_accept_only_the_finding_there(tmp_path: Path) -> None:
    diagnostics = diagnose(tmp_path, f'{TWO_SECRETS}accept: {{{PLACE}: "{REASON}"}}\n')
    assert codes(diagnostics) == {PLACE: REASON, "S330 app.environment.HTTP_PROXY": ""}
    assert [each.severity for each in diagnostics if each.code == "S330"] == ["warning", "error"]


def test_hint_of_a_secret_has_the_key_that_accepts_it(tmp_path: Path) -> None:
    hints = [each.hint for each in diagnose(tmp_path, TWO_SECRETS) if each.code == "S330"]
    assert f'accept "{PLACE}" with a reason' in hints[0]


def test_place_in_an_environment(tmp_path: Path) -> None:
    secret = f'    app: {{environment: {{HTTPS_PROXY: "{SECRET}"}}}}\n'
    for place in (PLACE, PLACE.replace(" ", " environments.staging.")):
        text = f'{MINIMAL}{TWO_ENVIRONMENTS}{secret}    accept: {{{place}: "{REASON}"}}\n'
        assert set(codes(diagnose(tmp_path, text)).values()) == {REASON}, place


def test_secrets_cannot_be_accepted_all_at_once(tmp_path: Path) -> None:
    diagnostics = diagnose(tmp_path, f'{TWO_SECRETS}accept: {{S330: "{REASON}"}}\n')
    errors = sorted(each.code for each in diagnostics if each.severity == "error")
    assert errors == ["S110", "S330", "S330"]


def test_place_without_a_finding_is_unused(tmp_path: Path) -> None:
    (unused,) = [
        each for each in diagnose(tmp_path, f'{MINIMAL}accept: {{{PLACE}: "{REASON}"}}\n') if each.code == "S111"
    ]
    assert unused.message == "this error does not occur there"


def test_warning_is_accepted_at_a_place(tmp_path: Path) -> None:
    diagnostics = diagnose(tmp_path, f'{MINIMAL}accept: {{S353 redis.nodes: "{REASON}"}}\n')
    assert [(each.code, each.accepted) for each in diagnostics] == [("S353", REASON)]
