"""`owscale tf output`: what the deployment tells of itself, such as the load balancer's name."""

import json
from argparse import Namespace
from typing import Any

from generator.commands.tf.root import opened
from generator.errors import OwscaleError, Report
from generator.report import printable


def output(options: Namespace, report: Report) -> int:
    """Prints the outputs; a sensitive one is named and not shown."""
    root = opened(options, report)
    root.init()
    asked = root.terraform.run("output", "-json", "-no-color")
    if asked.code:
        raise root.failed("terraform output failed", asked.stderr)
    found = _parsed(asked.stdout, f"terraform output in {root.path}")
    if not found:
        raise OwscaleError(f"{root.path}: no outputs, so nothing has been applied yet\n  hint: {root.names.plan}")
    if options.shown_as == "json":
        print(json.dumps(found, indent=2, sort_keys=True))
        return 0
    widest = max(map(len, found))
    for name, value in sorted(found.items()):
        text = value if isinstance(value, str) else json.dumps(value)
        print(f"{printable(name):<{widest}}  {printable(text)}")
    return 0


def _parsed(text: str, origin: str) -> dict[str, Any]:
    """Strictly: a warning in front of the document is no output."""
    hint = "  hint: it must be what `terraform output -json` prints, and nothing else"
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise OwscaleError(f"{origin}: not JSON\n{hint}") from None
    found = {}
    for name, entry in document.items() if isinstance(document, dict) else [("", None)]:
        match entry:
            case {"value": value, "sensitive": bool(sensitive)}:
                found[name] = "(sensitive)" if sensitive else value
            case _:
                raise OwscaleError(f"{origin}: {name or 'the document'} is no output\n{hint}")
    return found
