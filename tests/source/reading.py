"""How the tests read a spec."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, settings

from generator import source
from generator.diagnostics import Diagnostic
from generator.document import Document
from generator.errors import Report

LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]
Read = Callable[[str | bytes], tuple[Document | None, list[Diagnostic]]]

# The loader and the folder serve every example alike.
hypothesis_settings = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def read_path(path: Path) -> tuple[Document | None, list[Diagnostic]]:
    report = Report()
    return source.read(path, "spec/spec.yaml", report), list(report)


def document(read: Read, text: str | bytes) -> Document:
    result, found = read(text)
    assert found == []
    assert result is not None
    return result


def refused(read: Read, text: str | bytes) -> Diagnostic:
    """The only diagnostic of a text of which nothing can be used."""
    result, found = read(text)
    assert result is None
    assert len(found) == 1, found
    return found[0]


def doubted(read: Read, text: str) -> tuple[dict[str, Any], list[str]]:
    """The data of a text that has errors and can be used, and its errors without their hints."""
    result, found = read(text)
    assert result is not None
    assert found
    return result.data, [str(diagnostic).partition("\n")[0] for diagnostic in found]
