"""An estimate as text and as Markdown.

It has a table of amounts, a table of prices, notes, and a list of the excluded costs.
"""

from collections.abc import Iterator
from decimal import Decimal

from owscale.console.markdown import code, md
from owscale.console.table import Table
from owscale.console.text import and_more
from owscale.cost.model import HOURS_PER_MONTH, Amount, CostCase, CostComponent, Estimate, ExcludedCost
from owscale.domain.aws.prices import OFFICIAL, Price

PRICES_COMMAND = "owscale prices"
"""The command that gets missing prices, as documents name it: they do not depend on the command line of the run."""

_MAX_NAMES = 3
_TEMPORARY_CASES = ("deployment", "cut_over")


def format_text(estimate: Estimate, prices_command: str = PRICES_COMMAND) -> list[str]:
    """Return the lines for a terminal. `prices_command` is the command line that gets missing prices."""
    missing = missing_prices(estimate)
    return [
        _title(estimate),
        "",
        *([f"{missing}; `{prices_command}` gets them", ""] if missing else []),
        *([*_amounts_table(estimate).text(), ""] if estimate.is_priced else []),
        *_prices_table(estimate).text(),
        "",
        *estimate_notes(estimate),
        "",
        "Not included:",
        *(f"  {_format_excluded(cost)}" for cost in estimate.excluded),
    ]


def format_markdown(estimate: Estimate) -> list[str]:
    """Return the lines of a Markdown section, without its heading."""
    missing = missing_prices(estimate)
    return [
        f"{_title(estimate)}.",
        "",
        *([f"{md(missing)}; {code(PRICES_COMMAND)} gets them.", ""] if missing else []),
        *([*_amounts_table(estimate).markdown(), ""] if estimate.is_priced else []),
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
    if not estimate.is_priced:
        yield "cost", f"{missing_prices(estimate)}; `{PRICES_COMMAND}` gets them"
        return
    totals = ", ".join(f"{estimate.total(case.name)} ({case.title.lower()})" for case in estimate.cases[:3])
    yield "cost", f"{totals} USD a month; `owscale cost` prints the components"


def missing_prices(*estimates: Estimate) -> str:
    """Return one line on the prices that `owscale prices` can get, by region; empty if none is missing."""
    names: dict[str, dict[str, None]] = {}
    for estimate in estimates:
        for component in estimate.components_to_price:
            names.setdefault(estimate.region, {})[component.name] = None
    return "; ".join(f"No price in {region} for {and_more(names[region], _MAX_NAMES)}" for region in names)


def estimate_notes(estimate: Estimate) -> Iterator[str]:
    """Yield the meaning of each case, unknown components, and unofficial sources of prices.

    The prices that `missing_prices` names are left out.
    """
    for case in estimate.cases:
        yield _format_case(estimate, case)
    price = f"its price in {estimate.region}"
    for component in estimate.components:
        missing = component.missing
        if component in estimate.components_to_price:
            missing = missing.removesuffix(price).removesuffix(" and ")
        if missing:
            yield f"{component.name}: unknown without {missing}."
    prices = {component.price for component in estimate.components if component.price}
    for as_of, source in sorted({(price.as_of, price.source) for price in prices}):
        if source != OFFICIAL:
            yield f"Prices of {as_of}: {source}."


def _format_case(estimate: Estimate, case: CostCase) -> str:
    note = f"{case.title}: {case.meaning}."
    if case.name not in _TEMPORARY_CASES or not estimate.is_priced:
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
    if not estimate.is_priced:
        quantities = [[component.name, format_quantity(estimate, component)] for component in estimate.components]
        return Table(["Component", "Quantity (expected)"], quantities, numbers=2)
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
