"""A name in front of a server: connections to it go to the server that has the name now, perhaps slowly."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Relay:
    """A port on the loopback address that forwards to another one.

    `delay_seconds` is added to each packet from the server. A change of `target` closes the open connections, as a
    failover does.
    """

    target: int
    port: int = 0
    delay_seconds: float = 0
    _open: set[socket.socket] = field(default_factory=set)

    def move(self, target: int) -> None:
        """Forward to another server from now on."""
        self.target = target
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def serve(self, server: socket.socket) -> None:
        """Accept connections until the socket is closed."""
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        try:
            upstream = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            client.close()
            return
        upstream.settimeout(None)
        self._open |= {client, upstream}
        back = threading.Thread(target=self._copy, args=(upstream, client, True), daemon=True)
        back.start()
        self._copy(client, upstream, False)
        back.join()
        for connection in (client, upstream):
            self._open.discard(connection)
            connection.close()

    def _copy(self, source: socket.socket, destination: socket.socket, is_from_server: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if is_from_server and self.delay_seconds:
                    time.sleep(self.delay_seconds)
                destination.sendall(data)
        for connection in (source, destination):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def running(target: int) -> Iterator[Relay]:
    """Forward a free port to another one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        relay = Relay(target, server.getsockname()[1])
        threading.Thread(target=relay.serve, args=(server,), daemon=True).start()
        try:
            yield relay
        finally:
            relay.move(target)
            server.shutdown(socket.SHUT_RDWR)
