"""`owscale check`: whether out/ is what the specs and the templates give."""

import sys
from argparse import Namespace

from generator import output
from generator.commands import steps
from generator.errors import Report, count


def check(options: Namespace, report: Report) -> int:
    """Compares and writes nothing; 1 if anything differs, with the command that mends it."""
    deployments = steps.read(options, report)
    files = steps.rendered(options, deployments)
    changes = output.compare(options.out, files, steps.origins(options, deployments))
    for state, paths in (("missing", changes.created), ("changed", changes.changed), ("orphan", changes.removed)):
        for path in paths:
            print(f"{options.out / path}: {state}", file=sys.stderr)
    if changes:
        print(f"{options.out}/ is not what the specs give. Run `make generate` and commit the result.", file=sys.stderr)
        return 1
    print(f"{count(changes.unchanged, 'file')} as they should be.")
    return 0
