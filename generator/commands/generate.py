"""`owscale generate`: the specs to Terraform."""

from argparse import Namespace

from generator import output
from generator.commands import steps
from generator.errors import Report


def generate(options: Namespace, report: Report) -> int:
    """Writes what differs under out/ and says in a line what that was."""
    deployments = steps.read(options, report)
    files = steps.rendered(options, deployments)
    changes = output.compare(options.out, files, steps.origins(options, deployments))
    if not options.dry_run:
        output.write(options.out, files, changes)
    for mark, paths in (("+", changes.created), ("~", changes.changed), ("-", changes.removed)):
        for path in paths:
            print(f"  {mark} {options.out / path}")
    print(f"{', '.join(d.folder for d in deployments)}: {changes}{' (nothing written)' if options.dry_run else ''}")
    return 0
