"""Helpers that read a spec and check the result of the reader."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, settings

from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport
from owscale.spec import yaml_reader
from owscale.spec.document import Document

LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]
"""The loaders of PyYAML: in Python and, where PyYAML has it, in C."""
ReadSpec = Callable[[str | bytes], tuple[Document | None, list[Diagnostic]]]
"""The type of the fixture `read`."""

# All examples of a test can share the loader and the directory.
hypothesis_settings = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_file(path: Path) -> tuple[Document | None, list[Diagnostic]]:
    """Read a file under the name `spec/spec.yaml`."""
    report = DiagnosticReport()
    return yaml_reader.read_spec(path, "spec/spec.yaml", report), list(report)


def read_document(read: ReadSpec, text: str | bytes, file: str = "spec/spec.yaml") -> Document:
    """Read a text without errors, under the name `file` in messages."""
    document, diagnostics = read(text)
    assert diagnostics == []
    assert document is not None
    return Document(file, document.source, dict(document.data), dict(document.locations))


def read_unusable(read: ReadSpec, text: str | bytes) -> Diagnostic:
    """Read a text without usable data, and return its only diagnostic."""
    document, diagnostics = read(text)
    assert document is None
    assert len(diagnostics) == 1, diagnostics
    return diagnostics[0]


def read_with_errors(read: ReadSpec, text: str) -> tuple[Mapping[str, Any], list[str]]:
    """Read a text with errors and usable data; return the data, and the errors without their hints."""
    document, diagnostics = read(text)
    assert document is not None
    assert diagnostics
    return document.data, [str(diagnostic).partition("\n")[0] for diagnostic in diagnostics]
