"""How a report is told, a module for each format: text for people, documents for programs. dispatch.py prints them."""

import unicodedata

_UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # categories of Unicode


def printable(text: str) -> str:
    """The text with a mark for each character that would steer a terminal, or that nobody can see."""
    if text.isprintable():  # as most of it is, and Python knows that at once
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _UNPRINTABLE else c for c in text)
