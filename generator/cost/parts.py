"""What an estimate is made of.

Each amount is rounded to the cent, half a cent up, and a total is the sum of the rounded amounts: so does AWS's pricing
calculator, and so does anybody who adds up the table.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from generator.facts.prices import Price

HOURS = 730
"""Hours of a month, as AWS's pricing calculator counts: 365 × 24 / 12."""

CaseName = Literal["minimum", "expected", "maximum", "deployment", "cut_over"]


class Case(NamedTuple):
    """A way in which the deployment runs, for a month; `tasks` are its own."""

    name: CaseName
    title: str
    tasks: int
    meaning: str


class Amount(NamedTuple):
    """What a component comes to in one case: how much of it, in words and as a number; None is unknown.

    The words are empty where the case has nothing of it.
    """

    words: str
    quantity: Decimal | None
    usd: Decimal | None


class Component(NamedTuple):
    """One line of the bill, with an amount for each case. `missing` says what an unknown amount lacks."""

    name: str
    kind: Literal["fixed", "usage"]
    price: Price | None
    amounts: tuple[Amount, ...]
    missing: str = ""


class Excluded(NamedTuple):
    """What is not in the estimate, with its price where that is known, and what would bring it in."""

    name: str
    price: Price | None
    why: str


class Total(NamedTuple):
    """A sum; without `complete`, of the known amounts alone, so that it is at least that much."""

    usd: Decimal
    complete: bool

    def __str__(self) -> str:
        return f"{'' if self.complete else 'at least '}{self.usd:,}"


class Estimate(NamedTuple):
    """A month of one deployment; every component has as many amounts as there are cases."""

    region: str
    cases: tuple[Case, ...]
    components: tuple[Component, ...]
    excluded: tuple[Excluded, ...]

    def case(self, name: CaseName) -> int:
        """The place of a case among the amounts of each component."""
        return next(index for index, case in enumerate(self.cases) if case.name == name)

    def of(self, kind: Literal["fixed", "usage"]) -> tuple[Component, ...]:
        return tuple(component for component in self.components if component.kind == kind)

    def total(self, name: CaseName, which: Callable[[Component], bool] = lambda _: True) -> Total:
        """The sum of the components in one case; `which` chooses among them."""
        place = self.case(name)
        amounts = [component.amounts[place].usd for component in self.components if which(component)]
        known = [usd for usd in amounts if usd is not None]
        return Total(sum(known, Decimal("0.00")), complete=len(known) == len(amounts))

    def more_an_hour(self, name: CaseName) -> Total:
        """What an hour of a case costs more than an hour of the expected one."""
        place, expected = self.case(name), self.case("expected")
        pairs = [(component.amounts[place], component.amounts[expected]) for component in self.components]
        more = [(one.usd, other.usd) for one, other in pairs if one != other]
        known = [one - other for one, other in more if one is not None and other is not None]
        return Total(cents(sum(known, Decimal(0)) / HOURS), complete=len(known) == len(more))


def cents(usd: Decimal) -> Decimal:
    """Rounded to the cent, half a cent up."""
    return usd.quantize(Decimal("0.01"), ROUND_HALF_UP)
