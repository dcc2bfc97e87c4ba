"""The warnings that a team has looked at and lives with."""

from typing import Annotated

from generator.model.types import one_line

Reason = Annotated[str, one_line("a reason in one line, without spaces around it", "two workers fit in 8 GB", 10, 500)]

Accept = dict[str, Reason | None]
"""Codes of warnings with the reasons. The codes are the checks' own, so S109 to S111 say which are not good."""
