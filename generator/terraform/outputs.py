"""Parse the output of `terraform output -json`.

The reader is strict, because Terraform prints some warnings on stdout, before the document.
"""

import json
from typing import Any, NamedTuple

from owscale.errors import OwscaleError

_HINT = "pass the unchanged output of `terraform output -json`"


class OutputValue(NamedTuple):
    """The value of one output."""

    value: Any
    sensitive: bool


def read_outputs(text: str, origin: str) -> dict[str, OutputValue]:
    """Return the outputs by name; `origin` names the source of the text in errors.

    Raises OwscaleError for any other text; the message contains no value.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise OwscaleError(f"{origin}: not JSON", hint=_HINT) from None
    if not isinstance(document, dict):
        raise OwscaleError(f"{origin}: not a mapping", hint=_HINT)
    outputs = {}
    for name, entry in document.items():
        match entry:
            case {"value": value, "sensitive": bool(sensitive)}:
                outputs[name] = OutputValue(value, sensitive)
            case _:
                raise OwscaleError(f"{origin}: {name} is not an output", hint=_HINT)
    return outputs
