"""A report as SARIF 2.1.0, which code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from generator import __version__
from generator.catalogue import Entry, catalogue
from generator.diagnostics import Diagnostic, Related
from generator.errors import Report

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def rendered(report: Report) -> str:
    rules = [_rule(entry) for entry in catalogue()]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "owscale", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, index[diagnostic.code]) for diagnostic in report],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.code,
        "shortDescription": {"text": entry.why},
        "help": {"text": f"{entry.reference} docs/diagnostics.md has every code."},
        "defaultConfiguration": {"level": entry.severity},
    }


def _result(told: Diagnostic, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": told.code,
        "ruleIndex": index,
        "level": told.severity,
        "message": {"text": f"{told.what}\n{told.hint}" if told.hint else told.what},
        "locations": [_location(told)],
    }
    if told.also:
        result["relatedLocations"] = [_location(other) | {"message": {"text": other.what}} for other in told.also]
    if told.accepted:
        result["suppressions"] = [{"kind": "inSource", "justification": told.accepted}]
    return result


def _location(at: Diagnostic | Related) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(at.file)}}
    if at.line:
        physical["region"] = {"startLine": at.line, "startColumn": at.column, "endColumn": at.column + at.length}
    logical = {"logicalLocations": [{"fullyQualifiedName": at.path}]} if at.path else {}
    return {"physicalLocation": physical} | logical


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
