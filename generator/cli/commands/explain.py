"""`owscale explain`: explain a diagnostic, or print the effective configuration."""

from owscale.cli.output import CommandResult, Output
from owscale.console.text import suggest
from owscale.errors import UsageError
from owscale.rules import stored_catalogue

TYPE_CHECKING = False  # `explain CODE` does not wait for typing
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


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
        hint = suggest(code.upper(), entries, "write the code at the end of an error or a warning, such as S301")
        raise UsageError(f"{code}: no such code", hint=hint)
    reference = entry["reference"]
    if reference.startswith("docs/"):  # an installation has no docs
        reference = f"{reference} in the repository of owscale"
    lines = [
        f"{entry['code']} ({entry['severity']}): {entry['checks']}",
        f"Why: {entry['rationale']}",
        f"See {reference}",
    ]
    for title, text in (("Example", entry["example"]), ("Fixed", entry["fixed_example"])):
        lines += ["", f"{title}:", "", *(f"  {line}" for line in text.splitlines())]
    return "\n".join(lines) + "\n"
