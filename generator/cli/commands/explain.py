"""`owscale explain`: explain a diagnostic or a key, or print the effective configuration."""

from owscale.cli.output import CommandResult, Output
from owscale.console.text import closest_words, plural
from owscale.errors import UsageError
from owscale.rules import stored_catalogue

TYPE_CHECKING = False  # `explain CODE` does not wait for typing
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

_MAX_SIMILAR = 5


class Options:
    """Options of `owscale explain`: no named tuple, and no `paths`, since neither a code nor a key needs the import."""

    spec: "Path | None"
    out: "Path | None"
    strict: bool
    word: "str | None"
    env: "str | None"

    def __init__(self, **values: "Any") -> None:
        self.__dict__.update(values)


def run(options: Options, output: Output) -> CommandResult:
    """Explain a code or a key; without one, print the configuration of each deployment with its origins."""
    if options.word:
        return CommandResult(text="".join(f"{line}\n" for line in _explain(options.word)))
    from owscale.cli.commands._explain_specs import explain_specs  # noqa: PLC0415 -- a code needs none of its imports

    text = explain_specs(options.spec, options.out, options.env, output, strict=options.strict)
    return CommandResult(text=text)


def _explain(word: str) -> "Iterator[str]":
    """Yield the lines about a code or a key. Raises UsageError for any other word."""
    catalogue = stored_catalogue.load()
    if entry := catalogue.entries.get(word.upper()):
        return _explain_code(entry)
    keys = catalogue.find_keys(word)
    if len(keys) == 1:
        return _explain_key(catalogue, keys[0])
    if keys:
        raise UsageError(f"{word}: {plural(len(keys), 'key')} with this name", hint=f"choose one of {', '.join(keys)}")
    similar = closest_words(word, catalogue.words, _MAX_SIMILAR)
    hint = f"did you mean {' or '.join(similar)}?" if similar else "run `owscale explain` for all keys of your specs"
    raise UsageError(f"{word}: no such code or key", hint=hint)


def _explain_code(entry: "dict[str, Any]") -> "Iterator[str]":
    yield f"{entry['code']} ({entry['severity']}): {entry['checks']}"
    yield f"Why: {entry['rationale']}"
    yield f"See {entry['reference']}"
    for title, text in (("Example", entry["example"]), ("Fixed", entry["fixed_example"])):
        yield from ("", f"{title}:", "", *(f"  {line}" for line in text.splitlines()))


def _explain_key(catalogue: stored_catalogue.StoredCatalogue, name: str) -> "Iterator[str]":
    key = catalogue.keys[name]
    yield f"{name}: {key['description']}"
    default = key["default"] or ("see the keys" if key["keys"] else "none")
    for title, text in (("Type", key["type"]), ("Default", default), ("Example", key["example"])):
        if text:
            yield f"{title}: {text.replace('`', '')}"
    if children := catalogue.children(name):
        width = max(map(len, children))
        yield from ("", "Keys:")
        yield from (f"  {child:<{width}}  {catalogue.keys[child]['description']}" for child in children)
    if rules := [entry for entry in catalogue.entries.values() if _is_about(entry["keys"], name)]:
        yield from ("", "Rules:")
        yield from (f"  {entry['code']} ({entry['severity']}): {entry['checks']}" for entry in rules)


def _is_about(keys: "list[str]", name: str) -> bool:
    return any(key == name or key.startswith(f"{name}.") for key in keys)
