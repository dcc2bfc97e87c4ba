"""What a plan does, for somebody who decides: by module, with the arguments that change and the reasons. No values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.plan.model import Change, Kind, Plan
from generator.report import printable

_ROOT = "the root"

_MARKS: dict[Kind, str] = {
    "create": "+",
    "delete": "-",
    "forget": ".",
    "nothing": " ",
    "read": "<=",
    "replace": "-/+",
    "update": "~",
}
_VERBS: dict[Kind, str] = {
    "create": "created",
    "delete": "destroyed",
    "forget": "forgotten, and left in AWS",
    "nothing": "unchanged",
    "read": "read",
    "replace": "replaced",
    "update": "changed",
}

_REASONS = {
    "delete_because_count_index": "count gives it no longer",
    "delete_because_each_key": "for_each has its key no longer",
    "delete_because_no_module": "its module is no longer called",
    "delete_because_no_move_target": "where it was moved to is no resource",
    "delete_because_no_resource_config": "it is no longer in the configuration",
    "delete_because_wrong_repetition": "its count or for_each came or went",
    "replace_because_cannot_update": "what changes cannot change in place",
    "replace_because_tainted": "it is tainted: its creation failed half-way",
    "replace_by_request": "-replace asks for it",
    "replace_by_triggers": "something that it is to be replaced with changes",
}
"""Terraform's reasons in words. One that is not here is not told: what a plan says there could be anything."""


@dataclass(frozen=True)
class Line:
    """What happens to one resource. `resource` is its address within the module."""

    address: str
    resource: str
    kind: Kind | None
    arguments: tuple[str, ...] = ()
    replace_for: tuple[str, ...] = ()
    reason: str = ""
    previous_address: str = ""
    imported: bool = False

    @property
    def mark(self) -> str:
        return _MARKS[self.kind] if self.kind else "?"

    @property
    def what(self) -> str:
        """In words: `changed: threshold`, `replaced for kms_key_id: …`, `unchanged, moved from …`."""
        told = _VERBS[self.kind] if self.kind else "something that is not known here"
        if self.replace_for:
            told += f" for {', '.join(self.replace_for)}"
        if self.imported:
            told += ", imported"
        if self.previous_address:
            told += f", moved from {self.previous_address}"
        after = ", ".join(self.arguments) or self.reason
        return printable(f"{told}: {after}" if after else told)


@dataclass(frozen=True)
class Part:
    """The lines of one module."""

    module: str
    lines: tuple[Line, ...]


def summary(plan: Plan) -> tuple[Part, ...]:
    """Every resource to which something happens, module by module, in the order of their addresses."""
    found: dict[str, list[Line]] = {}
    for change in sorted(plan.managed(), key=lambda change: change.address):
        if not change.quiet:
            found.setdefault(change.module or _ROOT, []).append(_line(change))
    return tuple(Part(module, tuple(lines)) for module, lines in sorted(found.items()))


def _line(change: Change) -> Line:
    return Line(
        address=change.address,
        resource=change.address.removeprefix(f"{change.module}."),
        kind=change.kind,
        arguments=change.arguments if change.kind == "update" else (),
        replace_for=change.replace_for if change.kind == "replace" else (),
        reason=_REASONS.get(change.reason, ""),
        previous_address=change.previous_address if change.moved else "",
        imported=change.imported,
    )


def as_text(parts: Iterable[Part]) -> Iterator[str]:
    """A line a resource under each module."""
    for part in parts:
        yield printable(part.module)
        for line in part.lines:
            yield f"  {line.mark:<3} {printable(line.resource)}: {line.what}"


def as_markdown(parts: Iterable[Part]) -> Iterator[str]:
    """A list a module, for a pull request."""
    for part in parts:
        yield f"**{code(part.module) if part.module != _ROOT else _ROOT}**"
        yield ""
        yield from (f"- {code(line.resource)}: {escaped(line.what)}" for line in part.lines)
        yield ""


def code(text: str) -> str:
    """Markdown's way to show a text as it is."""
    return f"`{printable(text).replace('`', chr(39))}`"


def escaped(text: str) -> str:
    """Text in which Markdown finds nothing of its own."""
    return "".join(f"\\{c}" if c in "\\`*[]<>|#~" else c for c in printable(text))
