"""Diagnostics as SARIF 2.1.0, the format of code scanning and of editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from owscale import __version__
from owscale.console.json_text import json_document
from owscale.console.text import printable
from owscale.diagnostics.model import Diagnostic, Related
from owscale.diagnostics.report import DiagnosticReport
from owscale.rules.catalogue import CatalogueEntry, catalogue

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LINK = re.compile(r"\[([^\[\]]*)\]\(")


def format_report(report: DiagnosticReport) -> str:
    """Return the document: one run with every rule, and a result per diagnostic."""
    rules = [_rule(entry) for entry in catalogue()]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "owscale", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, index[diagnostic.code]) for diagnostic in report],
    }
    return json_document({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(entry: CatalogueEntry) -> dict[str, Any]:
    return {
        "id": entry.code,
        "shortDescription": {"text": entry.checks},
        "fullDescription": {"text": f"{entry.checks} {entry.rationale}"},
        "help": {"text": f"{entry.reference} Run `owscale explain {entry.code}` for an example."},
        "defaultConfiguration": {"level": entry.severity},
    }


def _result(diagnostic: Diagnostic, rule_index: int) -> dict[str, Any]:
    text = "\n".join(map(_plain, filter(None, (diagnostic.text, *diagnostic.hint.split("\n")))))
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule_index,
        "level": diagnostic.severity,
        "message": {"text": text},
        "locations": [_location(diagnostic)],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            _location(related) | {"message": {"text": _plain(related.text)}} for related in diagnostic.related
        ]
    if diagnostic.accepted:
        result["suppressions"] = [{"kind": "inSource", "justification": diagnostic.accepted}]
    return result


def _plain(text: str) -> str:
    """Return a text without SARIF's syntax for links in messages (3.11.6), and without invisible characters."""
    return _LINK.sub(r"\\[\1\\](", printable(text))


def _location(place: Diagnostic | Related) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
    if place.line:
        end = place.column + place.length
        physical["region"] = {"startLine": place.line, "startColumn": place.column, "endColumn": end}
    logical = {"logicalLocations": [{"fullyQualifiedName": place.path}]} if place.path else {}
    return {"physicalLocation": physical} | logical


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
