"""Signals are deferred, and handlers are restored."""

import os
import signal
import threading

from owscale.cli.main import main
from owscale.output.signals import defer_signals
from tests._support.project import Project


def test_signal_is_deferred_and_handlers_are_restored() -> None:
    previous = signal.getsignal(signal.SIGINT)
    with defer_signals() as is_interrupted:
        assert not is_interrupted()
        os.kill(os.getpid(), signal.SIGINT)
        assert is_interrupted()
    assert signal.getsignal(signal.SIGINT) is previous


def test_ignored_signal_stays_ignored() -> None:
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with defer_signals() as is_interrupted:
            os.kill(os.getpid(), signal.SIGINT)
            assert not is_interrupted()
    finally:
        signal.signal(signal.SIGINT, previous)


def test_generate_runs_in_another_thread(project: Project) -> None:
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(main(["generate"])))
    thread.start()
    thread.join()
    assert codes == [0]
    assert project.run("check") == 0
