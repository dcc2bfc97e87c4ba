"""Entry point of the `owscale` command and of `python -m owscale`."""

import gc
import os
import sys


def run() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # imports create only objects that stay; cli/main.py turns the collector on again
    from owscale.cli.main import main  # noqa: PLC0415 -- after gc.disable(), so that the imports profit from it

    exit_code = main()
    if "owscale.cli.options" not in sys.modules:  # a stored result was printed: no object needs a clean-up
        os._exit(exit_code)  # a normal exit of the interpreter takes a tenth of this run
    sys.exit(exit_code)


if __name__ == "__main__":
    run()
