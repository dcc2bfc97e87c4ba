"""Split YAML text into the events of PyYAML: the start and end of each collection, and scalars."""

from typing import Any

import yaml

from owscale.spec.document import Position
from owscale.spec.text_file import unreadable_error
from owscale.spec.yaml_errors import SYNTAX_HINT, explain_syntax_error

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_EVENTS = 20_000  # a key and its value are two events


class EventStream:
    """The events of one text, limited in number."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._events = iter(yaml.parse(text, Loader=_LOADER))
        self._count = 0

    def next(self) -> Any:
        """Return the next event. Raises UnreadableError if the text is not YAML, or has too many events."""
        self._count += 1
        if self._count > _MAX_EVENTS:
            message = f"has more than {_MAX_EVENTS // 2:,} values"
            hint = "check that this is the right file; a spec has a few hundred values"
            raise unreadable_error(self._file, message, hint)
        try:
            return next(self._events)
        except yaml.MarkedYAMLError as error:
            problem = explain_syntax_error(error, self._text)
            raise unreadable_error(self._file, problem.message, problem.hint, mark_position(problem.mark)) from None
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            # For an escape that is no character ("\UFFFFFFFF"), the Python loader raises an error without a position.
            raise unreadable_error(self._file, f"invalid YAML: {error}", SYNTAX_HINT) from None


def mark_position(start: Any, end: Any = None) -> Position:
    """Return the position of a mark of PyYAML, with the length up to `end` where both are on one line."""
    length = end.column - start.column if end and end.line == start.line else 1
    return Position(start.line + 1, start.column + 1, max(length, 1))


def event_position(event: Any) -> Position:
    """Return the position of an event."""
    return mark_position(event.start_mark, event.end_mark)
