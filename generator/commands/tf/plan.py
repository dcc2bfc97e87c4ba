"""`owscale tf plan`: a saved plan, proved, and told so that a person can decide on it."""

from argparse import Namespace

from generator.commands.tf import planning
from generator.commands.tf.because import because
from generator.commands.tf.root import opened
from generator.errors import Report
from generator.stages import steps


def plan(options: Namespace, report: Report) -> int:
    """Plans, proves and tells; with --detailed-exitcode 2 says that there is something to apply."""
    root = opened(options, report)
    why = because(options, root.deployment, root.saved)
    root.init()
    made = planning.made(root)
    print(why.told(made, options.shown_as), end="")
    if not made.proof.proved:
        return 1
    if not made.record.changes:
        steps.say("Nothing to apply.")
        return 0
    steps.say(f"Saved. To apply it: {root.command('apply')}")
    return 2 if options.detailed_exitcode else 0
