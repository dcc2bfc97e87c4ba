"""`owscale verify --account` on real processes: what it passes, and each misconfiguration that it finds."""

from collections.abc import Iterator

import pytest

from tests.openwebui.model_server import SLOW
from tests.openwebui.stack import Process, Stack
from tests.openwebui.verification import verify

pytestmark = pytest.mark.openwebui

RELEASE, EARLIER = "0.12.4", "0.12.3"
ALL = {"reached", "release", "sign_in", "database", "messages", "files", "settings", "stop", "background", "sign_out"}


@pytest.fixture(scope="module")
def pair(stack: Stack) -> list[Process]:
    """Two processes of one service. The database `copy` has the same account, and nothing else of it is shared."""
    stack.create_schema(RELEASE)
    stack.database.query("CREATE DATABASE copy TEMPLATE webui")
    one = stack.start("one", RELEASE, should_wait=False)
    two = stack.start("two", RELEASE)
    one.wait_until_healthy()
    return [one, two]


def test_two_processes_are_one_service(stack: Stack, pair: list[Process], capsys: pytest.CaptureFixture[str]) -> None:
    result = verify(stack, capsys, pair, "--model", SLOW)
    assert result.names("passed") == ALL, str(result)
    # One stopped answer, and one word with a title: of two processes, one asked the model for it.
    assert stack.models.ended_early == 1
    assert [body.get("stream") for body in stack.models.completions()].count(False) == 1
    assert stack.database.query("SELECT (SELECT count(*) FROM chat) + (SELECT count(*) FROM file)", "webui") == "0"


def test_load_balancer_is_asked_until_every_task_answered(
    stack: Stack, pair: list[Process], capsys: pytest.CaptureFixture[str]
) -> None:
    result = verify(stack, capsys, (), "--address", stack.start_proxy(pair).url)
    assert result.names("passed") == ALL - {"stop", "background"}, str(result)
    assert "2 tasks in" in result.evidence("reached")
    assert "no model" in result.evidence("stop")


@pytest.fixture
def odd_one(request: pytest.FixtureRequest, stack: Stack, pair: list[Process]) -> Iterator[Process]:
    """Start a third process, with another environment or of another release."""
    assert pair
    name, changes = request.param
    environment = dict(changes)
    release = environment.pop("release", RELEASE)
    if environment.get("DATABASE_URL"):
        environment["DATABASE_URL"] = stack.database.url(environment["DATABASE_URL"])
    if environment.get("DATABASE_URL", "").endswith("empty"):
        stack.database.create("empty")
        environment["ENABLE_DB_MIGRATIONS"] = "true"
    folder = environment.pop("folder", None)
    if "REDIS_URL" in environment:
        redis = stack.new_redis("other-redis")
        redis.start()
        environment |= {"REDIS_URL": redis.url, "WEBSOCKET_REDIS_URL": redis.url}
    process = stack.start(f"odd-{name}", release, environment, data=stack.folder / folder if folder else None)
    yield process
    stack.stop(process)


@pytest.mark.parametrize(
    ("odd_one", "failed_checks", "check", "evidence"),
    [
        (("manager", {"WEBSOCKET_MANAGER": None}), {"messages"}, "messages", "compare WEBSOCKET_MANAGER"),
        (("key", {"WEBUI_SECRET_KEY": "another-key-of-one-task"}), {"sign_in"}, "sign_in", "another WEBUI_SECRET_KEY"),
        (("database", {"DATABASE_URL": "empty"}), {"sign_in"}, "sign_in", "another database"),
        (("copy", {"DATABASE_URL": "copy"}), {"database", "files", "settings"}, "database", "another database"),
        (("folder", {"folder": "other-data"}), {"files"}, "files", "another data folder"),
        (("prefix", {"REDIS_KEY_PREFIX": "other"}), {"sign_out", "stop"}, "sign_out", "compare REDIS_KEY_PREFIX"),
        (("redis", {"REDIS_URL": "other"}), {"messages", "sign_out", "stop"}, "sign_out", "different Redis"),
        (("release", {"release": EARLIER}), {"release"}, "release", f": {EARLIER}"),
    ],
    indirect=["odd_one"],
    ids=["manager", "key", "database", "copy", "folder", "prefix", "redis", "release"],
)
def test_one_task_apart_is_named(
    stack: Stack,
    pair: list[Process],
    odd_one: Process,
    failed_checks: set[str],
    check: str,
    evidence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # No health check finds any of them.
    assert (odd_one.status("/health"), odd_one.status("/ready")) == (200, 200)
    result = verify(stack, capsys, [*pair, odd_one], "--model", SLOW)
    assert result.code == 1
    assert result.names("failed") == failed_checks, str(result)
    assert evidence in result.evidence(check)
    assert odd_one.url in result.evidence(check)
    if check != "release":
        assert f"{odd_one.url} differs from all others" in result.evidence(check)
