"""A client of Open WebUI's WebSocket. No other module imports websockets.

Packets: https://github.com/socketio/socket.io-protocol and https://github.com/socketio/engine.io-protocol.
"""

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect as connect_websocket
from websockets.typing import Origin

from owscale.verify.check import CheckError, failed
from owscale.verify.http_client import connect, connection_failure
from owscale.verify.target import Target

_PATH = "/ws/socket.io/?EIO=4&transport=websocket"  # open_webui/socket/main.py, open_webui/main.py
_OPEN, _PING, _PONG = "0", "2", "3"
_CONNECT, _EVENT, _ACK = "40", "42", "43"
_JOIN_ID = "0"
_MAX_PACKET_BYTES = 2**20


class SocketIOClient:
    """A connection of a user, as the page of Open WebUI opens it.

    `id` is the session ID of the socket. Raises CheckError if the connection fails, or if the token is refused.
    """

    def __init__(self, target: Target, headers: Mapping[str, str], token: str) -> None:
        self._target = target
        self._resources = ExitStack()
        public_url = target.spec.app.public_url  # socket.io compares the origin with CORS_ALLOW_ORIGIN
        try:
            opening = connect_websocket(
                f"ws://{target.host}{_PATH}",
                sock=connect(target),
                additional_headers=headers,
                origin=Origin(public_url) if public_url else None,
                user_agent_header="owscale-verify",
                open_timeout=target.timeout_seconds,
                close_timeout=1,
                max_size=_MAX_PACKET_BYTES,
                proxy=None,
            )
            self._connection = self._resources.enter_context(opening)
        except OSError as error:
            raise CheckError(connection_failure(target, error)) from error
        except WebSocketException as error:
            raise CheckError(failed(f"no WebSocket: {error}", "see the check http.websocket")) from error
        try:
            self.id = self._join(token)
        except BaseException:
            self.close()
            raise

    def receive(self, seconds: float) -> list[Any] | None:
        """Return the name and the arguments of the next event; None if none arrives in time."""
        packet = self._next((_EVENT,), seconds)
        return None if packet is None else _json(packet.removeprefix(_EVENT))

    def close(self) -> None:
        """Close the connection."""
        self._resources.close()

    def _join(self, token: str) -> str:
        """Open a session of Socket.IO, enter the room of the user, and return the ID of the session."""
        seconds = self._target.timeout_seconds
        self._require(_OPEN, seconds)
        self._connection.send(_CONNECT)
        session = _json(self._require(_CONNECT, seconds).removeprefix(_CONNECT))
        self._connection.send(f"{_EVENT}{_JOIN_ID}{json.dumps(['user-join', {'auth': {'token': token}}])}")
        answer = _json(self._require(_ACK, seconds).removeprefix(f"{_ACK}{_JOIN_ID}"))
        match session, answer:
            case {"sid": str(sid)}, [{"id": str()}]:
                return sid
        raise CheckError(failed("the WebSocket refuses the token of the account", "see the check tasks.sign_in"))

    def _require(self, kind: str, seconds: float) -> str:
        packet = self._next((kind,), seconds)
        if packet is None:
            raise CheckError(
                failed(f"the WebSocket sends no packet {kind} within {seconds:g} s", "see the check http.websocket")
            )
        return packet

    def _next(self, kinds: tuple[str, ...], seconds: float) -> str | None:
        """Return the next packet of a kind, and answer the pings before it."""
        end = time.monotonic() + seconds
        try:
            while (remaining := end - time.monotonic()) > 0:
                packet = self._connection.recv(remaining)
                if packet == _PING:
                    self._connection.send(_PONG)
                elif isinstance(packet, str) and packet.startswith(kinds):
                    return packet
        except TimeoutError:
            return None
        except (OSError, WebSocketException) as error:
            raise CheckError(failed(f"the WebSocket was closed: {error}", "see the check http.websocket")) from error
        return None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # RecursionError: brackets nested without limit
        return None
