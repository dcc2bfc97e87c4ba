"""`owscale tf destroy`: all that a deployment made, and nothing that was there before."""

from argparse import Namespace
from collections.abc import Iterator

from generator.commands.tf import applying, planning
from generator.commands.tf.planning import Made
from generator.commands.tf.root import Root, opened
from generator.errors import OwscaleError, Report
from generator.proof.telling import told
from generator.stages import steps


def destroy(options: Namespace, report: Report) -> int:
    """Plans the destruction, proves that it leaves alone what exists, has its name typed, and does it."""
    root = opened(options, report)
    name = root.deployment.folder
    if options.confirm not in (None, name):
        raise OwscaleError(f"--confirm {options.confirm}: this is {name}\n  hint: name what is to be destroyed")
    root.init()
    made = planning.made(root, destroys=True)
    print(told(made.proof, made.parts, "text"), end="")
    applying.refuse_if_unproved(made)
    if not made.steps:
        root.saved.forget()
        steps.say("Nothing to destroy.")
        return 0
    hint = f"look at the plan, then {root.command('destroy', '--confirm', name)}"
    if not options.confirm and not applying.agreed(hint, f"To destroy it, type its name, {name}: ", name):
        root.saved.forget()
        steps.say("Nothing was changed.")
        return 1
    watched = applying.apply(root, made)
    root.saved.forget_applied()
    print(f"{name}: destroyed, {len(watched.done)} of {made.steps} steps. What remains:")
    for line in _remains(root, made):
        print(f"  {line}")
    return 0


def _remains(root: Root, made: Made) -> Iterator[str]:
    """What a destroy leaves in AWS."""
    spec = root.deployment.spec
    gone = {change.type for change in made.plan.managed() if change.kind == "delete"}
    yield "everything that was there before"
    if "aws_ecs_task_definition" in gone:
        yield f"the revisions of the task definition {spec.service.name}, which cost nothing"
    if "aws_secretsmanager_secret" in gone and spec.secrets.recovery_window_days:
        days = spec.secrets.recovery_window_days
        yield f"the secrets, for {days} days: until then their names are taken, and they can be restored"
    if "aws_elasticache_replication_group" in gone and spec.redis.snapshot_retention_days:
        yield "no snapshot of Redis: the automatic ones go with it"
    yield f"the state, empty: s3://{spec.state.bucket}/{spec.state.key}"
