"""`owscale explain`: explain a diagnostic, or print the effective configuration."""

from owscale.cli.output import CommandResult, Output
from owscale.console.text import and_more, closest
from owscale.errors import UsageError
from owscale.rules import stored_catalogue

TYPE_CHECKING = False  # `explain CODE` does not wait for typing
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

_MAX_CODES = 10


class Options:
    """Options of `owscale explain`: no named tuple, and no `paths`, since `explain CODE` needs neither import."""

    spec: "Path | None"
    out: "Path | None"
    strict: bool
    code: "str | None"
    env: "str | None"

    def __init__(self, **values: "Any") -> None:
        self.__dict__.update(values)


def run(options: Options, output: Output) -> CommandResult:
    """Explain a code; without one, print the configuration of each deployment and where each value comes from."""
    if options.code:
        return CommandResult(text=_explain_code(options.code))
    from owscale.cli.commands._explain_specs import explain_specs  # noqa: PLC0415 -- a code needs none of its imports

    text = explain_specs(options.spec, options.out, options.env, output, strict=options.strict)
    return CommandResult(text=text)


def _explain_code(code: str) -> str:
    entries = stored_catalogue.load()
    entry = entries.get(code.upper())
    if entry is None:
        similar = closest(code.upper(), entries)
        hint = f"did you mean {similar}?" if similar else f"use one of {and_more(entries, _MAX_CODES)}"
        raise UsageError(f"{code}: no such code", hint=hint)
    lines = [
        f"{entry['code']} ({entry['severity']}): {entry['checks']}",
        f"Why: {entry['rationale']}",
        f"See {entry['reference']}",
    ]
    for title, text in (("Example", entry["example"]), ("Fixed", entry["fixed_example"])):
        lines += ["", f"{title}:", "", *(f"  {line}" for line in text.splitlines())]
    return "\n".join(lines) + "\n"
