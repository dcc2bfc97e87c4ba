"""Entry point of the `owscale` command and of `python -m owscale`."""

import gc
import sys


def run() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # imports create only objects that stay; cli/main.py turns the collector on again
    from owscale.cli.main import main  # noqa: PLC0415 -- after gc.disable(), so that the imports profit from it

    sys.exit(main())


if __name__ == "__main__":
    run()
