"""Defer Ctrl-C and SIGTERM while files are written that belong together."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def defer_signals() -> Iterator[Callable[[], bool]]:
    """Keep SIGINT and SIGTERM from ending the block; it gets a function that returns whether one was received.

    Signals that are ignored stay ignored. Python only lets the main thread set handlers, so in another thread the
    block runs as usual.
    """
    received: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) not in (signal.SIG_IGN, None):  # ignored under nohup; None: not set by Python
                handlers[number] = signal.signal(number, lambda number, _: received.append(number))
    try:
        yield lambda: bool(received)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
