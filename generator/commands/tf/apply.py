"""`owscale tf apply`: the saved plan, and nothing else."""

from argparse import Namespace

from generator.commands.tf import applying, planning
from generator.commands.tf.root import opened
from generator.errors import OwscaleError, Report
from generator.proof.telling import told
from generator.stages import steps


def apply(options: Namespace, report: Report) -> int:
    """Shows the saved plan with its proof, asks, and applies it."""
    root = opened(options, report)
    made = planning.again(root)
    if made.record.destroys:
        raise OwscaleError(
            f"{root.path}: the saved plan destroys the deployment\n  hint: {root.command('destroy')} does that; "
            f"{root.names.plan} plans anew"
        )
    print(told(made.proof, made.parts, "text"), end="")
    applying.refuse_if_unproved(made)
    if not made.record.changes:
        steps.say("Nothing to apply.")
        return 0
    applying.refuse_if_moved_on(root, made)
    hint = f"look at the plan, then {root.command('apply', '--yes')}"
    if not options.yes and not applying.agreed(hint, "Apply this? Only yes is a yes: ", "yes"):
        steps.say("Nothing was changed; the saved plan is still there.")
        return 1
    watched = applying.apply(root, made)
    root.saved.keep_applied(root.deployment.document.data)
    print(f"{root.deployment.folder}: applied, {len(watched.done)} of {made.steps} steps.")
    steps.say(f"To see whether it works: {steps.command(options, 'verify', '--env', root.deployment.environment)}")
    return 0
