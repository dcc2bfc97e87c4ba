"""A user of Open WebUI: requests with a token, and with the cookies of the load balancer."""

import http.client
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

ADMIN = {"name": "Admin", "email": "admin@example.com", "password": "a-Password-of-the-tests-1"}


class StatusError(Exception):
    """A response with another status than 200."""

    def __init__(self, method: str, path: str, status: int, body: bytes) -> None:
        super().__init__(f"{method} {path}: {status} {body[:200]!r}")
        self.status = status


@dataclass
class Client:
    """A client of an address, with a connection of its own for each request."""

    url: str
    token: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    timeout_seconds: float = 60

    def request(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
        """Return the JSON of a response, or its bytes. Raises StatusError and OSError."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self.timeout_seconds)
        fields = dict(headers or {})
        if self.token:
            fields["Authorization"] = f"Bearer {self.token}"
        if self.cookies:
            fields["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        if data is not None:
            fields.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, data, fields)
            response = connection.getresponse()
            content = response.read()
            for cookie in response.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                if name == "AWSALB":
                    self.cookies[name] = value
        finally:
            connection.close()
        if response.status != 200:
            raise StatusError(method, path, response.status, content)
        try:
            return json.loads(content)
        except ValueError:
            return content

    def get(self, path: str) -> Any:
        """Return the response to a GET."""
        return self.request("GET", path)

    def post(self, path: str, body: object = None) -> Any:
        """Return the response to a POST."""
        return self.request("POST", path, body if body is not None else {})

    def sign_up(self, account: Mapping[str, str] = ADMIN) -> "Client":
        """Create an account, of which the first becomes the administrator, and keep its token."""
        self.token = self.post("/api/v1/auths/signup", account)["token"]
        return self

    def sign_in(self, account: Mapping[str, str] = ADMIN) -> "Client":
        """Sign in and keep the token."""
        self.token = self.post("/api/v1/auths/signin", account)["token"]
        return self

    def new_chat(self, model: str, question_text: str = "Count") -> tuple[str, str]:
        """Create a chat with a question, and return its ID and that of the answer to come."""
        question, answer = str(uuid.uuid4()), str(uuid.uuid4())
        now = int(time.time())
        messages = {
            question: {
                "id": question,
                "parentId": None,
                "childrenIds": [answer],
                "role": "user",
                "content": question_text,
                "timestamp": now,
                "models": [model],
            },
            answer: {
                "id": answer,
                "parentId": question,
                "childrenIds": [],
                "role": "assistant",
                "content": "",
                "model": model,
                "timestamp": now,
            },
        }
        chat = {"title": "Test", "models": [model], "history": {"messages": messages, "currentId": answer}}
        return self.post("/api/v1/chats/new", {"chat": chat})["id"], answer

    def complete(self, model: str, chat: str, answer: str, session: str, **more: object) -> Any:
        """Ask for the streamed answer of a chat, as the page does; its pieces are events of the WebSocket."""
        messages = [{"role": "user", "content": "Count"}]
        body = {"model": model, "messages": messages, "stream": True, "chat_id": chat, "id": answer}
        return self.post("/api/chat/completions", {**body, "session_id": session, **more})

    def upload(self, name: str, content: bytes, query: str = "?process=false") -> str:
        """Upload a file and return its ID."""
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        data = f"{head}Content-Type: text/plain\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        identifier: str = self.request("POST", f"/api/v1/files/{query}", data, headers)["id"]
        return identifier
