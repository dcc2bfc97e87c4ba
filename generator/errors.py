"""Exceptions that end a run.

OwscaleError          exit code 1: the user can fix it
├── UsageError        exit code 2: the command line is wrong
├── SpecError         a spec has errors, or warnings under --strict
├── TemplateError     a template cannot be rendered
└── PlanFormatError   a file is not a Terraform plan in JSON

Every other exception is a bug of owscale (exit code 3).
"""


def format_message(message: str, *hints: str) -> str:
    """Return a message with a line for each hint, without the empty ones."""
    return "\n".join((message, *(f"  hint: {hint}" for hint in hints if hint)))


class OwscaleError(Exception):
    """Base class of errors that are reported to the user as a message and a hint.

    Every error has a hint: the next step, in the imperative.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return format_message(self.message, self.hint)


class UsageError(OwscaleError):
    """The command line is wrong."""

    exit_code = 2


class SpecError(OwscaleError):
    """A spec has errors, or warnings under `--strict`; the report of diagnostics lists them, each with its hint."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)


class TemplateError(OwscaleError):
    """A template cannot be rendered; the message names its file and line."""


class PlanFormatError(OwscaleError):
    """A file is not a Terraform plan in JSON.

    The message never quotes a value from the file, because a plan can contain secrets.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, hint="write it with `terraform show -json PLANFILE > plan.json`")
