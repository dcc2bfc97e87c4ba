"""docs/existing.md: its commands are accepted by the AWS CLI, and it covers the required keys."""

import pytest

from owscale.spec.models.existing import Existing
from tests._support import aws_cli
from tests._support.cases import PROJECT
from tests._support.shell import blocks, commands

PAGE = (PROJECT / "docs/existing.md").read_text()
COMMANDS = [words for block in blocks(PAGE, "bash") for words in commands(block) if words[0] == "aws"]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[1:3]))
def test_aws_cli_accepts_the_command(words: list[str]) -> None:
    aws_cli.check(words)


def test_every_required_resource_is_listed() -> None:
    required = [name for name, field in Existing.model_fields.items() if field.is_required()]
    table = PAGE.partition("## What is needed")[2].partition("\n## ")[0]
    assert [name for name in required if f"{name}`" not in table] == []
