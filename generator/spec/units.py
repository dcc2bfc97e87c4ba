"""The unit of a key, from the last part of its name, and the conversion of values in another unit.

Other tools use other units: AWS counts memory in MiB and processors in CPU units, Kubernetes in millicores.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size
"""

import re
from fractions import Fraction
from typing import NamedTuple


class _Unit(NamedTuple):
    """A unit: its name in a hint, its suffixes with their factors, and the unit that a bare number may be in."""

    name: str
    suffixes: dict[str, Fraction]
    other: str
    other_factor: Fraction


_MEMORY = {
    f"{prefix}{ending}": Fraction(1024) ** power
    for prefix, power in {"k": -2, "m": -1, "g": 0, "t": 1}.items()
    for ending in ("", "b", "i", "ib")
}
_TIME = {
    "ms": Fraction(1, 1000),
    **dict.fromkeys(("s", "sec", "second", "seconds"), Fraction(1)),
    **dict.fromkeys(("m", "min", "minute", "minutes"), Fraction(60)),
    **dict.fromkeys(("h", "hour", "hours"), Fraction(3600)),
    **dict.fromkeys(("d", "day", "days"), Fraction(86_400)),
    **dict.fromkeys(("w", "week", "weeks"), Fraction(604_800)),
}
_UNITS = {
    "gb": _Unit("GB", _MEMORY, "in MB", Fraction(1, 1024)),
    "vcpu": _Unit(
        "vCPU", {"m": Fraction(1, 1000), "vcpu": Fraction(1), "cpu": Fraction(1)}, "in CPU units", Fraction(1, 1024)
    ),
    "seconds": _Unit("seconds", _TIME, "in milliseconds", Fraction(1, 1000)),
    "days": _Unit("days", {suffix: factor / 86_400 for suffix, factor in _TIME.items()}, "in hours", Fraction(1, 24)),
    "percent": _Unit("percent", {"%": Fraction(1), "percent": Fraction(1)}, "a fraction of 1", Fraction(100)),
}


def convert_text(key: str, text: str) -> tuple[Fraction, str] | None:
    """Return the number for a text such as `5min` in the unit of a key, and that unit; None for any other text."""
    unit = _UNITS.get(key.rpartition("_")[2])
    match = re.fullmatch(r"(\d+(?:[.]\d+)?)\s*([a-z%]+)", text.strip().lower(), re.ASCII)
    if not unit or not match or match[2] not in unit.suffixes:
        return None
    return Fraction(match[1]) * unit.suffixes[match[2]], unit.name


def convert_number(key: str, number: float) -> tuple[Fraction, str, str] | None:
    """Return a number in the unit of a key, that unit, and the unit in which it was probably written.

    None if the result is not a multiple of a quarter: then the number was probably not in that unit.
    """
    unit = _UNITS.get(key.rpartition("_")[2])
    if not unit:
        return None
    converted = Fraction(str(number)) * unit.other_factor
    return (converted, unit.name, unit.other) if (converted * 4).denominator == 1 else None
