"""Version numbers for comparison."""

import functools
import re

_NUMBER = re.compile(r"\d+")


@functools.lru_cache(maxsize=1024)  # rules compare the release of each deployment with the releases of all faults
def version_numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version without its pre-release suffix, such as (1, 11, 4) of `1.11.4-beta1`."""
    return tuple(int(number) for number in _NUMBER.findall(version.partition("-")[0]))
