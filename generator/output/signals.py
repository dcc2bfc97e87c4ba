"""Ctrl-C, where it would come between two changes that belong together."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def held() -> Iterator[Callable[[], bool]]:
    """SIGINT and SIGTERM end nothing while the block runs; what it gets tells whether one of them came.

    Python lets the main thread alone decide about signals; in another one the block runs as ever.
    """
    came: list[int] = []
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) not in (signal.SIG_IGN, None):  # nohup, or a program around this one
                before[number] = signal.signal(number, lambda number, _: came.append(number))
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
