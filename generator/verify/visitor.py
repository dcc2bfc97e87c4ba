"""A user of Open WebUI who visits every task, each through its own session of the load balancer.

Open WebUI's answers do not name their task. But each task writes its static files when it starts
(open_webui/config.py), so their ETag, which has the time of the file, differs between tasks
(https://github.com/encode/starlette/blob/master/starlette/responses.py, `FileResponse`).
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any

from owscale.domain.openwebui import capacity
from owscale.verify.check import CheckError, failed
from owscale.verify.http_client import get, read_json, send, unexpected_status
from owscale.verify.target import Address, Target

if TYPE_CHECKING:
    from owscale.verify.account import Account
    from owscale.verify.socketio_client import SocketIOClient

_STATIC_FILE = "/static/favicon.png"
_STICKINESS_COOKIES = ("AWSALB", "AWSALBCORS")
_SESSIONS_WITHOUT_NEWS = 6
"""Sessions per known task after which another one is not expected: one of N tasks is missed with (1 - 1/N)^6N < 0.3 %,
even where the load balancer chooses at random."""


@dataclass
class Task:
    """A task of the service, and the way to it: its own address, or the cookies that the load balancer set for it."""

    name: str
    target: Target
    cookies: dict[str, str] = field(default_factory=dict)

    def request(
        self, method: str, path: str, token: str = "", body: object = None, content_type: str = "application/json"
    ) -> tuple[int, Any]:
        """Send a request, and return the status and the JSON of the response. Raises CheckError without a response."""
        headers = self.headers(token)
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = content_type
        with send(self.target, method, path, headers, data) as response:
            self.cookies |= _stickiness_cookies(response.headers.get_all("Set-Cookie", []))
            return response.status, read_json(response)

    def headers(self, token: str = "") -> dict[str, str]:
        """Return the headers of a request to this task."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return headers

    def open_socket(self, token: str) -> SocketIOClient:
        """Open a WebSocket to this task as the user. Raises CheckError if it fails."""
        from owscale.verify.socketio_client import SocketIOClient  # noqa: PLC0415 -- an optional dependency

        return SocketIOClient(self.target, self.headers(), token)


@dataclass
class Visitor:
    """The test account, the tasks that it reached, and its data that could not be removed.

    `addresses` are the tasks' own; without any, the load balancer is asked until no other task answers. `model`
    answers the questions of the checks that need one.
    """

    account: Account
    addresses: tuple[Address, ...] = ()
    model: str = ""
    token: str = field(default="", repr=False)
    leftovers: list[tuple[Task, str, str]] = field(default_factory=list)
    sessions: int = 0
    _tasks: list[Task] = field(default_factory=list)

    def find_tasks(self, target: Target) -> list[Task]:
        """Return the tasks that answer, and keep them. Raises CheckError if they all look the same."""
        tasks = self._tasks_at_addresses(target) if self.addresses else self._tasks_behind_load_balancer(target)
        self._tasks = tasks
        return tasks

    def tasks(self) -> list[Task]:
        """Return the tasks that were found."""
        return self._tasks

    def sign_in(self, task: Task) -> str:
        """Return the token of a new session. Raises CheckError if the account is not accepted."""
        account = self.account
        status, body = task.request(
            "POST", "/api/v1/auths/signin", body={"email": account.email, "password": account.password}
        )
        match status, body:
            case 200, {"token": str(token)}:
                return token
            case 429, _:
                raise CheckError(
                    failed("the sign-in of the account is limited (429)", "wait three minutes, and run this again")
                )
            case 200, _:
                raise CheckError(failed("the sign-in needs another step", "choose an account without MFA"))
        raise CheckError(
            failed(
                f"{task.name} does not accept the account ({status})",
                "check the e-mail address and the password; without a sign-in with passwords, give a token",
                is_permanent=True,
            )
        )

    def session_token(self) -> str:
        """Return the token of this run, signed in at the first task."""
        self.token = self.token or self.account.token or self.sign_in(self._tasks[0])
        return self.token

    def remove(self, task: Task, path: str, what: str) -> None:
        """Delete something that a check created; what remains is in `leftovers`."""
        try:
            status, _ = task.request("DELETE", path, self.token)
        except CheckError:
            status = 0
        if status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            self.leftovers.append((task, path, what))

    def close(self) -> list[str]:
        """Remove what remains, end the session, and return what could not be removed."""
        pending, self.leftovers = self.leftovers, []
        for task, path, what in pending:
            self.remove(task, path, what)
        remaining = [f"{what} {path}" for _, path, what in self.leftovers]
        if self.token and not self.account.token:
            try:
                self._tasks[0].request("POST", "/api/v1/auths/signout", self.token, {})
            except CheckError:
                remaining.append("the session of the account")
            self.token = ""
        return remaining

    def _tasks_at_addresses(self, target: Target) -> list[Task]:
        tasks = []
        for address in self.addresses:
            task = Task(str(address), replace(target, address=address, has_credentials=True))
            status, _ = task.request("GET", "/health")
            if status != HTTPStatus.OK:
                raise CheckError(
                    failed(f"{address}: GET /health: {status}", "check the address of the task (`--task`)")
                )
            tasks.append(task)
        return tasks

    def _tasks_behind_load_balancer(self, target: Target) -> list[Task]:
        found: dict[str, Task] = {}
        expected, maximum = capacity.min_tasks(target.spec), capacity.max_tasks(target.spec)
        without_news = self.sessions = 0
        while len(found) < maximum and without_news < _SESSIONS_WITHOUT_NEWS * max(len(found), expected):
            with get(target, _STATIC_FILE) as response:
                if response.status != HTTPStatus.OK:
                    raise CheckError(unexpected_status(target, _STATIC_FILE, response))
                mark, date = response.headers.get("ETag"), response.headers.get("Last-Modified", "")
                cookies = _stickiness_cookies(response.headers.get_all("Set-Cookie", []))
            self.sessions += 1
            if mark is None:
                raise CheckError(
                    failed(
                        f"{_STATIC_FILE} has no ETag: a proxy removes it, and all tasks look the same",
                        "name the address of each task with `--task`",
                        is_permanent=True,
                    )
                )
            if not cookies:
                raise CheckError(failed("the load balancer sets no sticky cookie", "see the check http.sticky"))
            without_news += 1
            if mark not in found:
                to_task = replace(target, has_credentials=True)
                found[mark] = Task(_task_name(date, len(found) + 1), to_task, cookies)
                without_news = 0
        return list(found.values())


def _task_name(date: str, number: int) -> str:
    """Return a name of a task, with the time of its start where that is known."""
    try:
        started = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return f"task {number}"
    return f"task {number} (started at {started:%Y-%m-%d %H:%M:%S} UTC)"


def _stickiness_cookies(headers: list[str]) -> dict[str, str]:
    cookies: dict[str, str] = {}
    for header in headers:
        try:
            parsed = SimpleCookie(header)
        except CookieError:
            continue
        cookies |= {name: morsel.value for name, morsel in parsed.items() if name in _STICKINESS_COOKIES}
    return cookies


def new_name() -> str:
    """Return a unique text that shows where it comes from."""
    return f"owscale-verify-{uuid.uuid4().hex[:12]}"
