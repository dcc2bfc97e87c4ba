"""JSON documents on stdout."""

import json
from typing import Any


def json_document(document: Any) -> str:
    """Return a document as indented JSON that is safe to print, with unchanged values.

    It is ASCII, so control characters and invisible ones are escapes. Of `##`, which begins a command to some CI
    systems, one character is an escape too; outside a string, JSON has no `#`.
    """
    return json.dumps(document, indent=2).replace("##", "#\\u0023")
