"""Checks that the tasks are one service: an action through one task has its effect through every other.

They sign in as a test account, and remove all that they create. The paths are those of open_webui/main.py and
open_webui/routers/ in the packages of the oldest supported release and of 0.12.4.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import Any

from owscale.console.text import plural
from owscale.domain.openwebui import capacity
from owscale.verify.check import Check, CheckError, Outcome, failed, passed, skipped, warning
from owscale.verify.socketio_client import SocketIOClient
from owscale.verify.target import Target
from owscale.verify.visitor import Task, Visitor, new_name

_EVENT_SECONDS = 8
_SETTLE_SECONDS = 1
_SILENCE_SECONDS = 2
"""An answer without a piece for this time has ended."""

_SEVERAL = 2
"""Tasks of which one can be compared with another."""

_PIECES = ("chat:completion", "response:completion")
"""Events with a piece of an answer, in older and in newer releases."""

_ANSWER_SECONDS = 20
_SETTING = "PENDING_USER_OVERLAY_CONTENT"
"""A setting that only users see whom no administrator has accepted yet. The check adds a space to it for a moment."""

_ADMIN_CONFIG = "/api/v1/auths/admin/config"

Pairs = dict[tuple[int, int], bool]
"""Whether an action through the first task had its effect through the second, by the numbers of both."""


def reached(target: Target) -> Outcome:
    """Check that the tasks can be distinguished, and that several of them answer."""
    visitor = _visitor(target)
    tasks = visitor.find_tasks(target)
    names = ", ".join(task.name for task in tasks)
    if visitor.addresses:
        evidence = f"{plural(len(tasks), 'task')} at the addresses of --task: {names}"
    else:
        evidence = f"{plural(len(tasks), 'task')} in {visitor.sessions} sessions through {target.address}: {names}"
    expected = capacity.min_tasks(target.spec)
    if len(tasks) < min(expected, 2):
        return failed(evidence, "see the checks service.tasks and targets.healthy")
    if len(tasks) == 1:
        return passed(f"{evidence}; the other checks of tasks need a second one")
    if not visitor.addresses and len(tasks) < expected:
        missing = expected - len(tasks)
        return warning(
            f"{evidence}; {missing} of at least {expected} not reached, and not checked",
            "see the checks service.tasks and targets.healthy",
        )
    return passed(evidence)


def release(target: Target) -> Outcome:
    """Check that all tasks run the same release."""
    tasks = _tasks(target)
    versions = [_version(task) for task in tasks]
    named = [f"{task.name}: {version}" for task, version in zip(tasks, versions, strict=True)]
    if len(set(versions)) == 1:
        return passed(f"every task runs {versions[0]}")
    return failed(
        f"the tasks run different releases: {', '.join(named)}",
        "wait for the end of the deployment; see the check service.deployment",
    )


def sign_in(target: Target) -> Outcome:
    """Check that a session of one task holds in the others; the cause of a failure follows from a second sign-in."""
    visitor, tasks = _visitor(target), _tasks(target)
    token = visitor.session_token()
    statuses = {number: task.request("GET", "/api/v1/auths/", token)[0] for number, task in enumerate(tasks)}
    if all(status == HTTPStatus.OK for status in statuses.values()):
        return passed(f"a session of {tasks[0].name} holds in {_others(tasks)}")
    refused = {number for number, status in statuses.items() if status != HTTPStatus.OK}
    if 0 in refused:
        return failed(f"{tasks[0].name} refuses the token of the account", "give a new token, or check the account")
    pairs = {(0, number): number not in refused for number in statuses if number}
    place = _place(tasks, pairs)
    if not visitor.account.password:
        return failed(
            f"the session does not hold everywhere: {place}",
            "compare WEBUI_SECRET_KEY and DATABASE_URL of the tasks",
        )
    if _accepts_account(visitor, tasks[min(refused)]):
        return failed(
            f"another WEBUI_SECRET_KEY: {place}; each signs the account in, but not with a session of the other",
            "give all tasks one key, and replace the tasks that started with another",
            is_permanent=True,
        )
    return failed(
        f"another database: {place}; the account exists in one of them only",
        "compare DATABASE_URL of the tasks, and replace those that started with another",
        is_permanent=True,
    )


def database(target: Target) -> Outcome:
    """Check that a chat that is created through one task is read through the others."""
    visitor, tasks = _visitor(target), _tasks(target)
    token = visitor.session_token()
    pairs: Pairs = {}
    for number, task in enumerate(tasks):
        with _chat(visitor, task) as chat:
            for other, reader in _other_tasks(tasks, number):
                status, _ = reader.request("GET", f"/api/v1/chats/{chat}", token)
                pairs[number, other] = status == HTTPStatus.OK
    if all(pairs.values()):
        return passed("a chat that one task saves is read through every other")
    return failed(
        f"a chat is missing: another database: {_place(tasks, pairs)}",
        "compare DATABASE_URL of the tasks, and replace those that started with another",
        is_permanent=True,
    )


def messages(target: Target) -> Outcome:
    """Check that a message that is sent through one task reaches the WebSockets of the others, each once."""
    visitor, tasks = _visitor(target), _tasks(target)
    token = visitor.session_token()
    names = [new_name() for _ in tasks]
    with _chat(visitor, tasks[0]) as chat, _sockets(tasks, token) as sockets:
        started = time.monotonic()
        for name, task in zip(names, tasks, strict=True):
            body = {"type": "owscale:verify", "data": {"name": name}}
            _require(task, "POST", f"/api/v1/chats/{chat}/messages/{name}/event", token, body)
        counts, seconds = _count_messages(sockets, names, started)
    pairs = {
        (sender, receiver): counts[receiver][name] == 1
        for sender, name in enumerate(names)
        for receiver, _ in enumerate(tasks)
        if sender != receiver
    }
    repeated = [f"{tasks[number].name}" for number, count in enumerate(counts) if max(count.values()) > 1]
    if repeated:
        return failed(
            f"a message arrives more than once at {', '.join(repeated)}",
            "compare WEBSOCKET_MANAGER of the tasks",
        )
    if all(pairs.values()):
        return passed(
            f"a message through one task reaches the WebSockets of every other, within {seconds * 1000:.0f} ms"
        )
    return failed(
        f"messages do not cross: {_place(tasks, pairs)}",
        "compare WEBSOCKET_MANAGER and WEBSOCKET_REDIS_URL of the tasks; "
        "if tasks.sign_out fails too, they use different Redis: compare REDIS_URL",
    )


def files(target: Target) -> Outcome:
    """Check that a file that is uploaded through one task is read through the others."""
    visitor, tasks = _visitor(target), _tasks(target)
    token = visitor.session_token()
    pairs: Pairs = {}
    for number, task in enumerate(tasks):
        with _file(visitor, task) as file:
            for other, reader in _other_tasks(tasks, number):
                status, body = reader.request("GET", f"/api/v1/files/{file}/content", token)
                pairs[number, other] = status == HTTPStatus.OK and body == {"owscale": "verify"}
    if all(pairs.values()):
        return passed("a file that one task stores is read through every other")
    return failed(
        f"a file is missing: another data folder: {_place(tasks, pairs)}",
        "check that each task mounts existing.files at /app/backend/data, or that all have the same STORAGE_PROVIDER",
    )


def settings(target: Target) -> Outcome:
    """Check that the others see a change of the settings; it is a space in a text, and is reverted."""
    visitor, tasks = _visitor(target), _tasks(target)
    token = visitor.session_token()
    status, before = tasks[0].request("GET", _ADMIN_CONFIG, token)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return skipped("the account is no administrator, and only administrators change settings")
    if status != HTTPStatus.OK or not isinstance(before, dict) or _SETTING not in before:
        return failed(f"GET {_ADMIN_CONFIG}: {status}, without {_SETTING}", f"read the log: `{target.log_command}`")
    value = before[_SETTING]
    changed = f"{value or ''} "
    try:
        _require(tasks[0], "POST", _ADMIN_CONFIG, token, {**before, _SETTING: changed})
        pairs = {(0, number): _has_setting(task, token, changed) for number, task in _other_tasks(tasks, 0)}
    finally:
        _, latest = tasks[0].request("GET", _ADMIN_CONFIG, token)
        _require(tasks[0], "POST", _ADMIN_CONFIG, token, {**(latest or before), _SETTING: value})
    if all(pairs.values()):
        return passed("a change of the settings through one task is seen through every other")
    return failed(
        f"a change of the settings is not seen: {_place(tasks, pairs)}",
        "compare REDIS_URL, REDIS_KEY_PREFIX and ENABLE_PERSISTENT_CONFIG of the tasks",
    )


def stop(target: Target) -> Outcome:
    """Check that a stop through another task ends an answer that is being streamed."""
    visitor, tasks = _visitor(target), _tasks(target)
    if not visitor.model:
        return skipped("no model: `--model NAME` has the checks ask for answers, which may cost money")
    token = visitor.session_token()
    pairs: Pairs = {}
    with _sockets(tasks[:1], token) as (socket,):
        for number, task in _other_tasks(tasks, 0):
            with _chat(visitor, tasks[0], visitor.model) as chat:
                _ask(visitor, chat, socket, "Write the numbers from 1 to 2000, each on a line of its own.")
                _await_piece(socket, chat)
                _request_stop(task, chat, token)
                pairs[0, number] = _falls_silent(socket, chat)
                if not pairs[0, number]:
                    _request_stop(tasks[0], chat, token)
    if all(pairs.values()):
        return passed(f"a stop through every other task ends an answer of {visitor.model}")
    return failed(
        f"a stop does not arrive: {_place(tasks, pairs)}",
        "compare REDIS_URL and REDIS_KEY_PREFIX of the tasks",
        is_permanent=True,  # another attempt costs more answers
    )


def background(target: Target) -> Outcome:
    """Check that the title of a new chat is generated once, and that the page of every task learns of it."""
    visitor, tasks = _visitor(target), _tasks(target)
    if not visitor.model:
        return skipped("no model: `--model NAME` has the checks ask for answers, which may cost money")
    token = visitor.session_token()
    with _chat(visitor, tasks[0], visitor.model) as chat, _sockets(tasks, token) as sockets:
        _ask(visitor, chat, sockets[0], "Answer with one word.")
        end = time.monotonic() + _ANSWER_SECONDS
        counts = [0] * len(tasks)
        while time.monotonic() < end and not all(counts):
            for number, socket in enumerate(sockets):
                counts[number] += sum(_is_event(event, chat, ("chat:title",)) for event in _events(socket, 0.2))
        for number, socket in enumerate(sockets):
            counts[number] += sum(_is_event(event, chat, ("chat:title",)) for event in _events(socket, _SETTLE_SECONDS))
    if not any(counts):
        return warning(
            f"no title within {_ANSWER_SECONDS} s: titles are off, or the model gives none",
            "check the task model in the settings of Open WebUI",
            is_permanent=True,
        )
    if set(counts) == {1}:
        return passed("the title of a new chat was generated once, and every task sent it")
    return failed(
        f"titles that arrived, by task: {', '.join(map(str, counts))}; one each is correct",
        "see the check tasks.messages",
        is_permanent=True,
    )


def sign_out(target: Target) -> Outcome:
    """Check that a session that ends through one task ends in the others. It needs Redis and the same key prefix."""
    visitor, tasks = _visitor(target), _tasks(target)
    if not visitor.account.password:
        return skipped("the account is a token, which stays valid")
    token = visitor.sign_in(tasks[0])
    _require(tasks[0], "POST", "/api/v1/auths/signout", token, {})
    pairs = {(0, number): _refuses(task, token) for number, task in _other_tasks(tasks, 0)}
    if all(pairs.values()):
        return passed("a session that ends through one task ends in every other")
    return failed(
        f"a session that was ended goes on: {_place(tasks, pairs)}",
        "compare REDIS_KEY_PREFIX and REDIS_URL of the tasks; if tasks.messages fails too, they use different Redis",
        is_permanent=True,  # sign-ins are limited
    )


def _visitor(target: Target) -> Visitor:
    if target.visitor is None:
        raise RuntimeError("a check of tasks without an account")  # the command requires --account
    return target.visitor


def _tasks(target: Target) -> list[Task]:
    tasks = _visitor(target).tasks()
    if len(tasks) < _SEVERAL:
        raise CheckError(skipped("one task: there is no other to compare it with"))
    return tasks


def _other_tasks(tasks: list[Task], number: int) -> Iterator[tuple[int, Task]]:
    return ((other, task) for other, task in enumerate(tasks) if other != number)


def _others(tasks: list[Task]) -> str:
    return f"the other {plural(len(tasks) - 1, 'task')}" if len(tasks) > _SEVERAL else tasks[1].name


def _place(tasks: list[Task], pairs: Mapping[tuple[int, int], bool]) -> str:
    """Return the task that differs: all pairs with it failed, and no others. Without such a task, return the pairs."""
    broken = dict.fromkeys(tuple(sorted(pair)) for pair, result in pairs.items() if not result)
    without_success = [
        number for number in range(len(tasks)) if not any(result for pair, result in pairs.items() if number in pair)
    ]
    in_every_failure = [number for number in without_success if all(number in pair for pair in broken)]
    for suspects in (without_success, in_every_failure):
        if len(suspects) == 1:
            return f"{tasks[suspects[0]].name} differs from all others"
    return "; ".join(f"between {tasks[one].name} and {tasks[other].name}" for one, other in broken)


def _version(task: Task) -> str:
    status, body = task.request("GET", "/api/version")
    match status, body:
        case 200, {"version": str(version)}:
            return version
    raise CheckError(failed(f"{task.name}: GET /api/version: {status}", "see the check http.health"))


def _accepts_account(visitor: Visitor, task: Task) -> bool:
    try:
        visitor.sign_in(task)
    except CheckError as error:
        if error.outcome.is_permanent:
            return False
        raise
    return True


def _require(task: Task, method: str, path: str, token: str, body: object = None) -> Any:
    status, answer = task.request(method, path, token, body)
    if status != HTTPStatus.OK:
        raise CheckError(failed(f"{task.name}: {method} {path}: {status}", "read the log of the task"))
    return answer


@contextmanager
def _chat(visitor: Visitor, task: Task, model: str = "") -> Iterator[str]:
    """Create a chat through a task, and delete it at the end."""
    chat = {"title": new_name(), "models": [model] if model else [], "history": {"messages": {}, "currentId": None}}
    answer = _require(task, "POST", "/api/v1/chats/new", visitor.session_token(), {"chat": chat})
    identifier = str(answer["id"])
    try:
        yield identifier
    finally:
        visitor.remove(task, f"/api/v1/chats/{identifier}", "the chat")


@contextmanager
def _file(visitor: Visitor, task: Task) -> Iterator[str]:
    """Upload a file through a task, and delete it at the end."""
    boundary = name = new_name()
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}.txt"\r\n'
    form = f'{head}Content-Type: text/plain\r\n\r\n{{"owscale": "verify"}}\r\n--{boundary}--\r\n'.encode()
    status, answer = task.request(
        "POST",
        "/api/v1/files/?process=false",
        visitor.session_token(),
        form,
        f"multipart/form-data; boundary={boundary}",
    )
    match status, answer:
        case 200, {"id": str(identifier)}:
            pass
        case _:
            raise CheckError(
                failed(
                    f"{task.name} does not store a file ({status})",
                    "check the data folder, and that the account may upload files",
                )
            )
    try:
        yield identifier
    finally:
        visitor.remove(task, f"/api/v1/files/{identifier}", "the file")


@contextmanager
def _sockets(tasks: list[Task], token: str) -> Iterator[list[SocketIOClient]]:
    with ExitStack() as stack:
        sockets = []
        for task in tasks:
            socket = task.open_socket(token)
            stack.callback(socket.close)
            sockets.append(socket)
        yield sockets


def _events(socket: SocketIOClient, seconds: float) -> Iterator[Any]:
    """Yield the events until none arrives for some time, at most ten times as long."""
    end = time.monotonic() + 10 * seconds
    while time.monotonic() < end and (event := socket.receive(seconds)) is not None:
        yield event


def _count_messages(
    sockets: list[SocketIOClient], names: list[str], started: float
) -> tuple[list[dict[str, int]], float]:
    """Return how often each message arrived at each socket, and the time until the last one."""
    counts: list[dict[str, int]] = [dict.fromkeys(names, 0) for _ in sockets]
    seconds = 0.0
    for socket, count in zip(sockets, counts, strict=True):
        while not all(count.values()) and time.monotonic() - started < _EVENT_SECONDS:
            seconds = max(seconds, _count(socket, count, 0.2, started))
    for socket, count in zip(sockets, counts, strict=True):
        _count(socket, count, 0.2, started)
    return counts, seconds


def _count(socket: SocketIOClient, count: dict[str, int], seconds: float, started: float) -> float:
    latest = 0.0
    for event in _events(socket, seconds):
        match event:
            case ["events", {"message_id": str(name)}] if name in count:
                count[name] += 1
                latest = time.monotonic() - started
    return latest


def _is_event(event: Any, chat: str, kinds: Iterable[str]) -> bool:
    match event:
        case ["events", {"chat_id": str(identifier), "data": {"type": str(kind)}}]:
            return identifier == chat and kind in kinds
    return False


def _await_piece(socket: SocketIOClient, chat: str) -> None:
    """Wait for the first piece of an answer. Raises CheckError if none arrives."""
    end = time.monotonic() + _ANSWER_SECONDS
    while (remaining := end - time.monotonic()) > 0:
        if _is_event(socket.receive(remaining), chat, _PIECES):
            return
    raise CheckError(
        failed(f"no answer within {_ANSWER_SECONDS:g} s", "check the model of `--model`", is_permanent=True)
    )


def _falls_silent(socket: SocketIOClient, chat: str) -> bool:
    """Whether the pieces of an answer end. That a task reports the end is no proof.

    A task that finds no task to stop in Redis reports it too, while the answer goes on (0.12.4, open_webui/main.py).
    """
    now = time.monotonic()
    end, latest = now + _EVENT_SECONDS, now
    while (now := time.monotonic()) < end:
        if now - latest > _SILENCE_SECONDS:
            return True
        if _is_event(socket.receive(_SILENCE_SECONDS), chat, _PIECES):
            latest = time.monotonic()
    return False


def _ask(visitor: Visitor, chat: str, socket: SocketIOClient, question: str) -> None:
    """Ask the model in a chat, as the page does; its answer and a title arrive at the WebSockets of the user."""
    task = visitor.tasks()[0]
    token, one, two = visitor.session_token(), new_name(), new_name()
    text = {"id": one, "parentId": None, "childrenIds": [two], "role": "user", "content": question}
    answer = {"id": two, "parentId": one, "childrenIds": [], "role": "assistant", "content": "", "model": visitor.model}
    messages = {one: {**text, "models": [visitor.model]}, two: answer}
    body = {"chat": {"title": new_name(), "history": {"messages": messages, "currentId": two}}}
    _require(task, "POST", f"/api/v1/chats/{chat}", token, body)
    request = {
        "model": visitor.model,
        "messages": [{"role": "user", "content": question}],
        "stream": True,
        "chat_id": chat,
        "id": two,
        "session_id": socket.id,
        "background_tasks": {"title_generation": True},
    }
    status, _ = task.request("POST", "/api/chat/completions", token, request)
    if status != HTTPStatus.OK:
        raise CheckError(
            failed(
                f"{task.name} does not ask {visitor.model} ({status})",
                "name a model of GET /api/models that the account may use (`--model`)",
                is_permanent=True,
            )
        )


def _request_stop(task: Task, chat: str, token: str) -> None:
    """Stop the answers of a chat: by the chat, or, in older releases, by the task IDs of the chat."""
    status, _ = task.request("POST", f"/api/tasks/chat/{chat}/stop", token, {})
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        _, answer = task.request("GET", f"/api/tasks/chat/{chat}", token)
        for identifier in answer.get("task_ids", []) if isinstance(answer, dict) else []:
            task.request("POST", f"/api/tasks/stop/{identifier}", token, {})


def _has_setting(task: Task, token: str, value: str) -> bool:
    def read() -> bool:
        _, answer = task.request("GET", _ADMIN_CONFIG, token)
        return isinstance(answer, dict) and answer.get(_SETTING) == value

    return _becomes_true(read)


def _refuses(task: Task, token: str) -> bool:
    return _becomes_true(lambda: task.request("GET", "/api/v1/auths/", token)[0] == HTTPStatus.UNAUTHORIZED)


def _becomes_true(condition: Callable[[], bool]) -> bool:
    """Whether a condition holds within some seconds."""
    end = time.monotonic() + _EVENT_SECONDS
    while not (holds := condition()) and time.monotonic() < end:
        time.sleep(0.25)
    return holds


CHECKS = (
    Check("tasks.reached", reached),
    Check("tasks.release", release, requires="tasks.reached"),
    Check("tasks.sign_in", sign_in, requires="tasks.reached"),
    Check("tasks.database", database, requires="tasks.sign_in"),
    Check("tasks.messages", messages, requires="tasks.database"),
    Check("tasks.files", files, requires="tasks.sign_in"),
    Check("tasks.settings", settings, requires="tasks.sign_in"),
    Check("tasks.stop", stop, requires="tasks.database"),
    Check("tasks.background", background, requires="tasks.messages"),
    Check("tasks.sign_out", sign_out, requires="tasks.sign_in"),
)
