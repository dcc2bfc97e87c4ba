"""An estimate as text and as Markdown.

It has a table of amounts, a table of prices, notes, and a list of the excluded costs.
"""

from collections.abc import Iterator
from decimal import Decimal

from owscale.console.markdown import md
from owscale.console.table import Table
from owscale.cost.model import HOURS_PER_MONTH, Amount, CostCase, CostComponent, Estimate, ExcludedCost
from owscale.domain.aws.prices import OFFICIAL, Price

_TEMPORARY_CASES = ("deployment", "cut_over")


def format_text(estimate: Estimate) -> list[str]:
    """Return the lines for a terminal."""
    return [
        _title(estimate),
        "",
        *_amounts_table(estimate).text(),
        "",
        *_prices_table(estimate).text(),
        "",
        *estimate_notes(estimate),
        "",
        "Not included:",
        *(f"  {_format_excluded(cost)}" for cost in estimate.excluded),
    ]


def format_markdown(estimate: Estimate) -> list[str]:
    """Return the lines of a Markdown section, without its heading."""
    return [
        f"{_title(estimate)}.",
        "",
        *_amounts_table(estimate).markdown(),
        "",
        *(f"- {md(note)}" for note in estimate_notes(estimate)),
        "",
        *_prices_table(estimate).markdown(),
        "",
        "Not included:",
        "",
        *(f"- {md(_format_excluded(cost))}" for cost in estimate.excluded),
    ]


def summary_rows(estimate: Estimate) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of the totals, for `owscale explain`."""
    totals = ", ".join(f"{estimate.total(case.name)} ({case.title.lower()})" for case in estimate.cases[:3])
    yield "cost", f"{totals} USD a month; `owscale cost` prints the components"


def estimate_notes(estimate: Estimate) -> Iterator[str]:
    """Yield the meaning of each case, unknown components, and unofficial sources of prices."""
    for case in estimate.cases:
        yield _format_case(estimate, case)
    for component in estimate.components:
        if component.missing:
            yield f"{component.name}: unknown without {component.missing}."
    prices = {component.price for component in estimate.components if component.price}
    for as_of, source in sorted({(price.as_of, price.source) for price in prices}):
        if source != OFFICIAL:
            yield f"Prices of {as_of}: {source}."


def _format_case(estimate: Estimate, case: CostCase) -> str:
    note = f"{case.title}: {case.meaning}."
    if case.name not in _TEMPORARY_CASES:
        return note
    extra = estimate.extra_per_hour(case.name)
    amount = f"{extra} USD" if extra.complete or extra.usd else "an unknown amount"
    return f"{note} Each hour costs {amount} more than in the expected case."


def _title(estimate: Estimate) -> str:
    return f"USD a month ({HOURS_PER_MONTH} hours) in {estimate.region}"


def _amounts_table(estimate: Estimate) -> Table:
    rows = [_amounts_row(component) for component in estimate.components_of("fixed")]
    if usage := estimate.components_of("usage"):
        fixed = [estimate.total(case.name, lambda component: component.kind == "fixed") for case in estimate.cases]
        rows.append(["Fixed", *map(str, fixed)])
        rows += [_amounts_row(component) for component in usage]
    rows.append(["Total", *(str(estimate.total(case.name)) for case in estimate.cases)])
    return Table(["Component", *(case.title for case in estimate.cases)], rows, numbers=1)


def _amounts_row(component: CostComponent) -> list[str]:
    return [component.name, *map(_format_amount, component.amounts)]


def _format_amount(amount: Amount) -> str:
    if amount.usd is None:
        return "unknown"
    return f"{amount.usd:,}" if amount.text else "-"


def _prices_table(estimate: Estimate) -> Table:
    rows = []
    for component in estimate.components:
        price = component.price
        columns = (format_price(price), price.as_of) if price else ("unknown", "-")
        rows.append([component.name, format_quantity(estimate, component), *columns])
    return Table(["Component", "Quantity (expected)", "Unit price (USD)", "Price date"], rows, numbers=4)


def format_quantity(estimate: Estimate, component: CostComponent) -> str:
    """Return the quantity in the expected case, or in the cut-over if only that has one."""
    expected = component.amounts[estimate.case_index("expected")].text
    return expected or f"{component.amounts[-1].text} (cut-over)"


def format_price(price: Price) -> str:
    """Return a price such as `0.04048 per vCPU-hour`."""
    return f"{format_number(price.usd)} per {price.unit}"


def format_number(number: Decimal) -> str:
    """Return a number without an exponent and with at least two decimal places."""
    return f"{number:.2f}" if number == round(number, 2) else f"{number:f}"


def _format_excluded(cost: ExcludedCost) -> str:
    price = f"; {format_price(cost.price)} ({cost.price.as_of})" if cost.price else ""
    return f"{cost.name}: {cost.reason}{price}"
