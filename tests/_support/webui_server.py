"""An HTTP server that responds as Open WebUI behind an Application Load Balancer does."""

import base64
import hashlib
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SESSION = {"sid": "a-session-id", "upgrades": [], "pingInterval": 25000, "pingTimeout": 20000}
PAGE = "<!doctype html><title>Open WebUI</title>"


@dataclass
class WebUI:
    """The responses of the server, which a test may change, and the requests that it received.

    `responses` has a status and a body by path. `first_responses` are used up before those. `packet` is the first
    packet of the WebSocket; None closes the connection without one. `delays` has the seconds before each response by
    path, of which one is used up by each request. While `hang` is set, no request gets a response until that event
    occurs.
    """

    responses: dict[str, tuple[int, Any]] = field(
        default_factory=lambda: {
            "/api/config": (200, {"status": True, "name": "Open WebUI"}),
            "/health": (200, {"status": True}),
            "/health/db": (200, {"status": True}),
            "/ready": (200, {"status": True}),
        }
    )
    first_responses: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    delays: dict[str, list[float]] = field(default_factory=dict)
    cookies: tuple[str, ...] = ("AWSALB=secret-value; Path=/", "AWSALBCORS=secret-value; Path=/; SameSite=None")
    upgrade_status: int = 101
    guid: str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    packet: bytes | None = b"0" + json.dumps(SESSION).encode()
    hang: threading.Event | None = None
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    webui: WebUI

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the base class
        """Print nothing."""

    def do_GET(self) -> None:
        webui = self.webui
        webui.requests.append((self.path, dict(self.headers)))
        if webui.hang:
            webui.hang.wait(10)
        if delays := webui.delays.get(self.path):
            time.sleep(delays.pop(0))
        if self.path.startswith("/ws/socket.io/"):
            self._upgrade()
            return
        # Open WebUI answers every unknown path with its page.
        first = webui.first_responses.get(self.path)
        status, body = first.pop(0) if first else webui.responses.get(self.path, (200, PAGE))
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for cookie in webui.cookies:
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _upgrade(self) -> None:
        webui = self.webui
        self.close_connection = True
        self.send_response(webui.upgrade_status)
        key = self.headers["Sec-WebSocket-Key"] + webui.guid
        accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest()).decode()
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        if webui.packet is not None:
            length = len(webui.packet)
            header = bytes([length]) if length < 126 else bytes([126]) + length.to_bytes(2)
            self.wfile.write(b"\x81" + header + webui.packet)


@contextmanager
def running(certificate: Path | None = None) -> Iterator[WebUI]:
    """Run the server on a free loopback port.

    It uses TLS where a file with a certificate and its key is given.
    """
    webui = WebUI()
    handler = type("Handler", (_Handler,), {"webui": webui})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    webui.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield webui
    finally:
        if webui.hang:
            webui.hang.set()
        server.shutdown()
        thread.join()
        server.server_close()
