"""`owscale explain`: what a code means; or what a spec comes to, each value with where it came from."""

from __future__ import annotations

import json
import os

from generator.errors import UsageError, nearest

TYPE_CHECKING = False  # what typing has too, and takes its time for
if TYPE_CHECKING:
    from argparse import Namespace

    from generator.errors import Report

_CATALOGUE = os.path.join(os.path.dirname(__file__), os.pardir, "catalogue.json")


def explain(options: Namespace, report: Report) -> int:
    """Prints either."""
    if options.code:
        _explain_code(options.code)
    else:
        _explain_specs(options, report)
    return 0


def _explain_code(code: str) -> None:
    """From the generated catalogue: it answers at once, where the rules themselves would load the models."""
    with open(_CATALOGUE, encoding="utf-8") as file:
        entries = json.load(file)
    entry = entries.get(code.upper())
    if entry is None:
        raise UsageError(f"{code}: no such code\n  hint: {nearest(code.upper(), entries)}")
    print(f"{entry['code']} ({entry['severity']}): {entry['why']}")
    print(f"See {entry['reference']}")
    for title, text in (("For example", entry["example"]), ("Put right", entry["mend"])):
        print(f"\n{title}:\n")
        print("\n".join(f"  {line}" for line in text.splitlines()))


def _explain_specs(options: Namespace, report: Report) -> None:
    from generator.cost import estimate, told  # noqa: PLC0415 -- a code alone needs no prices
    from generator.effective import effective  # noqa: PLC0415 -- a code alone needs no models
    from generator.facts.figures import figures  # noqa: PLC0415 -- a code alone needs no models
    from generator.stages import specs  # noqa: PLC0415 -- a code needs none of these, and they take their time

    chosen = specs.chosen(options, report)
    for deployment in chosen:
        if deployment is not chosen[0]:
            print("---")
        print(f"# {deployment.folder}")
        print("\n".join(effective(deployment)))
        print("\n# What follows from it:")
        shown = [*figures(deployment.spec), *told.figures(estimate(deployment.spec))]
        width = max(len(name) for name, _ in shown)
        for name, text in shown:
            print(f"#   {name:<{width}}  {text}")
