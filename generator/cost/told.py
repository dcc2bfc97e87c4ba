"""An estimate as a person reads it: two tables, and what is not in them."""

from collections.abc import Iterator
from decimal import Decimal

from generator.cost.parts import HOURS, Amount, Component, Estimate, Excluded
from generator.cost.tables import Table, as_markdown, as_text
from generator.facts.prices import OFFICIAL, Price
from generator.markdown import md


def text(estimate: Estimate) -> list[str]:
    """For a terminal."""
    lines = [f"USD a month of {HOURS} hours in {estimate.region}", "", *as_text(_sums(estimate)), ""]
    lines += [*as_text(_prices(estimate)), ""]
    return [*lines, *notes(estimate), "", "Not in it:", *(f"  {line}" for line in _left_out(estimate))]


def markdown(estimate: Estimate) -> list[str]:
    """The same as a section of a document, without its heading."""
    lines = [f"USD a month of {HOURS} hours in {estimate.region}.", "", *as_markdown(_sums(estimate)), ""]
    lines += [*(f"- {md(note)}" for note in notes(estimate)), "", *as_markdown(_prices(estimate)), ""]
    return [*lines, "Not in it:", "", *(f"- {md(line)}" for line in _left_out(estimate))]


def notes(estimate: Estimate) -> Iterator[str]:
    """What each case means and an hour of the passing ones costs more, what is unknown, where prices are from."""
    for case in estimate.cases:
        if case.name in ("deployment", "cut_over"):
            more = estimate.more_an_hour(case.name)
            told = f"{more} USD" if more.complete or more.usd else "an unknown amount"
            yield f"{case.title}: {case.meaning}. Each hour of it costs {told} more than an expected one."
        else:
            yield f"{case.title}: {case.meaning}."
    for component in estimate.components:
        if component.missing:
            yield f"{component.name}: unknown without {component.missing}."
    found = {component.price for component in estimate.components if component.price}
    for as_of, source in sorted({(price.as_of, price.source) for price in found}):
        if source != OFFICIAL:
            yield f"Prices of {as_of}: {source}."


def figures(estimate: Estimate) -> Iterator[tuple[str, str]]:
    """The totals, each with its name: for `owscale explain`."""
    totals = ", ".join(f"{estimate.total(case.name)} ({case.title.lower()})" for case in estimate.cases[:3])
    yield "cost", f"{totals} USD a month, by use aside; owscale cost has the parts"


def _sums(estimate: Estimate) -> Table:
    rows = [_row(component) for component in estimate.of("fixed")]
    if estimate.of("usage"):
        rows.append(_total("Fixed", estimate, fixed_alone=True))
        rows += [_row(component) for component in estimate.of("usage")]
    rows.append(_total("Total", estimate))
    return Table(["Component", *(case.title for case in estimate.cases)], rows, numbers=1)


def _row(component: Component) -> list[str]:
    return [component.name, *map(_shown, component.amounts)]


def _shown(amount: Amount) -> str:
    return "unknown" if amount.usd is None else f"{amount.usd:,}" if amount.words else "-"


def _total(name: str, estimate: Estimate, *, fixed_alone: bool = False) -> list[str]:
    def counts(component: Component) -> bool:
        return component.kind == "fixed" or not fixed_alone

    return [name, *(str(estimate.total(case.name, counts)) for case in estimate.cases)]


def _prices(estimate: Estimate) -> Table:
    rows = [[component.name, quantity(estimate, component), *_priced(component)] for component in estimate.components]
    return Table(["Component", "Quantity, expected", "Unit price, USD", "Price of"], rows, numbers=4)


def quantity(estimate: Estimate, component: Component) -> str:
    """How much of it there is: expected, or for what the cut-over alone has, then."""
    expected = component.amounts[estimate.case("expected")].words
    return expected or f"{component.amounts[-1].words} (cut-over)"


def _priced(component: Component) -> tuple[str, str]:
    return (priced(component.price), component.price.as_of) if component.price else ("unknown", "-")


def priced(price: Price) -> str:
    """`0.04048 per vCPU-hour`."""
    return f"{plain(price.usd)} per {price.unit}"


def plain(number: Decimal) -> str:
    """Without an exponent, and with cents at the least."""
    return f"{number:.2f}" if number == round(number, 2) else f"{number:f}"


def _left_out(estimate: Estimate) -> Iterator[str]:
    for one in estimate.excluded:
        yield f"{one.name}: {one.why}{_at(one)}"


def _at(one: Excluded) -> str:
    return f"; {priced(one.price)} ({one.price.as_of})" if one.price else ""
