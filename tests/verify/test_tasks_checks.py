"""The checks of tasks: they pass on a shared service, and name the task that does not share something."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from owscale.cli.main import main
from owscale.verify import tasks_checks
from tests._support import tasks_server
from tests._support.cases import GOLDEN
from tests._support.tasks_server import EMAIL, PASSWORD, SETTING, Bus, Database, FakeTask, Redis

ALL = {"reached", "release", "sign_in", "database", "messages", "files", "settings", "stop", "background", "sign_out"}
OUTPUTS = {
    "alb_dns_name": "internal-chat.invalid",
    "dashboard_url": "https://console.invalid/",
    "log_group_name": "/ecs/chat",
    "service_name": "chat",
    "target_group_arn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/chat/1",
    "task_definition_arn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/chat:1",
}


class Service:
    """Three tasks, and runs of the checks on them."""

    def __init__(self, folder: Path, tasks: list[FakeTask], url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.tasks, self.url, self._folder, self._capsys = tasks, url, folder, capsys
        outputs = {name: {"sensitive": False, "type": "string", "value": value} for name, value in OUTPUTS.items()}
        (folder / "outputs.json").write_text(json.dumps(outputs))
        self.checks: dict[str, Any] = {}
        self.stderr = ""

    def verify(self, *arguments: str, through_load_balancer: bool = False) -> int:
        """Run the checks once, and keep their results."""
        words = ["verify", "--spec", str(GOLDEN / "minimal/spec.yaml"), "--outputs", str(self._folder / "outputs.json")]
        words += ["--only", "tasks", "--account", "env", "--timeout", "0", "--output-format", "json", *arguments]
        words += ["--address", self.url]
        if not through_load_balancer:
            words += [word for task in self.tasks for word in ("--task", task.url)]
        code = main(words)
        out, self.stderr = self._capsys.readouterr()
        self.checks = {check["name"].partition(".")[2]: check for check in json.loads(out)["checks"]}
        return code

    def names(self, status: str) -> set[str]:
        return {name for name, check in self.checks.items() if check["status"] == status}

    def text(self, name: str) -> str:
        return f"{self.checks[name]['evidence']}; {self.checks[name]['hint']}"


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Service]:
    monkeypatch.setenv("OWSCALE_VERIFY_EMAIL", EMAIL)
    monkeypatch.setenv("OWSCALE_VERIFY_PASSWORD", PASSWORD)
    monkeypatch.delenv("OWSCALE_VERIFY_TOKEN", raising=False)
    monkeypatch.setattr(tasks_checks, "_EVENT_SECONDS", 0.5)
    monkeypatch.setattr(tasks_checks, "_SETTLE_SECONDS", 0.1)
    monkeypatch.setattr(tasks_checks, "_SILENCE_SECONDS", 0.2)
    monkeypatch.setattr(tasks_checks, "_ANSWER_SECONDS", 1)
    with tasks_server.running() as (tasks, url):
        yield Service(tmp_path, tasks, url, capsys)


def test_tasks_that_are_one_service_pass(service: Service) -> None:
    assert service.verify("--model", "a-model") == 0, service.checks
    assert service.names("passed") == ALL
    shared = service.tasks[0]
    assert (shared.database.chats, shared.files, shared.database.settings[SETTING]) == ({}, {}, "Wait.")
    assert len(shared.redis.ended) == 2  # the sessions of tasks.sign_out and of the run


def test_load_balancer_is_asked_until_every_task_answered(service: Service) -> None:
    assert service.verify(through_load_balancer=True) == 0, service.checks
    assert "3 tasks in" in service.text("reached")
    assert "task 3 (started at 2026-03-05 10:00:00 UTC)" in service.text("reached")
    assert service.names("skipped") == {"stop", "background"}


def _set(name: str, value: Any) -> Callable[[FakeTask], None]:
    return lambda task: setattr(task, name, value)


def _copy_of_database(task: FakeTask) -> None:
    task.database = Database()


@pytest.mark.parametrize(
    ("change", "failures", "check", "evidence"),
    [
        (_set("bus", Bus()), {"messages"}, "messages", "compare WEBSOCKET_MANAGER"),
        (_set("key", "another"), {"sign_in"}, "sign_in", "another WEBUI_SECRET_KEY"),
        (_set("database", Database(accounts={})), {"sign_in"}, "sign_in", "another database"),
        (_copy_of_database, {"database", "settings"}, "database", "another database"),
        (_set("files", {}), {"files"}, "files", "another data folder"),
        (_set("redis", Redis()), {"stop", "sign_out"}, "sign_out", "compare REDIS_KEY_PREFIX"),
        (_set("redis", Redis()), {"stop", "sign_out"}, "stop", "compare REDIS_URL and REDIS_KEY_PREFIX"),
    ],
)
def test_task_that_is_apart_is_named(
    service: Service, change: Callable[[FakeTask], None], failures: set[str], check: str, evidence: str
) -> None:
    odd = service.tasks[1]
    change(odd)
    assert service.verify("--model", "a-model") == 1
    assert service.names("failed") == failures, service.checks
    assert evidence in service.text(check)
    assert f"{odd.url} differs from all others" in service.text(check)


def test_first_task_can_be_the_one_apart(service: Service) -> None:
    service.tasks[0].redis = Redis()
    service.verify()
    assert f"{service.tasks[0].url} differs from all others" in service.text("sign_out")


def test_two_tasks_are_both_named(service: Service) -> None:
    service.tasks.pop()
    service.tasks[1].bus = Bus()
    service.verify()
    one, two = service.tasks
    assert f"between {one.url} and {two.url}" in service.text("messages")


def test_another_release_is_named(service: Service) -> None:
    service.tasks[2].version = "0.12.3"
    assert service.verify() == 1
    assert service.names("failed") == {"release"}
    assert f"{service.tasks[2].url}: 0.12.3" in service.text("release")


def test_message_that_arrives_twice_fails(service: Service) -> None:
    service.tasks[0].bus.copies = 2
    assert service.verify() == 1
    assert "more than once" in service.text("messages")


@pytest.mark.parametrize(("titles", "status"), [(0, "warning"), (1, "passed"), (2, "failed")])
def test_title_arrives_once(service: Service, titles: int, status: str) -> None:
    service.tasks[0].titles = titles
    service.verify("--model", "a-model")
    assert service.checks["background"]["status"] == status


def test_unknown_model_is_named(service: Service) -> None:
    assert service.verify("--model", "another") == 1
    assert service.names("failed") == {"stop", "background"}
    assert "does not ask another (400)" in service.text("stop")


def test_user_who_is_no_administrator_changes_no_settings(service: Service) -> None:
    for task in service.tasks:
        task.is_admin = False
    assert service.verify() == 0
    assert "no administrator" in service.text("settings")


def test_what_cannot_be_removed_is_named(service: Service) -> None:
    for task in service.tasks:
        task.refuses_deletion = True
    assert service.verify() == 0
    assert service.stderr.count("not removed: the chat /api/v1/chats/") == len(service.tasks[0].database.chats) == 4


def test_wrong_password_is_not_repeated(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWSCALE_VERIFY_PASSWORD", "wrong")
    assert service.verify() == 1
    assert "does not accept the account (400)" in service.text("sign_in")
    assert sum(task.requests.count("POST /api/v1/auths/signin") for task in service.tasks) == 1


def test_token_in_place_of_a_password(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OWSCALE_VERIFY_PASSWORD")
    monkeypatch.setenv("OWSCALE_VERIFY_TOKEN", f"key|{EMAIL}|given")
    assert service.verify() == 0, service.checks
    assert "stays valid" in service.text("sign_out")
    assert service.tasks[0].redis.ended == set()
    service.tasks[1].key = "another"
    service.verify()
    assert "compare WEBUI_SECRET_KEY and DATABASE_URL" in service.text("sign_in")


def test_one_task_is_compared_with_no_other(service: Service) -> None:
    del service.tasks[1:]
    service.verify()
    assert service.names("failed") == {"reached"}  # the spec has two


def test_tasks_without_etag_cannot_be_told_apart(service: Service) -> None:
    for task in service.tasks:
        task.etag = None
    assert service.verify(through_load_balancer=True) == 1
    assert "no ETag" in service.text("reached")


def test_task_that_is_not_reached_is_reported(service: Service) -> None:
    for task in service.tasks:
        task.etag = '"the same"'
    assert service.verify(through_load_balancer=True) == 1
    assert "1 task in" in service.text("reached")


def test_secrets_are_in_no_output(service: Service) -> None:
    for task in service.tasks[1:]:
        task.key, task.bus = "another", Bus()
    service.verify()
    for secret in (PASSWORD, "key|"):
        assert secret not in json.dumps(service.checks) + service.stderr
