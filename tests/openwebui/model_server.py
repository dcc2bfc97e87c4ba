"""A server with the API of OpenAI, which streams answers as slowly as the name of its model says."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAST, READABLE, SLOW = "answer-20x10ms", "answer-100x50ms", "answer-600x100ms"
"""Models: the number of pieces of an answer, and the pause before each. READABLE takes 5 s, and SLOW a minute."""

MEDIUM, LONG = "answer-150x100ms", "answer-3000x100ms"
"""Models whose answers take 15 s and five minutes."""

_MODEL = re.compile(r"answer-(\d+)x(\d+)ms")
_DIMENSIONS = 384


@dataclass
class ModelServer:
    """The requests that the server received, and how many of its streams ended before their last piece.

    `embedding_seconds` is the time that an embedding takes, and `completion_seconds` that of an answer in one piece.
    """

    port: int
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    embedding_seconds: float = 0
    completion_seconds: float = 0
    open_streams: int = 0
    ended_early: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """The value of OPENAI_API_BASE_URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def completions(self, text: str = "") -> list[dict[str, Any]]:
        """Return the requests for a completion whose messages contain a text."""
        bodies = [body for path, body in self.requests if path.endswith("/chat/completions")]
        return [body for body in bodies if text in json.dumps(body.get("messages"))]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: ModelServer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the base class
        """Print nothing."""

    def do_GET(self) -> None:
        names = (FAST, READABLE, MEDIUM, SLOW, LONG)
        models = [{"id": name, "object": "model", "owned_by": "tests"} for name in names]
        self._send({"object": "list", "data": models})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        state = self.server_state
        with state.lock:
            state.requests.append((self.path, body))
        if self.path.endswith("/embeddings"):
            time.sleep(state.embedding_seconds)
            texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
            vectors = [{"index": number, "embedding": [0.1] * _DIMENSIONS} for number, _ in enumerate(texts)]
            self._send({"object": "list", "data": vectors})
        elif body.get("stream"):
            self._stream(str(body["model"]), json.dumps(body["messages"]))
        else:
            time.sleep(state.completion_seconds)
            # The answer to every task of Open WebUI: a title, tags, follow-up questions.
            text = json.dumps({"title": "A title", "tags": ["General"], "follow_ups": [], "queries": []})
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            self._send({"id": "1", "object": "chat.completion", "model": body["model"], "choices": [choice]})

    def _stream(self, model: str, question: str) -> None:
        match = _MODEL.fullmatch(model)
        pieces, pause = (int(match[1]), int(match[2]) / 1000) if match else (20, 0.01)
        if "one word" in question:
            pieces = 1
        state = self.server_state
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        with state.lock:
            state.open_streams += 1
        try:
            for number in range(pieces):
                time.sleep(pause)
                self._event(model, {"content": f"{number} "}, None)
            self._event(model, {}, "stop")
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            with state.lock:
                state.ended_early += 1
        finally:
            with state.lock:
                state.open_streams -= 1

    def _event(self, model: str, delta: dict[str, str], reason: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        chunk = {"id": "1", "object": "chat.completion.chunk", "model": model, "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def _send(self, value: object) -> None:
        """Send JSON; a client that has given up is no error."""
        try:
            self._write(json.dumps(value).encode())
        except OSError:
            self.close_connection = True

    def _write(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def running() -> Iterator[ModelServer]:
    """Run the server on a free loopback port."""
    handler = type("Handler", (_Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    state = ModelServer(server.server_port)
    vars_of_handler: Any = handler
    vars_of_handler.server_state = state
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
