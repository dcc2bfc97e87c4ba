"""`owscale explain`: what a code means; or what a spec comes to, each value with where it came from."""

import json
from argparse import Namespace
from pathlib import Path

from generator.errors import Report, UsageError

CATALOGUE = Path(__file__).parent.parent / "catalogue.json"


def explain(options: Namespace, report: Report) -> int:
    """Prints either."""
    if options.code:
        _explain_code(options.code)
    else:
        _explain_specs(options, report)
    return 0


def _explain_code(code: str) -> None:
    """From the generated catalogue: it answers at once, where the rules themselves would load the models."""
    entries = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    entry = entries.get(code.upper())
    if entry is None:
        raise UsageError(f"{code}: no such code\n  hint: {_nearest(code.upper(), list(entries))}")
    print(f"{entry['code']} ({entry['severity']}): {entry['why']}")
    print(f"See {entry['reference']}")
    for title, text in (("For example", entry["example"]), ("Put right", entry["mend"])):
        print(f"\n{title}:\n")
        print("\n".join(f"  {line}" for line in text.splitlines()))


def _nearest(word: str, known: list[str]) -> str:
    import difflib  # noqa: PLC0415 -- only a mistake waits for it

    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"


def _explain_specs(options: Namespace, report: Report) -> None:
    from generator.commands import steps  # noqa: PLC0415 -- a code needs none of these, and they take their time
    from generator.effective import effective  # noqa: PLC0415 -- a code alone needs no models
    from generator.facts.figures import figures  # noqa: PLC0415 -- a code alone needs no models

    found = steps.read(options, report)
    chosen = [deployment for deployment in found if options.env in (None, deployment.environment)]
    if not chosen:
        raise UsageError(
            f"--env {options.env}: no such environment\n"
            f"  hint: {_nearest(options.env, sorted({deployment.environment for deployment in found}))}"
        )
    for deployment in chosen:
        if deployment is not chosen[0]:
            print("---")
        print(f"# {deployment.folder}")
        print("\n".join(effective(deployment)))
        print("\n# What follows from it:")
        told = list(figures(deployment.spec))
        width = max(len(name) for name, _ in told)
        for name, text in told:
            print(f"#   {name:<{width}}  {text}")
