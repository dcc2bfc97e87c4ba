"""A proxy between Terraform and the emulator that can reject, hold, or lose requests."""

import http.client
import re
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_TIMEOUT_SECONDS = 180
_NEVER = "(?!)"
_ERROR = """\
<ErrorResponse><Error><Type>Sender</Type><Code>{0}</Code><Message>{1}</Message></Error><Code>{0}</Code></ErrorResponse>"""


class DisturbingProxy:
    """Forwards requests, except those that match a pattern.

    A pattern is searched in the description of a request: its method, path, operation and body. `rejected` has a
    pattern with the code and the message of the error. The connection is lost for all requests after one that matches
    `lost_after`. Requests that match the pattern of `hold()` wait; they are dropped if Terraform gives up meanwhile.
    """

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._changed = threading.Condition()
        self.reset()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # The whole response in one packet: between its headers and its body, Go may close the connection. Terraform
            # then reports status 403 without the code of the error: https://github.com/aws/aws-sdk-go-v2/issues/2737
            wbufsize = -1

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:  # Terraform closed the connection
                    self.close_connection = True

            def _any(self) -> None:
                proxy._handle(self)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any  # noqa: N815 -- names of the library

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def reset(self) -> None:
        """Forward all requests from now on, and forget those that were received."""
        self.rejected: tuple[str, str, str] = (_NEVER, "", "")
        self.lost_after = _NEVER
        self.lost = False
        self.received: list[str] = []
        self.hold(_NEVER)

    def hold(self, pattern: str) -> None:
        """Hold the requests that match the pattern, and forward those that were held for another one."""
        with self._changed:
            self._held = pattern
            self._changed.notify_all()

    def wait_for(self, pattern: str) -> None:
        """Wait until a request that matches the pattern is received."""
        self._wait(lambda: any(re.search(pattern, text) for text in self.received))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the proxy."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, _TIMEOUT_SECONDS), self.received[-5:]

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        operation = request.headers.get("X-Amz-Target", "")
        text = f"{request.command} {request.path} {operation} {body.decode('utf-8', 'replace')}"
        with self._changed:
            self.received.append(text)
            self._changed.notify_all()
        if self.lost:
            request.close_connection = True
            return
        if re.search(self._held, text):
            self._wait(lambda: not re.search(self._held, text))
            if _is_closed(request.connection):
                request.close_connection = True
                return
        if re.search(self.rejected[0], text):
            self._reject(request)
            return
        self._forward(request, body)
        self.lost = self.lost or bool(re.search(self.lost_after, text))

    def _reject(self, request: BaseHTTPRequestHandler) -> None:
        content = _ERROR.format(*self.rejected[1:]).encode()
        request.send_response(403)
        request.send_header("Content-Type", "text/xml")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(content)

    def _forward(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        connection = http.client.HTTPConnection(urlsplit(self._upstream).netloc, timeout=30)
        try:
            headers = {name: value for name, value in request.headers.items() if name.lower() != "connection"}
            connection.request(request.command, request.path, body, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        request.send_response_only(response.status, response.reason)
        for name, value in response.getheaders():
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                request.send_header(name, value)
        length = response.getheader("Content-Length") if request.command == "HEAD" else str(len(content))
        request.send_header("Content-Length", length or "0")
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(content)


def _is_closed(connection: socket.socket) -> bool:
    """Whether the other side has closed a connection."""
    readable, _, _ = select.select([connection], [], [], 0)
    return bool(readable) and not connection.recv(1, socket.MSG_PEEK)
