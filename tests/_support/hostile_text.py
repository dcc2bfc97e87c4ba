"""Text of others that tries to control a terminal, to give commands to CI, or to be Markdown."""

import itertools
import re
import unicodedata

from markdown_it import MarkdownIt

NAME = "::error::a\n::error::b ##[set-env name=c]d ##vso[e]f <!-- @team \x1b[31m\x9b\u202e\u200b\udcff"
"""The name of a file or a folder. Its last character stands for a byte that is not UTF-8."""

TEXT = NAME.replace("\udcff", "")
"""A text, such as of a server or of Terraform."""

VALUE = "::error::a ##[set-env name=c]d ##vso[task.x]e <!-- @team <b>#1 [link](https://example.com) `::"
"""A value that a spec can hold."""

_OWN_COMMAND = re.compile(r"::(error|warning|notice) file=")


def require_harmless(text: str, *, own_commands: bool = False) -> None:
    """Fail where a printed text has a control character or a command to CI, other than own annotations."""
    for line in text.split("\n"):
        if not (own_commands and _OWN_COMMAND.match(line)):
            assert not line.lstrip().startswith("::"), line
        assert not re.search(r"##\w*\[", line), line
        assert not {unicodedata.category(c) for c in line.replace("\t", "")} & {"Cc", "Cf", "Cs", "Zl", "Zp"}, line


def require_harmless_markdown(text: str) -> None:
    """Fail where Markdown has a link, HTML, a mention or a number of an issue that owscale did not write."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = list(itertools.chain.from_iterable(token.children or [] for token in tokens))
    assert not [token for token in inline if token.type in ("link_open", "html_inline", "image")]
    blocks = [token.content for token in tokens if token.type == "html_block"]
    assert all(re.fullmatch(r"(<details><summary>[\w ]+: \d+</summary>|</details>)\s*", block) for block in blocks)
    assert not [token for token in inline if token.type == "text" and re.search(r"@team|#1\b", token.content)]
