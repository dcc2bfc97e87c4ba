"""A WebSocket, opened as a browser opens Open WebUI's: RFC 6455, then Engine.IO's first packet."""

import base64
import hashlib
import json
import os
from http import HTTPStatus
from http.client import HTTPResponse
from typing import Any

from generator.verify.check import Check, Outcome, failed, passed
from generator.verify.http import answer, unexpected
from generator.verify.subject import Subject

_PATH = "/ws/socket.io/?EIO=4&transport=websocket"  # open_webui/socket/main.py, open_webui/main.py
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # of RFC 6455, section 1.3
_FINAL_TEXT = 0x81
_TWO_BYTES = 126  # in place of a length: the next two bytes have it
_LONGEST = 125 + 4096
_OPEN = b"0"  # https://github.com/socketio/engine.io-protocol#protocol


def upgrade(subject: Subject) -> Outcome:
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": key}
    if subject.spec.app.public_url:  # socket.io compares it with CORS_ALLOW_ORIGIN
        headers["Origin"] = subject.spec.app.public_url
    with answer(subject, _PATH, **headers) as response:
        if response.status == HTTPStatus.BAD_REQUEST:
            return failed(
                "the upgrade is answered with 400: Open WebUI refuses the origin, or WebSockets are off",
                "compare CORS_ALLOW_ORIGIN with app.public_url, and ENABLE_WEBSOCKET_SUPPORT",
            )
        if response.status != HTTPStatus.SWITCHING_PROTOCOLS:
            return unexpected(subject, _PATH, response)
        if response.headers.get("Sec-WebSocket-Accept") != accepted(key):
            return failed(
                "101, but Sec-WebSocket-Accept is wrong", "a proxy in between answers for Open WebUI: go past it"
            )
        opened = _packet(response)
    match opened:
        case {"pingInterval": int(interval), "pingTimeout": int(timeout)}:
            pings = f"a ping every {interval / 1000:g} s, {timeout / 1000:g} s for its answer"
            return passed(f"101 on {_PATH}, Engine.IO opened: {pings}")
    return failed("101, but no Engine.IO behind it", f"another application answers; look at the log: {subject.logs}")


def accepted(key: str) -> str:
    """What answers a key: it proves that the other end read the request, and protects nothing."""
    return base64.b64encode(hashlib.sha1((key + _GUID).encode(), usedforsecurity=False).digest()).decode()


def _packet(response: HTTPResponse) -> Any:
    """The data of Engine.IO's first packet, which opens; None for anything else."""
    first, length = response.fp.read(2)
    if length == _TWO_BYTES:
        length = int.from_bytes(response.fp.read(2))
    if first != _FINAL_TEXT or length > _LONGEST:
        return None
    packet = response.fp.read(length)
    try:
        return json.loads(packet[1:]) if packet[:1] == _OPEN else None
    except (ValueError, RecursionError):
        return None


CHECKS = (Check("http.websocket", upgrade, after="http.health"),)
