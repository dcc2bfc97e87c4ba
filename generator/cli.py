"""The command line: where a run begins, and its exit codes.

Nothing is imported before it is needed: most runs only ask whether anything has changed, and nothing has.
"""

import os
import sys
import time

TYPE_CHECKING = False  # what typing has too, and takes its time for
if TYPE_CHECKING:
    from collections.abc import Sequence

REPLAYED = ("check", "generate")
"""The commands that answer at once where nothing has changed since they found all as it should be (ADR 12)."""

DONE, WRONG, BUG, INTERRUPTED = 0, 1, 3, 130  # and 2 for usage, see dispatch.py and argparse


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Runs one command and returns its exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has seen enough of it
        _silence_stdout()
        return WRONG
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        if error.filename is not None:  # a command that did not tell what it could not do
            return _bug()
        _silence_stdout()
        print(f"the output: {error.strerror}. What the command did is done.", file=sys.stderr)
        return WRONG
    except Exception:
        return _bug()
    return code


def _run(words: list[str]) -> int:
    started = time.time_ns()
    if words and words[0] in REPLAYED:
        from generator.stamp.answer import replayed  # noqa: PLC0415 -- no other command asks

        if replayed(words):
            return DONE
    from generator.options import parsed  # noqa: PLC0415 -- an answer that is replayed needs none

    options = parsed(words, started)
    from generator.dispatch import dispatched  # noqa: PLC0415 -- nor does a usage message need what commands do

    return dispatched(options)


def _bug() -> int:
    import traceback  # noqa: PLC0415 -- hardly ever needed

    traceback.print_exc()
    print("This is a bug of owscale, not of your spec.", file=sys.stderr)
    return BUG


def _silence_stdout() -> None:
    """Python would try again to write what nobody can take, at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
