"""Images: which release they are of, and what follows from it."""

import pytest

from generator.facts import openwebui, releases
from generator.model import Spec
from tests.cases import altered, cases

REPOSITORY = "ghcr.io/open-webui/open-webui"


def spec(image: str, **app: object) -> Spec:
    minimal = next(case for case in cases() if case.name == "minimal").deployments()[0].spec
    changed = altered(minimal.app, image=image, **app)
    return altered(minimal, app=changed)


@pytest.mark.parametrize(
    ("image", "release"),
    [
        (f"{REPOSITORY}:v0.12.4", "0.12.4"),
        (f"{REPOSITORY}:0.12.4", "0.12.4"),
        (f"{REPOSITORY}:v0.12.4-slim", "0.12.4"),
        (f"{REPOSITORY}:v0.12.4@sha256:{'0' * 64}", "0.12.4"),
        ("registry.example.com:5000/open-webui:v0.8.3", "0.8.3"),
        ("registry.example.com:5000/open-webui", None),
        (f"{REPOSITORY}@sha256:{'0' * 64}", None),
        (f"{REPOSITORY}:main", None),
        (f"{REPOSITORY}:v0.12", None),
    ],
)
def test_release(image: str, release: str | None) -> None:
    assert releases.release(image) == release


def test_numbers_not_letters_are_compared() -> None:
    assert releases.older("0.9.6", "0.12.0")
    assert not releases.older("0.12.0", "0.9.6")
    assert not releases.older("0.7.0", "0.7.0")


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
def test_an_image_gets_no_variable_that_it_does_not_know(tag: str, missing: set[str]) -> None:
    whole = openwebui.environment(spec(f"{REPOSITORY}@sha256:{'0' * 64}"))
    assert whole.keys() - openwebui.environment(spec(f"{REPOSITORY}:{tag}")).keys() == missing


def test_the_oldest_release_can_be_kept_from_migrating() -> None:
    assert "ENABLE_DB_MIGRATIONS" in openwebui.environment(spec(f"{REPOSITORY}:v{releases.OLDEST}"))


@pytest.mark.parametrize(
    ("environment", "silence"),
    [
        ({}, 45),
        ({"WEBSOCKET_SERVER_PING_INTERVAL": "50"}, 70),
        ({"WEBSOCKET_SERVER_PING_TIMEOUT": "60"}, 85),
        ({"WEBSOCKET_SERVER_PING_INTERVAL": "soon"}, 45),  # as open_webui/env.py takes it
    ],
)
def test_silence(environment: dict[str, str], silence: int) -> None:
    assert openwebui.silence_seconds(spec(f"{REPOSITORY}:v0.12.4", environment=environment)) == silence


@pytest.mark.parametrize(("written", "seconds"), [("30", 30), ("0", 0), ("-1", 0), ("", 0), ("often", 0)])
def test_redis_health_check(written: str, seconds: int) -> None:
    changed = spec(f"{REPOSITORY}:v0.12.4", environment={"REDIS_HEALTH_CHECK_INTERVAL": written})
    assert openwebui.redis_health_check_seconds(changed) == seconds
