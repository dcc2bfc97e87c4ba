"""The variables that owscale sets, and the values that Open WebUI reads from variables of a spec."""

from collections.abc import Callable

import pytest

from owscale.domain.openwebui import environment, releases
from owscale.spec.models import Spec
from tests.domain.openwebui.conftest import REPOSITORY


@pytest.mark.parametrize(
    ("tag", "missing"),
    [
        ("v0.12.4", set()),
        ("v0.9.0", set()),
        ("v0.8.12", {"REDIS_HEALTH_CHECK_INTERVAL", "REDIS_SOCKET_KEEPALIVE"}),
        (
            "v0.8.3",
            {
                "ENABLE_PIP_INSTALL_FRONTMATTER_REQUIREMENTS",
                "LOG_FORMAT",
                "REDIS_HEALTH_CHECK_INTERVAL",
                "REDIS_SOCKET_KEEPALIVE",
            },
        ),
    ],
)
def test_variables_that_the_image_does_not_support_are_left_out(
    tag: str, missing: set[str], spec_with_app: Callable[..., Spec]
) -> None:
    every_variable = environment.default_environment(spec_with_app(image=f"{REPOSITORY}@sha256:{'0' * 64}"))
    assert every_variable.keys() - environment.default_environment(spec_with_app(tag=tag)).keys() == missing


def test_oldest_release_supports_the_switch_for_migrations(spec_with_app: Callable[..., Spec]) -> None:
    spec = spec_with_app(tag=f"v{releases.OLDEST}")
    assert "ENABLE_DB_MIGRATIONS" in environment.default_environment(spec)


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({}, 45),
        ({"WEBSOCKET_SERVER_PING_INTERVAL": "50"}, 70),
        ({"WEBSOCKET_SERVER_PING_TIMEOUT": "60"}, 85),
        ({"WEBSOCKET_SERVER_PING_INTERVAL": "soon"}, 45),  # open_webui/env.py falls back to its default
    ],
)
def test_websocket_silence_is_ping_interval_plus_timeout(
    variables: dict[str, str], seconds: int, spec_with_app: Callable[..., Spec]
) -> None:
    assert environment.websocket_silence_seconds(spec_with_app(environment=variables)) == seconds


@pytest.mark.parametrize(("value", "seconds"), [("30", 30), ("0", 0), ("-1", 0), ("", 0), ("often", 0)])
def test_redis_health_check_is_off_for_values_that_are_not_positive(
    value: str, seconds: int, spec_with_app: Callable[..., Spec]
) -> None:
    spec = spec_with_app(environment={"REDIS_HEALTH_CHECK_INTERVAL": value})
    assert environment.redis_health_check_seconds(spec) == seconds
