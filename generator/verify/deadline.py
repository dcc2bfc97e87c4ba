"""A time limit for a whole call; libraries limit each wait only."""

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def call_with_deadline(function: Callable[[], Result], seconds: float) -> Result:
    """Return the result of a function, or raise its exception.

    Raises TimeoutError if it takes longer. It then runs on in its thread, and its result is dropped: Python cannot
    stop a thread. The thread does not keep the program from ending.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError
    return results[0]
