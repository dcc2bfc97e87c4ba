"""Check of the WebSocket: the upgrade (RFC 6455), then the first packet of Engine.IO."""

import base64
import hashlib
import json
import os
from http import HTTPStatus
from http.client import HTTPResponse
from typing import Any

from owscale.verify.check import Check, Outcome, failed, passed
from owscale.verify.http_client import get, unexpected_status
from owscale.verify.target import Target

_PATH = "/ws/socket.io/?EIO=4&transport=websocket"  # open_webui/socket/main.py, open_webui/main.py
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
# Framing: RFC 6455, section 5.2.
_FINAL_TEXT_FRAME = 0x81
_LENGTH_IN_NEXT_TWO_BYTES = 126
_MAX_PAYLOAD_BYTES = 125 + 4096
_OPEN_PACKET = b"0"  # https://github.com/socketio/engine.io-protocol#protocol


def websocket(target: Target) -> Outcome:
    """Check that the upgrade succeeds and that Engine.IO opens a session."""
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
    if target.spec.app.public_url:  # socket.io compares the origin with CORS_ALLOW_ORIGIN
        headers["Origin"] = target.spec.app.public_url
    with get(target, _PATH, headers) as response:
        if response.status == HTTPStatus.BAD_REQUEST:
            return failed(
                "the upgrade fails with 400: Open WebUI rejects the origin, or WebSockets are off",
                "compare CORS_ALLOW_ORIGIN with app.public_url, and check ENABLE_WEBSOCKET_SUPPORT",
            )
        if response.status != HTTPStatus.SWITCHING_PROTOCOLS:
            return unexpected_status(target, _PATH, response)
        if response.headers.get("Sec-WebSocket-Accept") != accept_key(key):
            return failed(
                "101, but Sec-WebSocket-Accept is wrong: a proxy answers instead of Open WebUI",
                "run this on a network path without that proxy",
            )
        session = _read_open_packet(response)
    match session:
        case {"pingInterval": int(interval), "pingTimeout": int(timeout)}:
            pings = f"ping interval {interval / 1000:g} s, ping timeout {timeout / 1000:g} s"
            return passed(f"101 on {_PATH}, Engine.IO session opened: {pings}")
    return failed("101, but no Engine.IO session: another application answers", f"read the log: `{target.log_command}`")


def accept_key(key: str) -> str:
    """Return the Sec-WebSocket-Accept value for a key (RFC 6455, section 4.2.2).

    It shows that the server read the request. SHA-1 protects nothing here.
    """
    return base64.b64encode(hashlib.sha1((key + _GUID).encode(), usedforsecurity=False).digest()).decode()


def _read_open_packet(response: HTTPResponse) -> Any:
    """Return the data of Engine.IO's open packet; None for any other frame."""
    try:
        opcode, length = response.fp.read(2)
        if length == _LENGTH_IN_NEXT_TWO_BYTES:
            length = int.from_bytes(response.fp.read(2))
        if opcode != _FINAL_TEXT_FRAME or length > _MAX_PAYLOAD_BYTES:
            return None
        packet = response.fp.read(length)
        return json.loads(packet[1:]) if packet[:1] == _OPEN_PACKET else None
    except (ValueError, RecursionError):  # a connection that ends early; no JSON; brackets nested without limit
        return None


CHECKS = (Check("http.websocket", websocket, requires="http.health"),)
