"""What a run found: for people, and for programs."""

import json
from collections.abc import Sequence
from typing import get_args

from generator.errors import count
from generator.report import printable
from generator.verify.check import Outcome, Status
from generator.verify.runner import Result


def well(results: Sequence[Result]) -> bool:
    """Whether nothing failed. A check that had to wait for one that failed counts with it."""
    return not any(_outcome(result).status == "failed" for result in results)


def as_text(results: Sequence[Result], title: str) -> str:
    """A line for each check, with what to do next where one did not pass."""
    width = max(len(result.check.name) for result in results)
    lines = [title]
    for result in results:
        outcome = _outcome(result)
        lines.append(f"  {outcome.status:<7}  {result.check.name:<{width}}  {outcome.evidence}")
        if outcome.next_step:
            lines.append(f"  {'':<7}  {'':<{width}}  next: {outcome.next_step}")
    told = [f"{number} {status}" for status, number in _counts(results).items() if number]
    return "\n".join(map(printable, [*lines, f"{count(len(results), 'check')}: {', '.join(told)}."]))


def as_json(results: Sequence[Result], about: dict[str, str | None]) -> str:
    """One document; docs/verify.md has its keys."""
    checks = [
        {
            "name": result.check.name,
            "status": _outcome(result).status,
            "evidence": _outcome(result).evidence,
            "next": _outcome(result).next_step,
            "attempts": result.attempts,
            "seconds": round(result.seconds, 1),
        }
        for result in results
    ]
    return json.dumps({**about, "passed": well(results), "counts": _counts(results), "checks": checks}, indent=2)


def _counts(results: Sequence[Result]) -> dict[str, int]:
    found = [_outcome(result).status for result in results]
    return {status: found.count(status) for status in get_args(Status)}


def _outcome(result: Result) -> Outcome:
    return result.outcome or Outcome("skipped", "not tried")
