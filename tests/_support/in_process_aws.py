"""An AWS account that answers the calls of this process, beside the emulators that other tests run in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto import mock_aws
from moto.core.base_backend import BackendDict

from tests._support.emulator.server import additions


@contextmanager
def in_process_aws() -> Iterator[None]:
    """Answer the calls from an empty account. moto resets all resources of the process: those of servers are kept."""
    instances: list[Any] = vars(BackendDict)["_instances"]
    kept = [(backends, dict(backends)) for backends in instances]
    for backends, _ in kept:
        backends.clear()
    try:
        with additions(), mock_aws():
            yield
    finally:
        for backends, accounts in kept:
            backends.update(accounts)
            instances.append(backends)
