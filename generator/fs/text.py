"""Text of files that other tools wrote, in the Unicode encodings that they use.

`>` of Windows PowerShell writes UTF-16 with a byte order mark, and other commands and editors of Windows write UTF-8
with one: https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding
Without a mark, the zero bytes of the first characters name the encoding, as in JSON: https://www.rfc-editor.org/rfc/rfc4627#section-3
"""

import json

MARK_LENGTH = 4
"""Number of bytes that `text_codec` needs from the start of a file."""


def text_codec(content: bytes) -> str:
    """Return the codec of a text whose first characters are ASCII; it removes a byte order mark."""
    return json.detect_encoding(content[:MARK_LENGTH])


def decode_text(content: bytes) -> str:
    """Return a text without its byte order mark. Raises UnicodeDecodeError if the content is no Unicode text."""
    return content.decode(text_codec(content))


def foreign_encoding(content: bytes) -> str:
    """Return the name of the encoding if a text is not in UTF-8; empty for UTF-8."""
    codec = text_codec(content)
    return "" if codec.startswith("utf-8") else codec.upper()
