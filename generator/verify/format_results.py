"""The results of a run of checks as text and as JSON."""

from collections.abc import Sequence
from typing import get_args

from owscale.console.json_text import json_document
from owscale.console.text import plural, printable
from owscale.verify.check import Outcome, Status
from owscale.verify.runner import CheckResult

_NOT_RUN = Outcome("skipped", "not run")


def all_passed(results: Sequence[CheckResult]) -> bool:
    """Return whether no check failed; a check that was skipped or gave a warning is no failure."""
    return all(_outcome(result).status != "failed" for result in results)


def format_text(results: Sequence[CheckResult], title: str) -> str:
    """Return a line for each check, with a hint where there is one, and a summary."""
    width = max(len(result.check.name) for result in results)
    lines = [title]
    for result in results:
        outcome = _outcome(result)
        lines.append(f"  {outcome.status:<7}  {result.check.name:<{width}}  {outcome.evidence}")
        if outcome.hint:
            lines.append(f"  {'':<7}  {'':<{width}}  hint: {outcome.hint}")
    counts = [f"{number} {status}" for status, number in _counts(results).items() if number]
    lines.append(f"{plural(len(results), 'check')}: {', '.join(counts)}")
    return "\n".join(map(printable, lines))


def format_json(results: Sequence[CheckResult], about: dict[str, str | None]) -> str:
    """Return one document, which starts with the keys of `about`; docs/verify.md describes it."""
    document = {
        **about,
        "passed": all_passed(results),
        "counts": _counts(results),
        "checks": [_check_fields(result) for result in results],
    }
    return json_document(document)


def _check_fields(result: CheckResult) -> dict[str, object]:
    outcome = _outcome(result)
    return {
        "name": result.check.name,
        "status": outcome.status,
        "evidence": outcome.evidence,
        "hint": outcome.hint,
        "attempts": result.attempts,
        "seconds": round(result.elapsed_seconds, 1),
    }


def _counts(results: Sequence[CheckResult]) -> dict[str, int]:
    statuses = [_outcome(result).status for result in results]
    return {status: statuses.count(status) for status in get_args(Status)}


def _outcome(result: CheckResult) -> Outcome:
    return result.outcome or _NOT_RUN
