"""How many generated cases the tests of hostile input try."""

import os

VARIABLE = "OWSCALE_HOSTILE_SCALE"
"""Factor for the numbers of generated cases; 1 tries all of them, which takes minutes."""


def scaled(number: int) -> int:
    """Return a number of cases: a tenth, or as the variable says."""
    return max(1, round(number * float(os.environ.get(VARIABLE, "0.1"))))
