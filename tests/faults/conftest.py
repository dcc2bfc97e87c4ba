"""A world for small deployments, with a server in between that can be disturbed."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator import aws
from tests.emulator.story import environment
from tests.emulator.world import World
from tests.faults.between import Between
from tests.faults.small import Small

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def world(terraform: str) -> Iterator[World]:  # noqa: ARG001 -- the binary must be there
    with aws.running() as url:
        yield World(url)


@pytest.fixture(scope="session")
def server(world: World) -> Iterator[Between]:
    made = Between(world.url)
    with made.running():
        yield made


@pytest.fixture
def between(server: Between) -> Between:
    server.heal()
    return server


@pytest.fixture
def small(tmp_path: Path, world: World, between: Between, monkeypatch: pytest.MonkeyPatch) -> Small:
    environment(tmp_path, world, monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
    monkeypatch.chdir(tmp_path)
    return Small(tmp_path, world, f"small-{next(_numbers)}")
