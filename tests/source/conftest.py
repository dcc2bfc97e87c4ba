"""Every test of reading runs under both of PyYAML's loaders."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import source
from generator.diagnostics import Diagnostic
from generator.document import Document
from tests.source.reading import LOADERS, Read, read_path


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__, autouse=True)
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_LOADER", request.param)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str | bytes) -> tuple[Document | None, list[Diagnostic]]:
        path = tmp_path / "spec.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_path(path)

    return read


@pytest.fixture
def _nobody() -> Iterator[None]:
    """Root may read every file, so that a test of permissions takes another user."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text("a: 1")
    path.chmod(0)
    return path
