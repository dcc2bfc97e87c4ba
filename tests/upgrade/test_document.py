"""docs/upgrading.md shows what the command prints, and the permissions that it needs."""

from tests._support.upgrade_transcripts import DOCUMENT, document


def test_document_has_the_output_of_today() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert text == document(text), "run `python -m tests._support.upgrade_transcripts`"
