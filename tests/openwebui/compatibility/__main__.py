"""Measure pairs of releases: `python -m tests.openwebui.compatibility 0.11.3:0.12.4 …`.

Each pair takes five to ten minutes on two cores. Its entry is written as soon as it is measured, so that a later error
loses nothing; a pair that fails does not stop those after it.
"""

import argparse
import sys
import traceback

from tests.openwebui import programs
from tests.openwebui import stack as stacks
from tests.openwebui.compatibility import filling
from tests.openwebui.compatibility.pair import Measurement, Template
from tests.openwebui.compatibility.table import write_pair


def main() -> int:
    """Measure the pairs of the command line and return the exit code."""
    parser = argparse.ArgumentParser(prog="tests.openwebui.compatibility", description=__doc__)
    parser.add_argument("pairs", nargs="+", metavar="FROM:TO", help="releases of Open WebUI")
    parser.add_argument("--chats", type=int, default=filling.CHATS, help="size of the filled database; 0: none")
    options = parser.parse_args()
    failed = []
    programs.niceness = 0
    with stacks.running() as stack:
        templates: dict[str, Template] = {}
        for pair in options.pairs:
            old, _, new = pair.partition(":")
            try:
                write_pair(Measurement(stack, old, new, templates).run(options.chats))
            except Exception:
                traceback.print_exc()
                failed.append(pair)
                for process in [*stack.processes]:
                    stack.stop(process)
    if failed:
        print(f"not measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
