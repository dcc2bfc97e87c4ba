"""A server between Terraform and the emulator: what goes through it can be refused, held up, or lost."""

import http.client
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_REFUSAL = """\
<ErrorResponse><Error><Type>Sender</Type><Code>{0}</Code><Message>{1}</Message></Error><Code>{0}</Code></ErrorResponse>"""


class Between:
    """Hands everything on. Each way to disturb it has a pattern: of method, path, operation and body together."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self.heal()
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:  # Terraform was gone first
                    self.close_connection = True

            def _any(self) -> None:
                between._handle(self)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any  # noqa: N815 -- the library's names

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def heal(self) -> None:
        """From now on everything goes through again."""
        self.refused: tuple[str, str, str] = ("(?!)", "", "")
        self.slow: tuple[str, float] = ("(?!)", 0.0)
        self.lost_after = "(?!)"
        self.lost = False
        self.seen: list[str] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        operation = request.headers.get("X-Amz-Target", "")
        what = f"{request.command} {request.path} {operation} {body.decode('utf-8', 'replace')}"
        self.seen.append(what)
        if self.lost:
            request.close_connection = True
            return
        if re.search(self.slow[0], what):
            time.sleep(self.slow[1])
        if re.search(self.refused[0], what):
            self._refuse(request)
            return
        self._hand_on(request, body)
        self.lost = self.lost or bool(re.search(self.lost_after, what))

    def _refuse(self, request: BaseHTTPRequestHandler) -> None:
        answer = _REFUSAL.format(*self.refused[1:]).encode()
        request.send_response(403)
        request.send_header("Content-Type", "text/xml")
        request.send_header("Content-Length", str(len(answer)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(answer)

    def _hand_on(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        connection = http.client.HTTPConnection(urlsplit(self._upstream).netloc, timeout=30)
        try:
            headers = {name: value for name, value in request.headers.items() if name.lower() != "connection"}
            connection.request(request.command, request.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        request.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                request.send_header(name, value)
        length = answer.getheader("Content-Length") if request.command == "HEAD" else str(len(content))
        request.send_header("Content-Length", length or "0")
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(content)
