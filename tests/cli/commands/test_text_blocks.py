"""Blocks of text in files of the user: added once, updated while they are unchanged, never overwritten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from owscale.cli.commands._text_blocks import BlockState, update_block

OLD, NEW = "a\nb\n", "a\nc\n"


def test_block_is_added_to_a_new_file() -> None:
    update = update_block(b"", OLD)
    assert update.state is BlockState.ADDED
    assert update.content.splitlines()[1:] == [b"a", b"b", b"# owscale init: end"]


def test_block_is_updated_while_it_is_unchanged() -> None:
    before = update_block(b"mine\n", OLD).content + b"more of mine\n"
    update = update_block(before, NEW)
    assert update.state is BlockState.REPLACED
    assert update.content == update_block(b"mine\n", NEW).content + b"more of mine\n"
    assert update_block(update.content, NEW) == (update.content, BlockState.UP_TO_DATE, "")


def test_modified_block_stays_and_has_a_diff() -> None:
    before = update_block(b"", OLD).content.replace(b"\nb\n", b"\nb\nmine\n")
    update = update_block(before, NEW)
    assert (update.content, update.state) == (before, BlockState.MODIFIED)
    assert update.diff.splitlines()[3:] == [" a", "-b", "-mine", "+c"]


def test_modified_block_is_up_to_date_if_owscale_did_not_change_its_text() -> None:
    before = update_block(b"", OLD).content.replace(b"\nb\n", b"\nb\nmine\n")
    assert update_block(before, OLD) == (before, BlockState.UP_TO_DATE, "")


@pytest.mark.parametrize("lost", [0, -1], ids=["begin", "end"])
def test_block_without_one_of_its_comments_stays(lost: int) -> None:
    lines = update_block(b"mine\n", OLD).content.splitlines(keepends=True)[2:]
    del lines[lost]
    before = b"mine\n" + b"".join(lines)
    update = update_block(before, NEW)
    assert (update.content, update.state) == (before, BlockState.MODIFIED)
    assert update.diff.splitlines()[-2:] == ["+a", "+c"]


def test_text_without_comments_gets_them() -> None:
    update = update_block(b"before\n" + OLD.encode() + b"after\n", OLD)
    assert update.content == b"before\n" + update_block(b"", OLD).content + b"after\n"


@pytest.mark.parametrize("is_markdown", [False, True])
def test_line_endings_stay(*, is_markdown: bool) -> None:
    update = update_block(b"mine\r\n", OLD, is_markdown=is_markdown)
    assert update.content.count(b"\n") == update.content.count(b"\r\n") == 6
    assert update_block(update.content, OLD, is_markdown=is_markdown).state is BlockState.UP_TO_DATE
    assert update_block(update.content, NEW, is_markdown=is_markdown).state is BlockState.REPLACED


def test_markdown_shows_no_comment() -> None:
    lines = update_block(b"", OLD, is_markdown=True).content.decode().splitlines()
    assert lines[0].startswith("<!-- owscale init: begin ")
    assert lines[-1] == "<!-- owscale init: end -->"


@given(before=st.binary(), after=st.binary())
def test_bytes_of_the_user_stay(before: bytes, after: bytes) -> None:
    before = before.replace(b"\r", b"")  # a lone one is part of a line; mixed endings become the file's ending
    after = after.replace(b"\r", b"")
    content = update_block(before, OLD).content
    assert content.startswith(before)
    updated = update_block(content + after, NEW)
    assert updated.content.startswith(before)
    assert updated.content.endswith(after)
