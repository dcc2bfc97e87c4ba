"""A visit of an administrator and a user to a process: their requests, and which of them fail.

The requests are those of the front end, from 0.7.0 on. Where releases differ, a step tries the forms of all of them. A
step whose endpoint does not exist in a release is not applicable.
"""

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.openwebui.client import Client, StatusError
from tests.openwebui.model_server import FAST
from tests.openwebui.stack import Process

Kind = Literal["reads", "writes"]

_DATABASE_ERROR = re.compile(r"\((?:psycopg2?|asyncpg)\S*?\.(\w+)\) ((?:\\\"|[^\n\\\[])+)")
_REPLACED = re.compile("AdminShutdown|InvalidCatalogName|OperationalError: connection failed")
"""Errors of a process while the measurement puts another database in the place of its own."""
_ANSWER_SECONDS = 20
_MISSING_STATUS = 405  # of the static files that every unknown path falls through to (open_webui/main.py)
_TOOL = '''class Tools:
    def add(self, one: int, two: int) -> int:
        """Add two numbers."""
        return one + two
'''
_FUNCTION = """class Filter:
    def inlet(self, body: dict) -> dict:
        return body
"""


class MissingEndpointError(Exception):
    """An endpoint that a release does not have."""


class WrongContentError(Exception):
    """An answer without the text that was written."""


@dataclass
class Written:
    """Objects that a visit wrote: by kind, its ID and a text that reading it must show."""

    release: str
    objects: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class Visit:
    """The steps of a visit: each has a kind and an error, which is empty for success."""

    process: Process
    steps: dict[str, tuple[Kind, str]] = field(default_factory=dict)
    written: Written = field(default_factory=lambda: Written(""))
    log_errors: list[str] = field(default_factory=list)

    def failed(self, kind: Kind) -> dict[str, str]:
        """Return the failed steps of a kind, with their errors."""
        return {name: error for name, (its, error) in self.steps.items() if its == kind and error}

    @property
    def all_failed(self) -> dict[str, str]:
        """All failed steps, with their errors."""
        return {name: error for name, (_, error) in self.steps.items() if error}

    @contextmanager
    def step(self, kind: Kind, name: str) -> Iterator[None]:
        """Keep whether the requests of a step succeed; nothing for an endpoint that the release does not have."""
        log = self.process.program.log
        start = log.stat().st_size
        try:
            yield
        except MissingEndpointError:
            return
        except StatusError as error:
            path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27,}", "{id}", str(error).split(":")[0])
            path = re.sub(r"(of|two)[_-]?[0-9a-f]{8}", "{id}", path).split("?")[0]
            time.sleep(0.2)  # the log is written by a thread
            reasons = database_errors(_text(log.read_bytes()[start:]))
            reason = reasons[-1] if reasons else _first_line(_plain(str(error).partition(": ")[2]))
            self.steps[name] = kind, f"{path}: {error.status} {reason}" if reasons else f"{path}: {reason}"
        except WrongContentError as error:
            self.steps[name] = kind, f"{name}: {error}"
        except KeyError as error:
            if isinstance(error.args[0], _Absent):
                return  # another step has the error
            self.steps[name] = kind, f"{name}: the answer has no {error}"
        except (OSError, TimeoutError) as error:
            self.steps[name] = kind, f"{name}: {type(error).__name__}"
        else:
            self.steps[name] = kind, ""


class _Absent(str):
    """The name of an object that could not be written."""


def database_errors(log: str) -> list[str]:
    """Return the errors of the database in a log, without repetition, in the order of the last one of each."""
    found = [f"{match[1]}: {_first_line(match[2])}" for match in _DATABASE_ERROR.finditer(log)]
    last = [error for number, error in enumerate(found) if error not in found[number + 1 :]]
    return [error for error in last if not _REPLACED.match(error)]


def _text(content: bytes) -> str:
    return content.decode(errors="replace")


def _plain(text: str) -> str:
    """Return the status and the text of a body, which may be that of an error of FastAPI."""
    text = re.sub(r"""b(['"])(.*)\1""", r"\2", text)
    return re.sub(r'{"detail":"(.*)"}', r"\1", text.replace("\\'", "'"))


def _first_line(text: str) -> str:
    return text.replace('\\"', '"').replace("\\n", "\n").strip().splitlines()[0].strip()[:160] if text.strip() else ""


@dataclass
class _Hand:
    """The clients of a visit, and requests that tell a missing endpoint from an error."""

    admin: Client
    user: Client
    mark: str
    objects: dict[str, tuple[str, str]]

    def get(self, path: str, client: Client | None = None) -> Any:
        return self._ask("GET", path, None, client)

    def post(self, path: str, body: object = None, client: Client | None = None) -> Any:
        return self._ask("POST", path, body if body is not None else {}, client)

    def delete(self, path: str, client: Client | None = None) -> Any:
        return self._ask("DELETE", path, None, client)

    def id_of(self, kind: str) -> str:
        if kind not in self.objects:
            raise KeyError(_Absent(kind))
        return self.objects[kind][0]

    def first(self, *attempts: Callable[[], Any]) -> Any:
        """Return the result of the first attempt whose endpoint exists."""
        for attempt in attempts[:-1]:
            try:
                return attempt()
            except MissingEndpointError:
                continue
        return attempts[-1]()

    def _ask(self, method: str, path: str, body: object, client: Client | None) -> Any:
        try:
            content = (client or self.admin).request(method, path, body)
        except StatusError as error:
            if error.status == _MISSING_STATUS:
                raise MissingEndpointError(path) from None
            raise
        if isinstance(content, bytes) and content.lstrip()[:9].lower() == b"<!doctype":
            raise MissingEndpointError(path)
        return content


def visit(process: Process, earlier: tuple[Written, ...] = ()) -> Visit:
    """Read and write through a process as users do, and read the objects of earlier visits."""
    result = Visit(process)
    mark = uuid.uuid4().hex[:8]
    result.written = Written(process.release)
    account = {"name": f"User {mark}", "email": f"{mark}@example.com", "password": "a-Password-of-the-tests-2"}
    admin = Client(process.url)
    hand = _Hand(admin, admin, mark, result.written.objects)
    with result.step("writes", "sign-in"):
        admin.sign_in()
    with result.step("writes", "admin settings"):
        settings = hand.get("/api/v1/auths/admin/config")
        changes = {"ENABLE_SIGNUP": True, "DEFAULT_USER_ROLE": "user", "ENABLE_CHANNELS": True, "ENABLE_NOTES": True}
        hand.post("/api/v1/auths/admin/config", {**settings, **changes, "RESPONSE_WATERMARK": mark})
        _expect(hand.get("/api/v1/auths/admin/config"), mark)
    with result.step("writes", "sign-up"):
        hand.user = Client(process.url).sign_up(account)
        hand.objects["account"] = account["email"], account["name"]
    with result.step("writes", "sign-in of the new user"):
        hand.user = Client(process.url).sign_in({"email": account["email"], "password": account["password"]})
    for name, write in _WRITES.items():
        with result.step("writes", name):
            write(hand)
    for name, path in _LISTS.items():
        with result.step("reads", name):
            hand.get(path)
    for written in (*earlier, result.written):
        for kind, (identifier, text) in written.objects.items():
            with result.step("reads", f"{kind} of {written.release}"):
                _expect(_READS[kind](hand, identifier, text), text)
    for name, erase in _DELETES.items():
        with result.step("writes", name):
            erase(hand)
    result.log_errors = database_errors(_text(process.program.log.read_bytes()))
    return result


def _expect(content: object, text: str) -> None:
    shown = content.decode(errors="replace") if isinstance(content, bytes) else json.dumps(content)
    if text not in shown:
        raise WrongContentError("the answer lacks the text that was written")


def _chat(hand: _Hand) -> None:
    chat, answer = hand.admin.new_chat(FAST)
    hand.objects["chat"] = chat, hand.mark
    content = hand.get(f"/api/v1/chats/{chat}")["chat"]
    hand.post(f"/api/v1/chats/{chat}", {"chat": {**content, "title": f"Changed {hand.mark}"}})
    _expect(hand.get(f"/api/v1/chats/{chat}"), hand.mark)
    hand.objects["answer"] = chat, "15 16 17"  # some releases keep it in `content`, others in `output`
    hand.admin.complete(FAST, chat, answer, f"session-{hand.mark}")
    end = time.monotonic() + _ANSWER_SECONDS
    while "17 18" not in json.dumps(hand.get(f"/api/v1/chats/{chat}")):
        if time.monotonic() > end:
            del hand.objects["answer"]
            raise WrongContentError(f"no answer of the model in the chat within {_ANSWER_SECONDS} s")
        time.sleep(0.2)


def _chat_acts(hand: _Hand) -> None:
    chat = hand.id_of("chat")
    hand.post(f"/api/v1/chats/{chat}/pin")
    hand.post(f"/api/v1/chats/{chat}/tags", {"name": f"tag {hand.mark}"})
    hand.get(f"/api/v1/chats/{chat}/tags")
    clone = hand.post(f"/api/v1/chats/{chat}/clone", {"title": "Clone"})["id"]
    hand.post(f"/api/v1/chats/{clone}/archive")
    hand.get("/api/v1/chats/archived")
    hand.get(f"/api/v1/chats/search?text={hand.mark}")


def _share(hand: _Hand) -> None:
    shared = hand.post(f"/api/v1/chats/{hand.id_of('chat')}/share")
    # Before 0.9.0 a shared chat is a chat of its own.
    hand.objects["shared chat"] = shared["share_id"] or shared["id"], hand.mark


def _folder(hand: _Hand) -> None:
    folder = hand.post("/api/v1/folders/", {"name": f"Folder {hand.mark}"})["id"]
    hand.objects["folder"] = folder, hand.mark
    hand.post(f"/api/v1/folders/{folder}/update", {"name": f"Folder changed {hand.mark}"})
    hand.post(f"/api/v1/chats/{hand.id_of('chat')}/folder", {"folder_id": folder})
    hand.get(f"/api/v1/chats/folder/{folder}")


def _note(hand: _Hand) -> None:
    text = {"content": {"md": f"Text {hand.mark}", "html": "", "json": None}}
    note = hand.post("/api/v1/notes/create", {"title": "Note", "data": text})["id"]
    hand.objects["note"] = note, hand.mark
    hand.post(f"/api/v1/notes/{note}/update", {"title": "Changed", "data": text})


def _file(hand: _Hand) -> None:
    hand.objects["file"] = hand.admin.upload(f"{hand.mark}.txt", f"Text {hand.mark}".encode()), hand.mark


def _knowledge(hand: _Hand) -> None:
    form = {"name": f"Knowledge {hand.mark}", "description": "Text"}
    knowledge = hand.post("/api/v1/knowledge/create", form)["id"]
    hand.objects["knowledge"] = knowledge, hand.mark
    query = "?process=true&process_in_background=false"
    file = hand.admin.upload(f"{hand.mark}-knowledge.txt", f"Text {hand.mark}".encode(), query)
    hand.post(f"/api/v1/knowledge/{knowledge}/file/add", {"file_id": file})
    hand.objects["file of knowledge"] = knowledge, f"{hand.mark}-knowledge.txt"
    query_form = {"collection_names": [knowledge], "query": "Text", "k": 1}
    _expect(hand.post("/api/v1/retrieval/query/collection", query_form), hand.mark)


def _prompt(hand: _Hand) -> None:
    names = {"title": f"Prompt {hand.mark}", "name": f"Prompt {hand.mark}"}
    command = f"of{hand.mark}"
    # Releases before 0.8.0 keep the slash.
    form = {"command": f"/{command}", "content": f"Text {hand.mark}", **names}
    prompt = hand.post("/api/v1/prompts/create", form)
    identifier = prompt.get("id") or command
    hand.objects["prompt"] = str(identifier), hand.mark
    hand.first(
        lambda: hand.post(f"/api/v1/prompts/id/{identifier}/update", form),
        lambda: hand.post(f"/api/v1/prompts/command/{command}/update", form),
    )


def _tool(hand: _Hand) -> None:
    form = {"id": f"of_{hand.mark}", "name": f"Tool {hand.mark}", "content": _TOOL, "meta": {"description": "Text"}}
    hand.post("/api/v1/tools/create", form)
    hand.objects["tool"] = str(form["id"]), hand.mark
    hand.post(f"/api/v1/tools/id/{form['id']}/update", form)


def _function(hand: _Hand) -> None:
    meta = {"description": "Text"}
    form = {"id": f"of_{hand.mark}", "name": f"Function {hand.mark}", "content": _FUNCTION, "meta": meta}
    hand.post("/api/v1/functions/create", form)
    hand.objects["function"] = str(form["id"]), hand.mark
    hand.post(f"/api/v1/functions/id/{form['id']}/update", form)
    hand.post(f"/api/v1/functions/id/{form['id']}/toggle")


def _skill(hand: _Hand) -> None:
    form = {"id": f"of-{hand.mark}", "name": f"Skill {hand.mark}", "description": "", "content": f"Text {hand.mark}"}
    hand.post("/api/v1/skills/create", form)
    hand.objects["skill"] = form["id"], hand.mark
    hand.post(f"/api/v1/skills/id/{form['id']}/update", form)


def _group(hand: _Hand) -> None:
    form = {"name": f"Group {hand.mark}", "description": "Text"}
    group = hand.post("/api/v1/groups/create", form)["id"]
    hand.objects["group"] = group, hand.mark
    hand.post(f"/api/v1/groups/id/{group}/update", form)
    user = hand.get("/api/v1/auths/", hand.user)["id"]
    hand.post(f"/api/v1/groups/id/{group}/users/add", {"user_ids": [user]})


def _model(hand: _Hand) -> None:
    form: dict[str, Any] = {"id": f"of-{hand.mark}", "base_model_id": FAST, "name": f"Model {hand.mark}", "params": {}}
    form |= {"meta": {"description": "Text"}, "access_control": None, "access_grants": [], "is_active": True}
    hand.post("/api/v1/models/create", form)
    hand.objects["model"] = str(form["id"]), hand.mark
    hand.first(
        lambda: hand.post("/api/v1/models/model/update", form),
        lambda: hand.post(f"/api/v1/models/model/update?id={form['id']}", form),
        lambda: hand.post("/api/v1/models/update", form),
    )


def _memory(hand: _Hand) -> None:
    hand.objects["memory"] = hand.post("/api/v1/memories/add", {"content": f"Text {hand.mark}"})["id"], hand.mark


def _channel(hand: _Hand) -> None:
    form: dict[str, Any] = {
        "name": f"channel-{hand.mark}",
        "description": "Text",
        "access_control": None,
        "access_grants": [],
    }
    channel = hand.post("/api/v1/channels/create", form)["id"]
    hand.objects["channel"] = channel, hand.mark
    hand.post(f"/api/v1/channels/{channel}/messages/post", {"content": f"Text {hand.mark}"})
    hand.objects["message of a channel"] = channel, f"Text {hand.mark}"


def _settings(hand: _Hand) -> None:
    banner: dict[str, Any] = {
        "id": hand.mark,
        "type": "info",
        "title": "",
        "content": hand.mark,
        "dismissible": True,
        "timestamp": 1,
    }
    hand.post("/api/v1/configs/banners", {"banners": [banner]})
    _expect(hand.get("/api/v1/configs/banners"), hand.mark)
    permissions = hand.get("/api/v1/users/default/permissions")
    hand.post("/api/v1/users/default/permissions", permissions)
    embedding = hand.get("/api/v1/configs/connections")
    hand.post("/api/v1/configs/connections", embedding)


def _user_settings(hand: _Hand) -> None:
    hand.post("/api/v1/users/user/settings/update", {"ui": {"notice": hand.mark}}, hand.user)
    _expect(hand.get("/api/v1/users/user/settings", hand.user), hand.mark)
    form = {"profile_image_url": "/user.png", "name": f"User {hand.mark} changed"}
    hand.post("/api/v1/auths/update/profile", form, hand.user)


def _user_chat(hand: _Hand) -> None:
    chat, _ = hand.user.new_chat(FAST)
    hand.get(f"/api/v1/chats/{chat}", hand.user)
    hand.get("/api/v1/chats/?page=1", hand.user)


_WRITES: dict[str, Callable[[_Hand], None]] = {
    "chat and answer": _chat,
    "chat: pin, tag, clone, archive, search": _chat_acts,
    "chat: share": _share,
    "chat of the new user": _user_chat,
    "folder": _folder,
    "note": _note,
    "file": _file,
    "knowledge with a file": _knowledge,
    "prompt": _prompt,
    "tool": _tool,
    "function": _function,
    "skill": _skill,
    "group": _group,
    "model": _model,
    "memory": _memory,
    "channel": _channel,
    "settings": _settings,
    "settings of a user": _user_settings,
}

_LISTS = {
    "page": "/api/config",
    "account": "/api/v1/auths/",
    "chats": "/api/v1/chats/?page=1",
    "pinned chats": "/api/v1/chats/pinned",
    "tags": "/api/v1/chats/all/tags",
    "models of the page": "/api/models",
    "models": "/api/v1/models/list",
    "base models": "/api/v1/models/base",
    "users": "/api/v1/users/?page=1",
    "folders": "/api/v1/folders/",
    "notes": "/api/v1/notes/",
    "files": "/api/v1/files/",
    "knowledge list": "/api/v1/knowledge/",
    "prompts": "/api/v1/prompts/",
    "tools": "/api/v1/tools/",
    "functions": "/api/v1/functions/",
    "groups": "/api/v1/groups/",
    "memories": "/api/v1/memories/",
    "channels": "/api/v1/channels/",
    "exported settings": "/api/v1/configs/export",
    "settings of retrieval": "/api/v1/retrieval/config",
    "feedback": "/api/v1/evaluations/feedbacks/all",
    "skills": "/api/v1/skills/",
    "shared chats": "/api/v1/chats/shared",
}

_READS: dict[str, Callable[[_Hand, str, str], Any]] = {
    "account": lambda hand, _id, text: hand.get(f"/api/v1/users/?query={text.replace(' ', '%20')}"),
    "chat": lambda hand, chat, _text: hand.get(f"/api/v1/chats/{chat}"),
    "answer": lambda hand, chat, _text: hand.get(f"/api/v1/chats/{chat}"),
    "shared chat": lambda hand, share, _text: hand.get(f"/api/v1/chats/share/{share}"),
    "folder": lambda hand, folder, _text: hand.get(f"/api/v1/folders/{folder}"),
    "note": lambda hand, note, _text: hand.get(f"/api/v1/notes/{note}"),
    "file": lambda hand, file, _text: hand.get(f"/api/v1/files/{file}/content"),
    "knowledge": lambda hand, knowledge, _text: hand.get(f"/api/v1/knowledge/{knowledge}"),
    "file of knowledge": lambda hand, knowledge, _text: hand.first(
        lambda: hand.get(f"/api/v1/knowledge/{knowledge}/files?page=1"),
        lambda: hand.get(f"/api/v1/knowledge/{knowledge}"),
    ),
    "prompt": lambda hand, _prompt, _text: hand.get("/api/v1/prompts/"),
    "tool": lambda hand, tool, _text: hand.get(f"/api/v1/tools/id/{tool}"),
    "function": lambda hand, function, _text: hand.get(f"/api/v1/functions/id/{function}"),
    "skill": lambda hand, skill, _text: hand.get(f"/api/v1/skills/id/{skill}"),
    "group": lambda hand, group, _text: hand.get(f"/api/v1/groups/id/{group}"),
    "model": lambda hand, model, _text: hand.get(f"/api/v1/models/model?id={model}"),
    "memory": lambda hand, _memory, _text: hand.get("/api/v1/memories/"),
    "channel": lambda hand, channel, _text: hand.get(f"/api/v1/channels/{channel}"),
    "message of a channel": lambda hand, channel, _text: hand.get(f"/api/v1/channels/{channel}/messages"),
}


def _delete_chat(hand: _Hand) -> None:
    chat, _ = hand.admin.new_chat(FAST)
    hand.delete(f"/api/v1/chats/{chat}")


def _delete_folder(hand: _Hand) -> None:
    folder = hand.post("/api/v1/folders/", {"name": f"Two {hand.mark}"})["id"]
    hand.delete(f"/api/v1/folders/{folder}")


def _delete_note(hand: _Hand) -> None:
    note = hand.post("/api/v1/notes/create", {"title": "Note"})["id"]
    hand.delete(f"/api/v1/notes/{note}/delete")


def _delete_file(hand: _Hand) -> None:
    hand.delete(f"/api/v1/files/{hand.admin.upload('two.txt', b'Text')}")


def _delete_knowledge(hand: _Hand) -> None:
    knowledge = hand.post("/api/v1/knowledge/create", {"name": f"Two {hand.mark}", "description": "Text"})["id"]
    hand.delete(f"/api/v1/knowledge/{knowledge}/delete")


def _delete_tool(hand: _Hand) -> None:
    tool = f"two_{hand.mark}"
    hand.post("/api/v1/tools/create", {"id": tool, "name": "Two", "content": _TOOL, "meta": {"description": ""}})
    hand.delete(f"/api/v1/tools/id/{tool}/delete")


def _delete_group(hand: _Hand) -> None:
    group = hand.post("/api/v1/groups/create", {"name": f"Two {hand.mark}", "description": ""})["id"]
    hand.delete(f"/api/v1/groups/id/{group}/delete")


_DELETES: dict[str, Callable[[_Hand], None]] = {
    "delete a chat": _delete_chat,
    "delete a folder": _delete_folder,
    "delete a note": _delete_note,
    "delete a file": _delete_file,
    "delete knowledge": _delete_knowledge,
    "delete a tool": _delete_tool,
    "delete a group": _delete_group,
}
