"""The changes of all deployments as text, and as Markdown for a pull request."""

from collections.abc import Iterable, Iterator

from owscale.console.markdown import code, escape
from owscale.console.text import and_more, plural, printable
from owscale.cost import diff as cost
from owscale.review.comparison import AddressChange, DeploymentChange, FileChange, FileChangeKind, ResourceChangeKind
from owscale.review.spec_diff import KeyChange

# GitHub colors lines of a `diff` block that start with + or -.
_RESOURCE_MARKS: dict[ResourceChangeKind, str] = {
    "created": "+",
    "changed": "~",
    "moved": ">",
    "destroyed": "-",
    "removed from the state": ".",
}
_FILE_MARKS: dict[FileChangeKind, str] = {"added": "+", "changed": "~", "removed": "-"}
_MAX_ADDRESSES = 3


def format_text(changes: Iterable[DeploymentChange], base: str) -> Iterator[str]:
    """Yield the lines for a terminal."""
    for change in changes:
        yield f"{change.folder}: {_summary(change)}"
        if change:
            if change.release:
                yield from _text_section(f"! {change.release.title}", [f"! {line}" for line in change.release.lines])
            yield from _text_section("! Review first", [f"! {line}" for line in change.review_first])
            yield from _text_section(f"Spec, against {base}", [line for key in change.keys for line in _key_lines(key)])
            yield from _text_section("Files", map(_file_line, change.files))
            yield from _text_section("Resources", map(_address_line, change.addresses))
            values = (f"{value.name}: {value.before} → {value.after}" for value in change.derived_values)
            yield from _text_section("Derived values", values)
            yield from _text_section("Cost, USD a month", cost.format_text(change.cost) if change.cost else [])
            yield ""


def _text_section(title: str, lines: Iterable[str]) -> Iterator[str]:
    indented = [f"    {printable(line)}".rstrip() for line in lines]
    if indented:
        yield f"\n  {title}"
        yield from indented


def _key_lines(key: KeyChange) -> Iterator[str]:
    yield f"{key.name}: {key.before_text} → {key.after_text}   ({key.location})"
    yield f"  {key.effect.text.replace('`', '')}"
    yield f"  affects {_affected(key)}"


def _affected(key: KeyChange) -> str:
    if key.affected_addresses is None and key.path[:1] == ("custom",):
        return "the resources of its files"
    if key.affected_addresses is None:
        return "resources only together with other changed keys"
    return and_more(key.affected_addresses, _MAX_ADDRESSES) or "no resource"


def _file_line(change: FileChange) -> str:
    return f"{_FILE_MARKS[change.kind]} {change.path}"


def _address_line(change: AddressChange) -> str:
    line = f"{_RESOURCE_MARKS[change.kind]} {change.address}"
    if change.previous_address:
        return f"{line} (from {change.previous_address})"
    return f"{line} ({', '.join(change.arguments)})" if change.arguments else line


def _summary(change: DeploymentChange) -> str:
    if change.state == "new":
        return f"new, {plural(len(change.addresses), 'resource')}"
    if change.state == "removed":
        return "removed"
    if not change:
        return "no change"
    renamed = f"renamed from {change.previous_folder}, with the same state; " if change.previous_folder else ""
    kinds = [each.kind for each in change.addresses]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in _RESOURCE_MARKS if kind in kinds)
    numbers = f"{plural(len(change.keys), 'key')}, {plural(len(change.files), 'file')}"
    return f"{renamed}{numbers}; resources: {counts or 'none'}"


def format_markdown(changes: Iterable[DeploymentChange], base: str) -> Iterator[str]:
    """Yield the lines for a pull request."""
    for change in changes:
        yield f"## {escape(change.folder)}: {_summary(change)}\n"
        if change:
            yield from _markdown_release(change)
            yield from _markdown_review_first(change)
            yield from _markdown_keys(change, base)
            yield from _markdown_derived_values(change)
            if change.cost:
                yield "\n".join(("USD a month:", "", *cost.format_markdown(change.cost), ""))
            yield from _markdown_details("Resources", map(_address_line, change.addresses))
            yield from _markdown_details("Files", map(_file_line, change.files))


def _markdown_release(change: DeploymentChange) -> Iterator[str]:
    if change.release:
        yield f"> **{escape(change.release.title)}**\n>"
        yield from (f"> - {escape(line)}" for line in change.release.lines)
        yield ""


def _markdown_review_first(change: DeploymentChange) -> Iterator[str]:
    if change.review_first:
        yield "> **Review first**\n>"
        yield from (f"> - {escape(line)}" for line in change.review_first)
        yield ""


def _markdown_keys(change: DeploymentChange, base: str) -> Iterator[str]:
    if change.keys:
        yield f"| Key | {escape(base)} | Now | Effect | Affects |\n|---|---|---|---|---|"
        for key in change.keys:
            values = code(key.before_text), code(key.after_text)
            cells = (code(key.name), *values, key.effect.text, escape(_affected(key)))
            yield f"| {' | '.join(cells)} |"
        yield ""


def _markdown_derived_values(change: DeploymentChange) -> Iterator[str]:
    if change.derived_values:
        yield "| Derived value | Before | After |\n|---|---|---|"
        for value in change.derived_values:
            yield f"| {escape(value.name)} | {escape(value.before)} | {escape(value.after)} |"
        yield ""


def _markdown_details(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a collapsed block."""
    body = list(map(printable, lines))  # a line break in a name would end the block
    if body:
        text = "\n".join(body)
        yield f"<details><summary>{title}: {len(body)}</summary>\n\n```diff\n{text}\n```\n\n</details>\n"
