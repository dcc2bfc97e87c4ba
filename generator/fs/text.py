"""Text of files that other tools wrote, in the Unicode encodings that they use.

`>` of Windows PowerShell writes UTF-16 with a byte order mark, and other commands and editors of Windows write UTF-8
with one: https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding
"""

import codecs

_CODECS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MARK_LENGTH = 4
"""Number of bytes that `text_codec` needs from the start of a file."""


def text_codec(content: bytes) -> str:
    """Return the codec that a byte order mark names and that removes the mark; `utf-8` without a mark."""
    return next((codec for mark, codec in _CODECS if content.startswith(mark)), "utf-8")


def decode_text(content: bytes) -> str:
    """Return a text without its byte order mark. Raises UnicodeDecodeError where the content is no Unicode text."""
    return content.decode(text_codec(content))


def foreign_encoding(content: bytes) -> str:
    """Return the name of the encoding where a byte order mark names another one than UTF-8; empty elsewhere."""
    codec = text_codec(content)
    return "" if codec.startswith("utf-8") else codec.upper()
