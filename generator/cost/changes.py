"""What a change of a spec makes of its cost."""

from decimal import Decimal
from typing import NamedTuple

from generator.cost.parts import CaseName, Component, Estimate, Total
from generator.cost.tables import Table, as_markdown, as_text
from generator.cost.told import quantity

COMPARED: tuple[CaseName, ...] = ("minimum", "expected", "maximum")


class Change(NamedTuple):
    """One component before and after: its quantity in words, and by how much it changes in each case; None: unknown."""

    name: str
    before: str
    after: str
    by: tuple[Decimal | None, ...]


class Difference(NamedTuple):
    """The components that change, and the totals of each case before and after."""

    changes: tuple[Change, ...]
    before: tuple[Total, ...]
    after: tuple[Total, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def by(self) -> tuple[Decimal | None, ...]:
        """By how much the total changes in each case; None where a component that changes has no known amount."""
        columns = zip(*(change.by for change in self.changes), strict=True) if self.changes else ((),) * len(COMPARED)
        return tuple(_sum(column) for column in columns)


def difference(before: Estimate | None, after: Estimate | None) -> Difference:
    """From one estimate to another; None for a deployment that is not there."""
    old, new = _by_name(before), _by_name(after)
    changes = []
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            one, other = old.get(name, _NOTHING), new.get(name, _NOTHING)
            by = (None if a is None or b is None else b - a for a, b in zip(one.usd, other.usd, strict=True))
            changes.append(Change(name, one.words, other.words, tuple(by)))
    return Difference(tuple(changes), _totals(before), _totals(after))


class _Side(NamedTuple):
    """What a component is on one side, as far as a reader of the difference sees it."""

    words: str
    usd: tuple[Decimal | None, ...]
    price: Decimal | None = None


_NOTHING = _Side("-", (Decimal("0.00"),) * len(COMPARED))


def _by_name(estimate: Estimate | None) -> dict[str, _Side]:
    if estimate is None:
        return {}
    return {component.name: _side(estimate, component) for component in estimate.components}


def _side(estimate: Estimate, component: Component) -> _Side:
    usd = tuple(component.amounts[estimate.case(name)].usd for name in COMPARED)
    return _Side(quantity(estimate, component), usd, component.price.usd if component.price else None)


def _totals(estimate: Estimate | None) -> tuple[Total, ...]:
    return tuple(estimate.total(name) if estimate else Total(Decimal("0.00"), complete=True) for name in COMPARED)


def _sum(column: tuple[Decimal | None, ...]) -> Decimal | None:
    known = [by for by in column if by is not None]
    return sum(known, Decimal("0.00")) if len(known) == len(column) else None


def text(found: Difference) -> list[str]:
    """For a terminal."""
    return as_text(_table(found)) if found else [_NONE]


def markdown(found: Difference) -> list[str]:
    """For a pull request."""
    return as_markdown(_table(found)) if found else [_NONE]


_NONE = "The monthly cost does not change."


def _table(found: Difference) -> Table:
    rows = [[change.name, change.before, change.after, *map(_signed, change.by)] for change in found.changes]
    for title, totals in (("Total before", found.before), ("Total after", found.after)):
        rows.append([title, "", "", *map(str, totals)])
    rows.append(["Difference", "", "", *map(_signed, found.by)])
    return Table(["Component", "Before", "After", *(name.capitalize() for name in COMPARED)], rows, numbers=3)


def _signed(by: Decimal | None) -> str:
    return "unknown" if by is None else f"{by:+,}" if by else "0.00"
