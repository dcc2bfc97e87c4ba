"""Variables that only seed settings, by release."""

import pytest

from owscale.domain.openwebui.database_settings import FILE, seeded_setting
from owscale.domain.openwebui.environment import default_environment
from owscale.domain.openwebui.read_variables import read_variables, releases_read
from owscale.spec.models import Spec
from tests._support.cases import altered, cases
from tests.domain.openwebui.conftest import REPOSITORY


def spec(tag: str = "v0.12.4", **environment: str) -> Spec:
    """Return the spec with everything, with another image and other variables."""
    deployment = next(case for case in cases() if case.name == "everything").deployments()[0]
    app = altered(deployment.spec.app, image=f"{REPOSITORY}:{tag}", environment=environment)
    return altered(deployment.spec, app=app)


def test_both_files_have_the_same_releases() -> None:
    assert releases_read(FILE) == releases_read()


@pytest.mark.parametrize(
    ("tag", "variable", "setting"),
    [
        ("v0.7.0", "WEBUI_URL", "webui.url"),
        ("v0.9.6", "WEBUI_URL", "webui.url"),
        ("v0.12.4", "WEBUI_URL", "webui.url"),
        ("v0.13.0", "WEBUI_URL", "webui.url"),
        ("main", "WEBUI_URL", "webui.url"),
        ("v0.12.4", "OPENAI_API_KEY", "openai.api_keys"),
        ("v0.12.4", "USER_PERMISSIONS_CHAT_DELETE", "user.permissions"),
        ("v0.12.0", "AUDIO_REALTIME_AUTH_TYPE", None),
        ("v0.12.1", "AUDIO_REALTIME_AUTH_TYPE", "audio.realtime.auth_type"),
        ("v0.12.4", "OAUTH_CLIENT_ID", None),
        ("v0.12.4", "WEBUI_NAME", None),
        ("v0.12.4", "LOG_FORMAT", None),
    ],
)
def test_setting_depends_on_the_release(tag: str, variable: str, setting: str | None) -> None:
    assert seeded_setting(spec(tag), variable) == setting


def test_settings_of_sign_in_follow_their_variables_unless_they_are_kept_too() -> None:
    assert seeded_setting(spec(ENABLE_OAUTH_PERSISTENT_CONFIG="true"), "OAUTH_CLIENT_ID") == "oauth.client_id"


def test_no_setting_is_kept_without_persistent_config() -> None:
    assert seeded_setting(spec(ENABLE_PERSISTENT_CONFIG="false"), "WEBUI_URL") is None


def test_owscale_sets_one_variable_that_only_seeds() -> None:
    """The runbook has a section about it; another such variable needs one too."""
    given = spec()
    assert [name for name in default_environment(given) if seeded_setting(given, name)] == ["WEBUI_URL"]


def test_variables_about_processes_and_connections_have_an_effect() -> None:
    settings = read_variables(FILE)
    assert not settings.keys() & {"DATABASE_URL", "REDIS_URL", "THREAD_POOL_SIZE", "VECTOR_DB", "CORS_ALLOW_ORIGIN"}
