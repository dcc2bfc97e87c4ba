"""A diagnostic: one error or warning about a spec, with its position.

A wrong spec does not raise an exception. The stages of a run collect diagnostics in a `DiagnosticReport`, so that one
run shows every problem of every spec.
"""

from typing import Literal, NamedTuple

from owscale.console.secret_texts import mask_secrets

Severity = Literal["error", "warning"]


class Related(NamedTuple):
    """Another key that a diagnostic is about.

    The fields are the same as in a `Diagnostic`. With `is_default`, the file does not contain the key; it then has the
    position of the nearest parent key.
    """

    file: str
    line: int
    column: int
    path: str
    length: int = 1
    is_default: bool = False

    @property
    def text(self) -> str:
        """The key, and whether its value is the default."""
        return f"{self.path} (the default)" if self.is_default else self.path

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class Diagnostic(NamedTuple):
    """One problem of one spec at one position.

    `file` is the name of the spec in messages. `line` and `column` (in characters) count from 1; both are 0 where the
    problem is the file as a whole. `length` is the number of characters to mark from there on. `path` is the dotted
    key as the file contains it. `related` has the other keys involved. `accepted` is the reason under `accept:` for
    which the spec accepts a warning.

    The order of the fields is the order of a report: by position, then by code.
    """

    file: str
    line: int
    column: int
    code: str
    path: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    length: int = 1
    related: tuple[Related, ...] = ()
    accepted: str = ""

    def without_secrets(self) -> "Diagnostic":
        """Return the diagnostic without the secrets that its texts quote from a spec."""
        related = tuple(related._replace(path=mask_secrets(related.path)) for related in self.related)
        path, message, hint, accepted = map(mask_secrets, (self.path, self.message, self.hint, self.accepted))
        return self._replace(path=path, message=message, hint=hint, accepted=accepted, related=related)

    @property
    def place(self) -> str:
        """The position as `file:line:column`, or the file alone."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    @property
    def label(self) -> str:
        """The word before the text: `warning` or `accepted`; empty for an error."""
        return "accepted" if self.accepted else "warning" if self.severity == "warning" else ""

    @property
    def text(self) -> str:
        """The key and the message."""
        return f"{self.path}: {self.message}" if self.path else self.message

    @property
    def details(self) -> list[tuple[str, str]]:
        """The lines after the first, each as its name and its text: `with`, `hint` and `reason`."""
        details = [("with", str(related)) for related in self.related]
        details += [(name, text) for name, text in (("hint", self.hint), ("reason", self.accepted)) if text]
        return details

    def __str__(self) -> str:
        label = f"{self.label}: " if self.label else ""
        lines = (f"  {name}: {text}" for name, text in self.details)
        return "\n".join((f"{self.place}: {label}{self.text} [{self.code}]", *lines))
