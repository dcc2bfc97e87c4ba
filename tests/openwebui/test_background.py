"""Background work of several processes is done once: due automations and timers of chats."""

import json
import time
from dataclasses import dataclass

import pytest

from owscale.domain.openwebui.known_faults import JUDGED_UNTIL as RELEASE
from tests.openwebui.client import Client
from tests.openwebui.model_server import FAST
from tests.openwebui.programs import wait_for
from tests.openwebui.stack import Process, Stack

pytestmark = pytest.mark.openwebui

_COUNT = 10
_SETTLE_SECONDS = 15
"""Several rounds of both schedulers, in which nothing more may happen."""


@dataclass
class Pair:
    """Two processes of one service, whose schedulers look for due work every second."""

    stack: Stack
    processes: list[Process]
    client: Client

    def questions(self, text: str) -> int:
        """Return how often the model was asked for a streamed answer to a question."""
        return sum(body.get("stream") is True for body in self.stack.models.completions(text))


@pytest.fixture(scope="module")
def pair(stack: Stack) -> Pair:
    stack.create_schema(RELEASE)
    environment = {"SCHEDULER_POLL_INTERVAL": "1", "TIMER_POLL_INTERVAL": "1"}
    processes = [stack.start(name, RELEASE, environment) for name in ("one", "two")]
    client = Client(processes[0].url).sign_in()
    for process in processes:
        Client(process.url, client.token).get("/api/models")
    return Pair(stack, processes, client)


def test_due_automation_runs_once(pair: Pair) -> None:
    """Both processes claim due rows of the table, which PostgreSQL locks (open_webui/models/automations.py)."""
    texts = [f"automation-{number}-of-the-tests" for number in range(_COUNT)]
    for text in texts:
        data = {"prompt": text, "model_id": FAST, "rrule": "RRULE:FREQ=YEARLY"}
        pair.client.post("/api/v1/automations/create", {"name": text, "data": data})
    pair.stack.database.query(f"UPDATE automation SET next_run_at = {time.time_ns()}", "webui")
    wait_for(lambda: all(pair.questions(text) for text in texts), 120, "a run of each automation")
    time.sleep(_SETTLE_SECONDS)
    assert [pair.questions(text) for text in texts] == [1] * _COUNT
    runs = pair.stack.database.query("SELECT automation_id, count(*) FROM automation_run GROUP BY 1", "webui")
    assert [line.partition("|")[2] for line in runs.splitlines()] == ["1"] * _COUNT


def test_due_timer_runs_once(pair: Pair) -> None:
    """A timer is a chat with a time, which a model sets with a tool; here its row is written (utils/timers.py)."""
    texts = [f"timer-{number}-of-the-tests" for number in range(_COUNT)]
    for text in texts:
        parent, _ = pair.client.new_chat(FAST)
        timer, _ = pair.client.new_chat(FAST, text)
        messages = pair.client.get(f"/api/v1/chats/{timer}")["chat"]["history"]["messages"]
        [question] = [identifier for identifier, message in messages.items() if message["role"] == "user"]
        meta = {
            "internal": True,
            "type": "timer",
            "parent_chat_id": parent,
            "status": "pending",
            "timer_model_id": FAST,
            "timer_task_message_id": question,
            "cancel_on": [],
            "run": {"model_id": FAST},
        }
        due = time.time_ns() + 5 * 10**9  # all at once
        sql = f"UPDATE chat SET timer_at = {due}, meta = '{json.dumps(meta)}' WHERE id = '{timer}'"
        pair.stack.database.query(sql, "webui")
    wait_for(lambda: all(pair.questions(text) for text in texts), 120, "an answer to each timer")
    time.sleep(_SETTLE_SECONDS)
    assert [pair.questions(text) for text in texts] == [1] * _COUNT
    pending = "SELECT count(*) FROM chat WHERE meta->>'type' = 'timer' AND meta->>'status' = 'pending'"
    assert pair.stack.database.query(pending, "webui") == "0"
