"""Summarize a plan for a reviewer: changes by module, with changed arguments and reasons, and without values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from owscale.console.markdown import code, escape
from owscale.console.text import printable
from owscale.terraform.plan.model import ChangeKind, Plan, ResourceChange

_ROOT = "the root module"

_MARKS: dict[ChangeKind, str] = {
    "create": "+",
    "delete": "-",
    "forget": ".",
    "nothing": " ",
    "read": "<=",
    "replace": "-/+",
    "update": "~",
}
_VERBS: dict[ChangeKind, str] = {
    "create": "created",
    "delete": "destroyed",
    "forget": "removed from the state, left in AWS",
    "nothing": "unchanged",
    "read": "read",
    "replace": "replaced",
    "update": "changed",
}

_REASONS = {
    "delete_because_count_index": "its index is beyond count",
    "delete_because_each_key": "its key was removed from for_each",
    "delete_because_no_module": "its module call was removed",
    "delete_because_no_move_target": "it was moved to an address without a resource",
    "delete_because_no_resource_config": "it is not in the configuration any more",
    "delete_because_wrong_repetition": "count or for_each was added or removed",
    "replace_because_cannot_update": "an argument cannot be changed in place",
    "replace_because_tainted": "it is tainted: its creation failed half-way",
    "replace_by_request": "-replace requests it",
    "replace_by_triggers": "a resource of replace_triggered_by changes",
}
"""Terraform's reasons in words. An unknown reason is not printed, because it could contain a value."""


@dataclass(frozen=True)
class SummaryLine:
    """The change of one resource; `resource` is its address within the module."""

    address: str
    resource: str
    kind: ChangeKind | None
    arguments: tuple[str, ...] = ()
    replace_for: tuple[str, ...] = ()
    reason: str = ""
    previous_address: str = ""
    imported: bool = False

    @property
    def mark(self) -> str:
        """The mark of the change, similar to Terraform's."""
        return _MARKS[self.kind] if self.kind else "?"

    @property
    def description(self) -> str:
        """The change in words, such as `changed: threshold` or `unchanged, moved from aws_sns_topic.old`."""
        text = _VERBS[self.kind] if self.kind else "unknown action"
        if self.replace_for:
            text += f" for {', '.join(self.replace_for)}"
        if self.imported:
            text += ", imported"
        if self.previous_address:
            text += f", moved from {self.previous_address}"
        details = ", ".join(self.arguments) or self.reason
        return printable(f"{text}: {details}" if details else text)


@dataclass(frozen=True)
class SummaryPart:
    """The changes of one module."""

    module: str
    lines: tuple[SummaryLine, ...]


def summarize_plan(plan: Plan) -> tuple[SummaryPart, ...]:
    """Return all resources that change, by module, in the order of their addresses."""
    modules: dict[str, list[SummaryLine]] = {}
    for change in sorted(plan.managed(), key=lambda change: change.address):
        if not change.has_no_effect:
            modules.setdefault(change.module or _ROOT, []).append(_line(change))
    return tuple(SummaryPart(module, tuple(lines)) for module, lines in sorted(modules.items()))


def _line(change: ResourceChange) -> SummaryLine:
    return SummaryLine(
        address=change.address,
        resource=change.address.removeprefix(f"{change.module}."),
        kind=change.kind,
        arguments=change.changed_arguments if change.kind == "update" else (),
        replace_for=change.replace_for if change.kind == "replace" else (),
        reason=_REASONS.get(change.reason, ""),
        previous_address=change.previous_address if change.moved else "",
        imported=change.imported,
    )


def format_text(parts: Iterable[SummaryPart]) -> Iterator[str]:
    """Yield the lines for a terminal: one for each resource, under its module."""
    for part in parts:
        yield printable(part.module)
        for line in part.lines:
            yield f"  {line.mark:<3} {printable(line.resource)}: {line.description}"


def format_markdown(parts: Iterable[SummaryPart]) -> Iterator[str]:
    """Yield the lines for a pull request: a list for each module."""
    for part in parts:
        yield f"**{code(part.module) if part.module != _ROOT else _ROOT}**"
        yield ""
        yield from (f"- {code(line.resource)}: {escape(line.description)}" for line in part.lines)
        yield ""
