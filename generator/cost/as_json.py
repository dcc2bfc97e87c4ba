"""Estimates for a program: amounts are text, so that no reader makes binary fractions of cents."""

import json
from collections.abc import Mapping
from typing import Any

from generator.cost.parts import HOURS, Case, Component, Estimate, Total
from generator.cost.told import plain
from generator.facts.prices import Price


def document(estimates: Mapping[str, Estimate]) -> str:
    """All of them, by the folder of each deployment."""
    whole = {
        "currency": "USD",
        "hours_per_month": HOURS,
        "deployments": {folder: _estimate(estimate) for folder, estimate in estimates.items()},
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "region": estimate.region,
        "cases": {
            case.name: {"tasks": case.tasks, "meaning": case.meaning, "total": _total(estimate.total(case.name))}
            for case in estimate.cases
        },
        "components": [_component(component, estimate.cases) for component in estimate.components],
        "excluded": [{"name": one.name, "why": one.why, "price": _price(one.price)} for one in estimate.excluded],
    }


def _total(total: Total) -> dict[str, Any]:
    return {"usd": str(total.usd), "complete": total.complete}


def _component(component: Component, cases: tuple[Case, ...]) -> dict[str, Any]:
    return {
        "name": component.name,
        "kind": component.kind,
        "price": _price(component.price),
        "missing": component.missing or None,
        "amounts": {
            case.name: {"quantity": amount.words or None, "usd": None if amount.usd is None else str(amount.usd)}
            for case, amount in zip(cases, component.amounts, strict=True)
        },
    }


def _price(price: Price | None) -> dict[str, str] | None:
    if price is None:
        return None
    return {"usd": plain(price.usd), "unit": price.unit, "as_of": price.as_of, "source": price.source}
