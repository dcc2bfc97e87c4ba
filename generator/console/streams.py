"""The only writer to stdout and stderr. It imports nothing, since every run needs it."""

TYPE_CHECKING = False  # typing takes longer to import than an unchanged run needs
if TYPE_CHECKING:
    from typing import TextIO


class StreamError(Exception):
    """stdout or stderr cannot be written: its reader has closed it, or the disk behind it is full."""

    def __init__(self, stream: str, error: OSError) -> None:
        super().__init__(f"cannot write to {stream}: {error.strerror}; changes already made are kept")
        self.hint = "make room on the disk, or write the output elsewhere; then repeat the command"
        self.is_closed_by_reader = isinstance(error, BrokenPipeError)


def write(stream: "TextIO", text: str) -> None:
    """Write a text at once. Raises StreamError, which no handler of OSErrors of other files catches."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        raise StreamError(stream.name.strip("<>"), error) from error
