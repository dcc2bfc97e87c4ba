"""How many generated cases the tests of hostile input try."""

import os
import random

VARIABLE = "OWSCALE_HOSTILE_SCALE"
"""Factor for the numbers of generated cases; 1 tries all of them, which takes minutes."""


def scaled(number: int, sample: int | None = None) -> int:
    """Return a number of cases: `sample` of them (by default a tenth), or as the variable says."""
    scale = os.environ.get(VARIABLE)
    if scale is None:
        return sample or max(1, round(number / 10))
    return max(1, round(number * float(scale)))


def seeded(name: str) -> random.Random:
    """Return a source of the same cases in every run."""
    return random.Random(name)  # noqa: S311 -- it makes test cases, no secrets
