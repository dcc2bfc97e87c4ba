"""Estimates as JSON.

Amounts are strings, so that no parser turns cents into binary fractions.
"""

from collections.abc import Mapping
from typing import Any

from owscale.console.json_text import json_document
from owscale.cost.format_text import format_number
from owscale.cost.model import HOURS_PER_MONTH, CostCase, CostComponent, Estimate, ExcludedCost, Total
from owscale.domain.aws.prices import Price


def format_json(estimates: Mapping[str, Estimate]) -> str:
    """Return one document with the estimates by the folder of each deployment."""
    document = {
        "currency": "USD",
        "hours_per_month": HOURS_PER_MONTH,
        "deployments": {folder: _estimate(estimate) for folder, estimate in estimates.items()},
    }
    return json_document(document)


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "region": estimate.region,
        "cases": {
            case.name: {"tasks": case.tasks, "meaning": case.meaning, "total": _total(estimate.total(case.name))}
            for case in estimate.cases
        },
        "components": [_component(component, estimate.cases) for component in estimate.components],
        "excluded": [_excluded(cost) for cost in estimate.excluded],
    }


def _total(total: Total) -> dict[str, Any]:
    return {"usd": str(total.usd), "complete": total.complete}


def _component(component: CostComponent, cases: tuple[CostCase, ...]) -> dict[str, Any]:
    return {
        "name": component.name,
        "kind": component.kind,
        "price": _price(component.price),
        "missing": component.missing or None,
        "amounts": {
            case.name: {"quantity": amount.text or None, "usd": None if amount.usd is None else str(amount.usd)}
            for case, amount in zip(cases, component.amounts, strict=True)
        },
    }


def _excluded(cost: ExcludedCost) -> dict[str, Any]:
    return {"name": cost.name, "why": cost.reason, "price": _price(cost.price)}


def _price(price: Price | None) -> dict[str, str] | None:
    if price is None:
        return None
    return {"usd": format_number(price.usd), "unit": price.unit, "as_of": price.as_of, "source": price.source}
