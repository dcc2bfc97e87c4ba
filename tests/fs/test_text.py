"""Text in the encodings that other tools write."""

import codecs

import pytest

from owscale.fs.text import decode_text, foreign_encoding

TEXT = '{"name": "chät €"}\r\n'
ENCODED = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + TEXT.encode(),
    "UTF-16 LE": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "UTF-16 BE": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "UTF-32 LE": codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
    "UTF-32 BE": codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
    "UTF-16 LE without a mark": TEXT.encode("utf-16-le"),
    "UTF-16 BE without a mark": TEXT.encode("utf-16-be"),
}


@pytest.mark.parametrize("name", ENCODED)
def test_text_is_decoded_without_its_mark(name: str) -> None:
    assert decode_text(ENCODED[name]) == TEXT


@pytest.mark.parametrize("name", ENCODED)
def test_encoding_that_is_not_utf_8_has_a_name(name: str) -> None:
    assert foreign_encoding(ENCODED[name])[:6] == ("" if name.startswith("UTF-8") else name[:6])


@pytest.mark.parametrize("content", [b"\xff", b"\xff\xfea", b"PK\x03\x04\xff", codecs.BOM_UTF16_LE + b"\x00\xd8"])
def test_other_content_is_an_error(content: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        decode_text(content)
