"""Rows that an earlier release writes on the schema of a later one, and that the later one cannot read.

`make openwebui-compatibility` finds them: docs/openwebui-upgrades-measured.md, New after old.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UnreadableRows:
    """Rows of a table whose column is empty, though `release` and later ones need it; `repair` is SQL that fills it."""

    release: str
    table: str
    column: str
    effect: str
    repair: str

    @property
    def name(self) -> str:
        """The table and its column."""
        return f"{self.table}.{self.column}"


UNREADABLE_ROWS = (
    # open_webui/models/skills.py: `data` is nullable in the table and not in SkillModel. The revision d6a8c3f912ab
    # fills it as the statement below does, for the rows of before.
    UnreadableRows(
        "0.12.0",
        "skill",
        "data",
        "the list of skills fails with status 500, and no question in a chat is answered",
        "UPDATE skill SET data = json_build_object('files', json_build_array("
        "json_build_object('path', 'SKILL.md', 'content', content))) WHERE data IS NULL",
    ),
)
