"""The difference between two estimates, as data, text and Markdown."""

from decimal import Decimal
from typing import NamedTuple

from owscale.console.invocation import owscale_command
from owscale.console.markdown import code, md
from owscale.console.table import Table
from owscale.cost.format_text import PRICES_COMMAND, format_quantity, missing_prices
from owscale.cost.model import CaseName, Estimate, Total

COMPARED_CASES: tuple[CaseName, ...] = ("minimum", "expected", "maximum")

_ZERO = Decimal("0.00")
_NO_DIFFERENCE = "The monthly cost does not change."


class CostChange(NamedTuple):
    """A component that changes: its quantity before and after, as text.

    The quantities of the expected case; if only another case changes, the quantities of that case. `differences` has
    one amount in USD for each of COMPARED_CASES. A difference is None if an amount is unknown.
    """

    name: str
    before: str
    after: str
    differences: tuple[Decimal | None, ...]


class CostDifference(NamedTuple):
    """The components that change, and the totals of each case before and after.

    `missing_prices` is a line on the prices that `owscale prices` can get; empty if no component lacks one.
    """

    changes: tuple[CostChange, ...]
    before: tuple[Total, ...]
    after: tuple[Total, ...]
    missing_prices: str = ""

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def total_differences(self) -> tuple[Decimal | None, ...]:
        """The difference of the total in each case; None if a change is unknown."""
        if not self.changes:
            return (_ZERO,) * len(COMPARED_CASES)
        return tuple(_sum(column) for column in zip(*(change.differences for change in self.changes), strict=True))


class _ComponentCost(NamedTuple):
    """The parts of a component that a difference compares."""

    quantity: str
    case_quantities: tuple[str, ...]
    usd: tuple[Decimal | None, ...]
    price: Decimal | None = None

    def difference(self, other: "_ComponentCost", index: int) -> Decimal | None:
        """Return the difference in one case, in USD. If the price is unknown: 0 for equal quantities, else None."""
        own_usd, other_usd = self.usd[index], other.usd[index]
        if own_usd is None or other_usd is None:
            return _ZERO if self._priced_quantity(index) == other._priced_quantity(index) else None
        return own_usd - other_usd

    def _priced_quantity(self, index: int) -> tuple[str, Decimal | None]:
        return self.case_quantities[index], self.price

    def differing_quantities(self, other: "_ComponentCost") -> tuple[str, str]:
        """Return both quantities in the expected case or, if they are equal there, in the first case that differs."""
        if self.quantity == other.quantity:
            for case, own, others in zip(COMPARED_CASES, self.case_quantities, other.case_quantities, strict=True):
                if own != others:
                    return f"{own} ({case})", f"{others} ({case})"
        return self.quantity, other.quantity


_ABSENT = _ComponentCost("-", ("-",) * len(COMPARED_CASES), (_ZERO,) * len(COMPARED_CASES))


def compare_estimates(before: Estimate | None, after: Estimate | None) -> CostDifference:
    """Compare two estimates; None is a deployment that does not exist."""
    old, new = _component_costs(before), _component_costs(after)
    changes = []
    for name in dict.fromkeys((*old, *new)):
        old_cost, new_cost = old.get(name, _ABSENT), new.get(name, _ABSENT)
        if old_cost != new_cost:
            differences = tuple(new_cost.difference(old_cost, index) for index in range(len(COMPARED_CASES)))
            changes.append(CostChange(name, *old_cost.differing_quantities(new_cost), differences))
    missing = missing_prices(*filter(None, (before, after)))
    return CostDifference(tuple(changes), _totals(before), _totals(after), missing)


def _component_costs(estimate: Estimate | None) -> dict[str, _ComponentCost]:
    if estimate is None:
        return {}
    indexes = [estimate.case_index(name) for name in COMPARED_CASES]
    return {
        component.name: _ComponentCost(
            format_quantity(estimate, component),
            tuple(component.amounts[index].text for index in indexes),
            tuple(component.amounts[index].usd for index in indexes),
            component.price.usd if component.price else None,
        )
        for component in estimate.components
    }


def _totals(estimate: Estimate | None) -> tuple[Total, ...]:
    return tuple(estimate.total(name) if estimate else Total(_ZERO, complete=True) for name in COMPARED_CASES)


def _sum(differences: tuple[Decimal | None, ...]) -> Decimal | None:
    known = [difference for difference in differences if difference is not None]
    return sum(known, _ZERO) if len(known) == len(differences) else None


def format_text(difference: CostDifference) -> list[str]:
    """Return the lines for a terminal."""
    if not difference:
        return [_NO_DIFFERENCE]
    missing = difference.missing_prices
    note = [f"{missing}; `{owscale_command('prices')}` gets them"] if missing else []
    return [*_table(difference).text(), *note]


def format_markdown(difference: CostDifference) -> list[str]:
    """Return the lines for a pull request."""
    if not difference:
        return [_NO_DIFFERENCE]
    missing = difference.missing_prices
    note = ["", f"{md(missing)}; {code(PRICES_COMMAND)} gets them."] if missing else []
    return [*_table(difference).markdown(), *note]


def _table(difference: CostDifference) -> Table:
    """Return the quantities with their costs, or without a cost column if no price is known."""
    if difference.missing_prices and not any(usd for change in difference.changes for usd in change.differences):
        quantities = [[change.name, change.before, change.after] for change in difference.changes]
        return Table(["Component", "Before", "After"], quantities, numbers=3)
    rows = [
        [change.name, change.before, change.after, *map(_format_difference, change.differences)]
        for change in difference.changes
    ]
    for title, totals in (("Total before", difference.before), ("Total after", difference.after)):
        rows.append([title, "", "", *map(str, totals)])
    rows.append(["Difference", "", "", *map(_format_difference, difference.total_differences)])
    return Table(["Component", "Before", "After", *(name.capitalize() for name in COMPARED_CASES)], rows, numbers=3)


def _format_difference(usd: Decimal | None) -> str:
    if usd is None:
        return "unknown"
    return f"{usd:+,}" if usd else "0.00"
