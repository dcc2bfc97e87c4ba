"""Fill in the spec that `owscale init` writes."""

from pathlib import Path

_VALUES = {
    ": 262143": ": 1600",
    ":change-me": ":v0.12.4",
    "xx-change-me-1": "eu-west-1",
    "-ffffffffffffffff0": "-0123456789abcdef0",
    "-ffffffffffffffff1": "-0123456789abcdef1",
    "000000000000": "111122223333",
    "192.0.2.0/24": "10.8.0.0/24",
    "change-me": "company",
}


def fill_in(spec: Path) -> None:
    """Replace each placeholder in a file."""
    spec.write_text(filled_in(spec.read_text(encoding="utf-8")), encoding="utf-8")


def filled_in(text: str) -> str:
    """Return the text of a spec with a value for each placeholder."""
    for placeholder, value in _VALUES.items():
        text = text.replace(placeholder, value)
    return text
