"""What the words of the command line stand for."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False  # what typing has too, and takes its time for
if TYPE_CHECKING:
    from pathlib import Path

_LONGEST_SECONDS = 86_400


def path(text: str) -> Path:
    from pathlib import Path  # noqa: PLC0415 -- help and usage messages show no file

    return Path(text)


def seconds(text: str) -> float:
    found = float(text)
    if not 0 <= found <= _LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"must be 0 to {_LONGEST_SECONDS} seconds")
    return found
