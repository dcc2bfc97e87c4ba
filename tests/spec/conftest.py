"""Fixtures for reading specs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from owscale.diagnostics.model import Diagnostic
from owscale.spec import yaml_events
from owscale.spec.document import Document
from tests._support.spec_reading import LOADERS, ReadSpec, read_file


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test with each loader of PyYAML."""
    monkeypatch.setattr(yaml_events, "_LOADER", request.param)


@pytest.fixture
def read(loader: None, tmp_path: Path) -> ReadSpec:  # noqa: ARG001 -- a fixture for its effect
    """Return a function that reads a text as a spec."""

    def read(text: str | bytes) -> tuple[Document | None, list[Diagnostic]]:
        path = tmp_path / "spec.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_file(path)

    return read


@pytest.fixture
def _unprivileged() -> Iterator[None]:
    """Run a test of permissions as another user than root, who can read every file."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


@pytest.fixture
def unreadable_file(tmp_path: Path) -> Path:
    """Return a spec without any permission to read it."""
    path = tmp_path / "spec.yaml"
    path.write_text("a: 1")
    path.chmod(0)
    return path
