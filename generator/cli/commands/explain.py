"""`owscale explain`: explain a diagnostic or a key, or print the effective configuration."""

from owscale.cli.output import CommandResult, Output
from owscale.console.text import closest
from owscale.errors import UsageError
from owscale.rules import stored_catalogue

TYPE_CHECKING = False  # `explain CODE` does not wait for typing
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

_DIGITS = str.maketrans("OIL", "011")  # letters that are mistaken for a digit of a code

_NOT_OVERRIDDEN = {"name": "all have the same", "environments": ""}


class ExplainOptions:
    """Options of `owscale explain`: no named tuple, and no `paths`, since neither a code nor a key needs the import."""

    spec: "Path | None"
    out: "Path | None"
    strict: bool
    topic: "str | None"
    env: "str | None"

    def __init__(self, **values: "Any") -> None:
        vars(self).update(values)


def run(options: ExplainOptions, output: Output) -> CommandResult:
    """Explain a code or a key; without one, print the configuration of each deployment with its origins."""
    if options.topic is None:
        from owscale.cli.commands._explain_specs import explain_specs  # noqa: PLC0415 -- a code needs none of its imports

        return CommandResult(text=explain_specs(options.spec, options.out, options.env, output, strict=options.strict))
    catalogue = stored_catalogue.load()
    if entry := catalogue.entries.get(options.topic.upper()):
        return CommandResult(text=_text(_explain_code(entry)))
    keys = catalogue.find_keys(options.topic)
    if not keys:
        raise UsageError(f"{options.topic}: no such code or key", hint=_suggest(catalogue, options.topic))
    return CommandResult(text="\n".join(_text(_explain_key(catalogue, key, options, output)) for key in keys))


def _text(lines: "Iterator[str]") -> str:
    return "".join(f"{line}\n" for line in lines)


def _suggest(catalogue: stored_catalogue.StoredCatalogue, topic: str) -> str:
    keys = {word: key for key in catalogue.keys for word in (key.rpartition(".")[2], key)}
    code = topic.upper().translate(_DIGITS)
    match = (
        code if code in catalogue.entries else closest(code, catalogue.entries) or keys.get(closest(topic, keys), "")
    )
    if match:
        return f"did you mean {match}?"
    return "write a code such as S301, or a key such as redis.nodes; `owscale explain` prints the keys of your specs"


def _explain_code(entry: "dict[str, Any]") -> "Iterator[str]":
    reference = entry["reference"]
    if reference.startswith("docs/"):  # an installation has no docs
        reference = f"{reference} in the repository of owscale"
    yield f"{entry['code']} ({entry['severity']}): {entry['checks']}"
    yield f"Why: {entry['rationale']}"
    yield f"See {reference}"
    if entry["is_acceptable"]:
        code, is_shared = entry["code"], entry["severity"] == "error" and not entry["needs_place"]
        accepted = f"{code} KEY" if entry["needs_place"] else code
        each = "each of these deployments accepts it" if is_shared else "a spec accepts it"
        yield f'It does not count where {each}: accept: {{{accepted}: "the reason"}}'
    for title, text in (("Example", entry["example"]), ("Fixed", entry["fixed_example"])):
        yield from ("", f"{title}:", "", *(f"  {line}" for line in text.splitlines()))


def _explain_key(
    catalogue: stored_catalogue.StoredCatalogue, name: str, options: ExplainOptions, output: Output
) -> "Iterator[str]":
    from owscale.cli.commands._key_settings import describe_settings  # noqa: PLC0415 -- a code needs none of its imports
    from owscale.cli.commands._measured_users import KEYS, describe_measured_users  # noqa: PLC0415 -- a code needs none

    key = catalogue.keys[name]
    children = [f"{name}.{child}" for child in catalogue.children(name)]
    facts = {
        "Type": key["type"],
        "Limits": key["limits"],
        "Default": key["default"] or ("each key below has its own" if children else "none"),
        "Example": key["example"],
        "Environments": _NOT_OVERRIDDEN.get(name, f"each can set its own value, as environments.<name>.{name}"),
    }
    yield f"{name}: {key['description']}"
    yield from (f"{title}: {text}" for title, text in facts.items() if text)
    if key["effects"]:
        yield from ("", "Change of a deployment that exists:", *(f"  {line}" for line in key["effects"]))
    yield from _titled("Keys", {child: catalogue.keys[child]["description"] for child in children})
    yield from _titled(
        "Diagnostics",
        {f"{entry['code']} ({entry['severity']})": entry["checks"] for entry in catalogue.entries_about(name)},
    )
    yield from _titled("In your specs", describe_settings(name, options.spec, options.out, output))
    if name in KEYS:
        yield from _titled("Users", describe_measured_users(options.spec, options.out, output))


def _titled(title: str, rows: "dict[str, str]") -> "Iterator[str]":
    """Yield the lines of a list with a title; none where the list is empty."""
    if rows:
        width = max(map(len, rows))
        yield from ("", f"{title}:", *(f"  {label:<{width}}  {text}" for label, text in rows.items()))
