"""Fill in the spec that `owscale init` writes."""

from pathlib import Path

_VALUES = {
    "-ffffffffffffffff0": "-0123456789abcdef0",
    "-ffffffffffffffff1": "-0123456789abcdef1",
    "000000000000": "111122223333",
    "192.0.2.0/24": "10.8.0.0/16",
    "change-me": "company",
}


def fill_in(spec: Path) -> None:
    """Replace each placeholder."""
    text = spec.read_text()
    for placeholder, value in _VALUES.items():
        text = text.replace(placeholder, value)
    spec.write_text(text)
