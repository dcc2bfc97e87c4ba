"""Entry point of the `owscale` command and of `python -m owscale`."""

import gc
import os
import sys


def run() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # imports create only objects that stay; cli/main.py turns the collector on again
    from owscale.cli.main import main  # noqa: PLC0415 -- after gc.disable(), so that the imports profit from it

    exit_code = main()
    if "owscale.cli.options" not in sys.modules:  # a stored result: all is written, and nothing is left to clean up
        os._exit(exit_code)  # to take the interpreter apart would take a tenth of this run
    sys.exit(exit_code)


if __name__ == "__main__":
    run()
