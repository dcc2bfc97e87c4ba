"""The parts of an estimate: cases, components, amounts and totals.

Each amount is rounded to the cent, half a cent up, and a total is the sum of the rounded amounts. The pricing
calculator of AWS does the same, and so does a reader who adds up the table.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from owscale.domain.aws.prices import Price

HOURS_PER_MONTH = 730
"""365 × 24 / 12, as in the pricing calculator of AWS."""

CaseName = Literal["minimum", "expected", "maximum", "deployment", "cut_over"]
ComponentKind = Literal["fixed", "usage"]


class CostCase(NamedTuple):
    """A state of the deployment that is priced for a month; `tasks` is its number of tasks."""

    name: CaseName
    title: str
    tasks: int
    meaning: str


class Amount(NamedTuple):
    """The amount of a component in one case: the quantity, as text and number, and USD.

    A number is None if it is unknown. The text is empty if the case does not have the component.
    """

    text: str
    quantity: Decimal | None
    usd: Decimal | None


class CostComponent(NamedTuple):
    """One line of the bill, with an amount for each case.

    `missing` names the data that an unknown amount lacks. `is_listed` is true if `owscale prices` reads such a price.
    """

    name: str
    kind: ComponentKind
    price: Price | None
    amounts: tuple[Amount, ...]
    missing: str = ""
    is_listed: bool = True


class ExcludedCost(NamedTuple):
    """A cost that is not in the estimate, the reason, and its price where that is known."""

    name: str
    price: Price | None
    reason: str


class Total(NamedTuple):
    """A sum of USD; not `complete` where some amounts are unknown, so that it is a lower bound.

    Its text is `unknown` where no amount is known.
    """

    usd: Decimal
    complete: bool

    def __str__(self) -> str:
        if self.complete:
            return f"{self.usd:,}"
        return f"at least {self.usd:,}" if self.usd else "unknown"


class Estimate(NamedTuple):
    """The monthly cost of a deployment.

    Each component has one amount for each case, in the order of `cases`. `has_price_list` is true if the project has
    the prices of the region, which `owscale prices` wrote.
    """

    region: str
    cases: tuple[CostCase, ...]
    components: tuple[CostComponent, ...]
    excluded: tuple[ExcludedCost, ...]
    has_price_list: bool = False

    @property
    def is_priced(self) -> bool:
        """Whether any amount is known."""
        return any(component.price for component in self.components)

    @property
    def components_to_price(self) -> tuple[CostComponent, ...]:
        """The components without a price that `owscale prices` can get."""
        missing = (component for component in self.components if component.is_listed and not component.price)
        return () if self.has_price_list else tuple(missing)

    def case_index(self, name: CaseName) -> int:
        """Return the index of a case in `cases`; its amounts have the same index."""
        return next(index for index, case in enumerate(self.cases) if case.name == name)

    def components_of(self, kind: ComponentKind) -> tuple[CostComponent, ...]:
        """Return the components of one kind."""
        return tuple(component for component in self.components if component.kind == kind)

    def total(self, name: CaseName, include: Callable[[CostComponent], bool] = lambda _: True) -> Total:
        """Return the sum of the components in one case; with `include`, only of components that it accepts."""
        index = self.case_index(name)
        amounts = [component.amounts[index].usd for component in self.components if include(component)]
        known = [usd for usd in amounts if usd is not None]
        return Total(sum(known, Decimal("0.00")), complete=len(known) == len(amounts))

    def extra_per_hour(self, name: CaseName) -> Total:
        """Return the additional cost of an hour of a case, compared with the expected case."""
        index, expected_index = self.case_index(name), self.case_index("expected")
        pairs = [(component.amounts[index], component.amounts[expected_index]) for component in self.components]
        changed = [(amount.usd, expected.usd) for amount, expected in pairs if amount != expected]
        known = [usd - expected for usd, expected in changed if usd is not None and expected is not None]
        return Total(cents(sum(known, Decimal(0)) / HOURS_PER_MONTH), complete=len(known) == len(changed))


def cents(usd: Decimal) -> Decimal:
    """Round to the cent, half a cent up."""
    return usd.quantize(Decimal("0.01"), ROUND_HALF_UP)
