"""Users who write and read without a pause: their waits, errors and rows."""

import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from tests.openwebui.client import Client, StatusError
from tests.openwebui.model_server import FAST
from tests.openwebui.programs import wait_for
from tests.openwebui.stack import Database, Process

_PAGES = {
    "models": "/api/models",
    "account": "/api/v1/auths/",
    "settings": "/api/config",
    "memories": "/api/v1/memories/",
    "prompts": "/api/v1/prompts/",
    "tools": "/api/v1/tools/",
    "knowledge": "/api/v1/knowledge/",
    "groups": "/api/v1/groups/",
    "channels": "/api/v1/channels/",
}
"""Lists that read the tables that migrations change."""

_SIGN_IN_SECONDS = 15
"""Open WebUI refuses more than 15 sign-ins of one account in 180 s (open_webui/routers/auths.py)."""
_REQUEST_SECONDS = 120
_ROUND_SECONDS = 180


@dataclass
class User(Client):
    """A client that signs in again from time to time."""

    account: dict[str, str] = field(default_factory=dict)
    signed_in_at: float = 0


@dataclass
class Writers:
    """The requests of the writers. `acknowledged` has, by table, the IDs of rows whose request succeeded."""

    clients: list[User]
    rounds: list[int] = field(default_factory=list)
    waits: list[tuple[float, float, str]] = field(default_factory=list)
    """When a request began (monotonic), how long it took, and which one it was."""
    errors: list[str] = field(default_factory=list)
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _end: threading.Event = field(default_factory=threading.Event)

    def longest_wait(self, since: float) -> float:
        """Return the longest time that a request took which ended after a moment."""
        return round(max((seconds for began, seconds, _ in self.waits if began + seconds >= since), default=0), 2)

    def wait_for_rounds(self, count: int) -> None:
        """Wait until every writer has finished more rounds."""
        goals = [done + count for done in self.rounds]
        wait_for(
            lambda: all(done >= goal for done, goal in zip(self.rounds, goals, strict=True)), _ROUND_SECONDS, "rounds"
        )

    def lost_rows(self, database: Database, name: str) -> int:
        """Return how many rows of successful requests the database does not have."""
        lost = 0
        for table, identifiers in self.acknowledged.items():
            values = ", ".join(f"('{identifier}')" for identifier in identifiers)
            sql = f'SELECT count(*) FROM (VALUES {values}) AS v (id) WHERE id NOT IN (SELECT id FROM "{table}")'
            lost += int(database.query(sql, name, 300))
        return lost

    def _work(self, number: int) -> None:
        client = self.clients[number]
        while not self._end.is_set():
            self._round(client)
            self.rounds[number] += 1

    def _round(self, client: User) -> None:
        mark = uuid.uuid4().hex[:8]
        chat: list[str] = []

        def new_chat() -> None:
            chat.append(client.new_chat(FAST)[0])
            self._keep("chat", chat[0])

        def change_chat() -> None:
            content = client.get(f"/api/v1/chats/{chat[0]}")["chat"]
            client.post(f"/api/v1/chats/{chat[0]}", {"chat": {**content, "title": f"Changed {mark}"}})

        def new_note() -> None:
            self._keep("note", client.post("/api/v1/notes/create", {"title": mark, "data": {}})["id"])

        self._try("new chat", new_chat)
        if chat:
            self._try("read chat", lambda: client.get(f"/api/v1/chats/{chat[0]}"))
            self._try("change chat", change_chat)
        self._try("list", lambda: client.get("/api/v1/chats/?page=1"))
        form = {"name": f"Folder {mark}"}
        self._try("new folder", lambda: self._keep("folder", client.post("/api/v1/folders/", form)["id"]))
        self._try("folders", lambda: client.get("/api/v1/folders/"))
        self._try("new note", new_note)
        self._try("new file", lambda: self._keep("file", client.upload(f"{mark}.txt", b"Text")))
        if time.monotonic() - client.signed_in_at > _SIGN_IN_SECONDS:
            self._try("sign in", lambda: client.sign_in(client.account))
            client.signed_in_at = time.monotonic()
        for name, path in _PAGES.items():
            self._try(name, partial(client.get, path))

    def _keep(self, table: str, identifier: str) -> None:
        with self._lock:
            self.acknowledged.setdefault(table, []).append(identifier)

    def _try(self, name: str, call: Callable[[], object]) -> None:
        began = time.monotonic()
        try:
            call()
        except (StatusError, OSError, KeyError) as error:
            with self._lock:
                self.errors.append(f"{name}: {type(error).__name__} {error}"[:200])
        with self._lock:
            self.waits.append((began, time.monotonic() - began, name))


def new_accounts(admin: Client, number: int) -> list[User]:
    """Return signed-in clients of new users."""
    users = []
    for _ in range(number):
        account = {
            "name": "Writer",
            "email": f"{uuid.uuid4().hex[:10]}@example.com",
            "password": f"aA1-{secrets.token_urlsafe(12)}",
        }
        admin.post("/api/v1/auths/add", {**account, "role": "user", "profile_image_url": "/user.png"})
        user = User(admin.url, timeout_seconds=_REQUEST_SECONDS, account=account)
        user.sign_in(account)
        users.append(user)
    return users


@contextmanager
def writing(clients: list[User]) -> Iterator[Writers]:
    """Have each client write and read in rounds until the end of the context."""
    writers = Writers(clients, [0] * len(clients))
    threads = [threading.Thread(target=writers._work, args=(number,), daemon=True) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        writers._end.set()
        for thread in threads:
            thread.join(_ROUND_SECONDS)


def through(process: Process, user: User) -> User:
    """Return the same user at another process."""
    return replace(user, url=process.url)
