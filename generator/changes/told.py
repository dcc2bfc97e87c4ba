"""A comparison as a person reads it: in a terminal, or as a comment of a pull request."""

from collections.abc import Iterable, Iterator

from generator.changes.compare import AddressChange, DeploymentChange
from generator.changes.keys import KeyChange
from generator.cost import changes as cost
from generator.errors import count

_MARKS = {"+": "created", "~": "changed", ">": "moved", "-": "destroyed", ".": "forgotten"}
_MOST_REACHED = 3


def text(found: Iterable[DeploymentChange], base: str) -> Iterator[str]:
    """For a terminal."""
    for change in found:
        yield f"{change.folder}: {_summary(change)}"
        if not change:
            continue
        yield from _section("! Look at first", [f"! {line}" for line in change.called_out])
        yield from _section(f"Spec, against {base}", [line for key in change.keys for line in _key_lines(key)])
        yield from _section("Files", [f"{mark} {path}" for mark, path in change.files])
        yield from _section("Addresses", [f"{each.mark} {each.address}{_details(each)}" for each in change.addresses])
        yield from _section("Figures", [f"{name}: {was} → {becomes}" for name, was, becomes in change.figures])
        yield from _section("Cost, USD a month", cost.text(change.cost) if change.cost else [])
        yield ""


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"\n  {title}"
        yield from (f"    {line}".rstrip() for line in lines)


def _key_lines(key: KeyChange) -> Iterator[str]:
    yield f"{key.name}: {key.was} → {key.becomes}   ({key.place})"
    yield f"  {_reached(key)}"


def _reached(key: KeyChange) -> str:
    if key.reaches is None:
        return "takes effect together with the other keys alone"
    if not key.reaches:
        return "reaches no resource"
    more = len(key.reaches) - _MOST_REACHED
    return f"reaches {', '.join(key.reaches[:_MOST_REACHED])}{f' and {more} more' if more > 0 else ''}"


def _details(each: AddressChange) -> str:
    if each.mark == ">":
        return f" (from {each.details[0]})"
    return f" ({', '.join(each.details)})" if each.details else ""


def _summary(change: DeploymentChange) -> str:
    if change.state == "new":
        return f"new, {count(len(change.addresses), 'resource')}"
    if change.state == "gone":
        return "gone"
    if not change:
        return "no change"
    marks = [each.mark for each in change.addresses]
    told = [f"{marks.count(mark)} {name}" for mark, name in _MARKS.items() if mark in marks]
    return (
        f"{count(len(change.keys), 'key')}, {count(len(change.files), 'file')}; resources: {', '.join(told) or 'none'}"
    )


def markdown(found: Iterable[DeploymentChange], base: str) -> Iterator[str]:
    """For a pull request."""
    for change in found:
        yield f"## {change.folder}: {_summary(change)}\n"
        if not change:
            continue
        if change.called_out:
            yield from (f"> **Look at first:** {_safe(line)}\n>" for line in change.called_out)
            yield ""
        if change.keys:
            yield f"| Key | {_safe(base)} | Now | Reaches |\n|---|---|---|---|"
            for key in change.keys:
                cells = (
                    _code(key.name),
                    _code(key.was),
                    _code(key.becomes),
                    _safe(_reached(key).removeprefix("reaches ")),
                )
                yield f"| {' | '.join(cells)} |"
            yield ""
        if change.figures:
            yield "| Figure | Before | After |\n|---|---|---|"
            yield from (f"| {_safe(name)} | {_safe(was)} | {_safe(becomes)} |" for name, was, becomes in change.figures)
            yield ""
        if change.cost:
            yield "\n".join(("USD a month:", "", *cost.markdown(change.cost), ""))
        yield from _folded("Addresses", [f"{each.mark} {each.address}{_details(each)}" for each in change.addresses])
        yield from _folded("Files", [f"{mark} {path}" for mark, path in change.files])


def _folded(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        body = "\n".join(lines)
        yield f"<details><summary>{title}: {len(lines)}</summary>\n\n```diff\n{body}\n```\n\n</details>\n"


def _safe(text: str) -> str:
    """Text that can neither end a cell of a table nor begin HTML or a mention."""
    for char in "\\`*_[]<>|@#":
        text = text.replace(char, f"\\{char}")
    return text.replace("\n", " ")


def _code(text: str) -> str:
    return _safe(text) if "`" in text else f"`{text.replace('|', chr(92) + '|')}`"
