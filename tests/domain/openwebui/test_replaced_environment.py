"""The variables that the comparison with the replaced service leaves out."""

from owscale.diagnostics.report import DiagnosticReport
from owscale.domain.openwebui import environment, variables
from owscale.domain.openwebui.read_variables import read_variables
from owscale.domain.openwebui.replaced_environment import compare_environments, not_needed, set_on_purpose
from owscale.spec.environments import load_environments
from owscale.spec.yaml_reader import read_spec
from tests._support.cases import GOLDEN, PROJECT

COMPARED = {
    "CORS_ALLOW_ORIGIN",
    "DATABASE_URL",
    "ENABLE_PERSISTENT_CONFIG",
    "VECTOR_DB",
    "WEBUI_SECRET_KEY",
    "WEBUI_URL",
    *environment.REDIRECT_URIS,
}
"""Variables that owscale sets and that are compared."""


def test_each_managed_variable_is_compared_or_left_out_with_a_reason() -> None:
    managed = set(environment.MANAGED_SECRETS) | {"FORWARDED_ALLOW_IPS"} | set(environment.SPEC_KEYS_BY_VARIABLE)
    report = DiagnosticReport()
    for case in GOLDEN.iterdir():
        document = read_spec(case / "spec.yaml", "spec.yaml", report)
        assert document
        for deployment in load_environments(document, report):
            managed |= set(environment.default_environment(deployment.spec))
    assert managed - COMPARED == set(set_on_purpose())


def test_each_variable_exists_and_has_a_place_in_the_documentation() -> None:
    page = (PROJECT / "docs/verify.md").read_text("utf-8")
    known = {*read_variables(), *variables.details("refused")}
    for name in {*set_on_purpose(), *not_needed()}:
        assert name in known | {"FORWARDED_ALLOW_IPS", "UVICORN_WORKERS"}, name
        assert name in variables.details("refused") or f"`{name}`" in page, name
    for reason in {*set_on_purpose().values(), *not_needed().values()} - set(variables.details("refused").values()):
        assert f"| {reason} |" in page


def test_containers_without_variables_are_equal() -> None:
    assert not any(compare_environments({}, {"environment": [], "secrets": []}))
