"""Measure pairs of releases: `python -m tests.openwebui.compatibility 0.11.3:0.12.4 …`.

Each pair takes five to ten minutes on two cores. Its entry is written as soon as it is measured, so that a later error
loses nothing; a pair that fails does not stop those after it.
"""

import argparse
import re
import sys
import traceback

from owscale.console.versions import version_numbers
from tests.openwebui import programs
from tests.openwebui import stack as stacks
from tests.openwebui.compatibility import filling
from tests.openwebui.compatibility.pair import Measurement, Template
from tests.openwebui.compatibility.table import write_pair
from tests.openwebui.installation import InstallationError


def main() -> int:
    """Measure the pairs of the command line and return the exit code."""
    parser = argparse.ArgumentParser(prog="tests.openwebui.compatibility", description=__doc__)
    parser.add_argument("pairs", nargs="+", type=_pair, metavar="FROM:TO", help="releases of Open WebUI")
    parser.add_argument("--chats", type=int, default=filling.CHATS, help="size of the filled database; 0: none")
    options = parser.parse_args()
    failed = []
    programs.niceness = 0
    try:
        with stacks.running() as stack:
            templates: dict[str, Template] = {}
            for old, new in options.pairs:
                try:
                    write_pair(Measurement(stack, old, new, templates).run(options.chats))
                except InstallationError:
                    raise
                except Exception:
                    traceback.print_exc()
                    failed.append(f"{old}:{new}")
                    for process in [*stack.processes]:
                        stack.stop(process)
    except InstallationError as error:
        print(error, file=sys.stderr)
        return 1
    if failed:
        print(f"not measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _pair(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"(\d+\.\d+\.\d+):(\d+\.\d+\.\d+)", text)
    if not match or version_numbers(match[1]) >= version_numbers(match[2]):
        raise argparse.ArgumentTypeError(f"{text!r}: expected an older and a newer release, such as 0.11.3:0.12.4")
    return match[1], match[2]


if __name__ == "__main__":
    sys.exit(main())
