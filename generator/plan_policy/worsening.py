"""Comparisons of the arguments of a resource before and after a change, and the effect of a change for the worse."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from owscale.spec.allowed_effects import PlanEffect
from owscale.terraform.plan.model import ResourceChange, Values, contains_true


@dataclass(frozen=True)
class Interruption:
    """The effect of a change on users or safeguards, with a sentence on its extent and its duration.

    `spec_key` is the key of the spec that causes it, if there is one.
    """

    effect: PlanEffect
    consequence: str
    spec_key: str = ""


@dataclass(frozen=True)
class Comparison:
    """A comparison of the values before and after a change; `paths` has the compared arguments.

    A path leads to an argument, such as `health_check.interval`; a block in it is a list with one item.
    """

    paths: tuple[str, ...]
    is_worse: Callable[[Values, Values], bool]


@dataclass(frozen=True)
class Worsening:
    """A change in place that interrupts users or weakens a safeguard."""

    comparison: Comparison
    interruption: Interruption

    def changed_paths(self, change: ResourceChange) -> list[str]:
        """Return the paths that change for the worse; an unknown new value counts as worse."""
        unknown = [path for path in self.comparison.paths if _is_unknown(change.unknown, path)]
        if unknown:
            return unknown
        if not self.comparison.is_worse(change.before, change.after):
            return []
        paths = self.comparison.paths
        return [path for path in paths if argument(change.before, path) != argument(change.after, path)] or [*paths]


def worse(comparison: Comparison, effect: PlanEffect, consequence: str, spec_key: str = "") -> Worsening:
    """Return an entry of the table of changes for the worse."""
    return Worsening(comparison, Interruption(effect, consequence, spec_key))


def argument(values: Values, path: str) -> Any:
    """Return the value at a path; None if it is not set."""
    value: Any = values
    for name in path.split("."):
        value = _step(value, name)
    return value


def number(values: Values, path: str) -> float | None:
    """Return a finite number, which the provider may write as a text; None for anything else."""
    value = argument(values, path)
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def changed(*paths: str) -> Comparison:
    """Whether one of the values differs, apart from null and empty."""

    def is_worse(before: Values, after: Values) -> bool:
        return any((argument(before, path) or None) != (argument(after, path) or None) for path in paths)

    return Comparison(paths, is_worse)


def turned_off(path: str) -> Comparison:
    """Whether a switch was on and is not any more."""
    return Comparison(
        (path,), lambda before, after: argument(before, path) is True and argument(after, path) is not True
    )


def lowered(path: str) -> Comparison:
    """Whether a number gets lower, or is no number any more."""

    def is_worse(before: Values, after: Values) -> bool:
        old, new = number(before, path), number(after, path)
        return old is not None and (new is None or new < old)

    return Comparison((path,), is_worse)


def raised(path: str) -> Comparison:
    """Whether a number gets higher, or is no number any more."""

    def is_worse(before: Values, after: Values) -> bool:
        old, new = number(before, path), number(after, path)
        return old is not None and (new is None or new > old)

    return Comparison((path,), is_worse)


def removed(path: str) -> Comparison:
    """Whether a value was set and is not any more."""
    return Comparison((path,), lambda before, after: bool(argument(before, path)) and not argument(after, path))


def lost_items(path: str) -> Comparison:
    """Whether a list lacks an item that it had."""

    def is_worse(before: Values, after: Values) -> bool:
        old, new = argument(before, path), argument(after, path)
        return isinstance(old, list) and any(item not in (new if isinstance(new, list) else []) for item in old)

    return Comparison((path,), is_worse)


def any_of(*comparisons: Comparison) -> Comparison:
    """Whether one of the comparisons holds."""
    paths = tuple(path for comparison in comparisons for path in comparison.paths)
    return Comparison(
        paths, lambda before, after: any(comparison.is_worse(before, after) for comparison in comparisons)
    )


def _step(value: Any, name: str) -> Any:
    if isinstance(value, list):
        value = value[0] if value else None
    return value.get(name) if isinstance(value, Mapping) else None


def _is_unknown(unknown: Values, path: str) -> bool:
    value: Any = unknown
    for name in path.split("."):
        value = _step(value, name)
        if value is True:
            return True
    return contains_true(value)
