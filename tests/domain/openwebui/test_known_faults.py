"""The verdicts cover every release that was read, and conditions read the options as Open WebUI does."""

import pytest

from owscale.console.versions import version_numbers
from owscale.domain.openwebui.known_faults import FAULTS, JUDGED_UNTIL, Fault, faults
from owscale.domain.openwebui.read_variables import releases_read
from owscale.rules.runner import check_deployment
from tests._support.cases import altered, cases
from tests.domain.openwebui.conftest import REPOSITORY


def test_the_changelog_of_the_newest_release_was_read() -> None:
    assert releases_read()[-1] == JUDGED_UNTIL, "read its changelog, add its faults, and raise JUDGED_UNTIL"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.issues[0]}-{fault.first}")
def test_ranges_are_releases_in_order(fault: Fault) -> None:
    assert {fault.first, fault.last} <= set(releases_read())
    assert version_numbers(fault.first) <= version_numbers(fault.last)
    assert fault.issues


def test_newest_release_has_no_known_fault() -> None:
    (deployment,) = next(case for case in cases() if case.name == "minimal").deployments()
    assert not [*faults(JUDGED_UNTIL, deployment.spec, "refused"), *faults(JUDGED_UNTIL, deployment.spec, "warning")]


def messages(release: str, **environment: str) -> list[str]:
    """Return the messages about the image of a deployment."""
    (deployment,) = next(case for case in cases() if case.name == "minimal").deployments()
    app = altered(deployment.spec.app, image=f"{REPOSITORY}:v{release}", environment=environment)
    checked = check_deployment(deployment._replace(spec=altered(deployment.spec, app=app)))
    return [diagnostic.message for diagnostic in checked.diagnostics if diagnostic.code in {"S302", "S366"}]


@pytest.mark.parametrize("release", ["0.10.0", "0.10.1", "0.10.2", "0.11.2"])
def test_release_that_breaks_a_deployment_is_refused(release: str) -> None:
    assert any(f"{release} must not be used: " in message for message in messages(release))


@pytest.mark.parametrize("release", ["0.8.4", "0.8.5", "0.11.0", "0.11.1", "0.11.3"])
def test_suspected_release_is_not_refused(release: str) -> None:
    assert not any("must not be used" in message for message in messages(release))


@pytest.mark.parametrize(
    ("release", "environment", "is_refused"),
    [
        ("0.12.3", {}, False),
        ("0.12.3", {"WEBSOCKET_REDIS_OPTIONS": '{"retry_on_timeout": true}'}, True),
        ("0.12.3", {"WEBSOCKET_REDIS_OPTIONS": '{"retry_on_timeout": false}'}, False),
        ("0.12.3", {"WEBSOCKET_REDIS_OPTIONS": "retry_on_timeout"}, False),
        ("0.12.3", {"WEBSOCKET_REDIS_OPTIONS": "[" * 100_000}, False),
        ("0.12.3", {"WEBSOCKET_REDIS_OPTIONS": '["retry_on_timeout"]'}, False),
        (
            "0.12.3",
            {"WEBSOCKET_REDIS_OPTIONS": '{"retry_on_timeout": 1}', "WEBSOCKET_REDIS_ROOM_CHANNELS": "False"},
            False,
        ),
        ("0.12.4", {"WEBSOCKET_REDIS_OPTIONS": '{"retry_on_timeout": true}'}, False),
        ("0.8.9", {"ENABLE_OTEL": "True"}, True),
        ("0.8.9", {"ENABLE_OTEL": "false"}, False),
        ("0.11.0", {"GITHUB_CLIENT_ID": "chat"}, True),
        ("0.11.1", {"GITHUB_CLIENT_ID": "chat"}, False),
        ("0.12.0", {"SCIM_ENABLED": "true"}, True),
    ],
)
def test_release_is_refused_with_its_option_only(
    release: str, environment: dict[str, str], *, is_refused: bool
) -> None:
    assert any("must not be used with" in message for message in messages(release, **environment)) is is_refused
