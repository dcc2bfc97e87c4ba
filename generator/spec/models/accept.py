"""The type of `accept:`, the warnings and errors that a team accepts."""

from typing import Annotated

from owscale.spec.models.types import one_line

Reason = Annotated[str, one_line("a reason on one line, without spaces around it", "two workers fit in 8 GB", 10, 500)]

Accept = dict[str, Reason | None]
"""Reasons by the code, or by the code and a place; rules S109 to S111 check them, since models cannot import rules."""
