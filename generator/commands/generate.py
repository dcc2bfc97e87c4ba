"""`owscale generate`: the specs to Terraform."""

from argparse import Namespace
from dataclasses import dataclass, field

from generator import output
from generator.commands import steps
from generator.deployment import Deployment
from generator.diagnostics import Report
from generator.errors import count
from generator.output import Difference, State

_ENDED = """\
{}: no spec describes it any more, so its files are removed. What they deployed still runs.
  hint: to take that down, bring the files back from git, and destroy it with Terraform first"""


def generate(options: Namespace, report: Report) -> int:
    """Makes out/ what the specs give, whole or not at all, and says in a line what that was."""
    deployments = steps.read(options, report)
    with steps.locked(options, writing=not options.dry_run):
        return _generate(options, deployments)


@dataclass
class _Tally:
    """What a run did."""

    made: list[Difference] = field(default_factory=list)
    refused: list[Difference] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    unchanged: int = 0

    def __str__(self) -> str:
        created = sum(each.old is None for each in self.made)
        removed = sum(each.new is None for each in self.made)
        return f"+{created} ~{len(self.made) - created - removed} -{removed} ={self.unchanged}"


def _generate(options: Namespace, deployments: list[Deployment]) -> int:
    earlier = output.interrupted(options.out)
    tally, folders = _Tally(), set[str]()
    with output.Transaction(options.out, earlier, writing=not options.dry_run) as transaction:
        for comparison in steps.compared(options, deployments, earlier):
            folders.add(comparison.folder)
            steps.tell_left_alone(options, comparison)
            tally.unchanged += comparison.unchanged
            tally.ended += [comparison.folder] if comparison.ended else []
            for difference in comparison.differences:
                if difference.state is State.IN_THE_WAY or (difference.state is State.EDITED and not options.force):
                    tally.refused.append(difference)
                else:
                    tally.made.append(transaction.make(difference))
        if earlier and (tally.refused or options.dry_run):
            steps.say(f"{options.out}: {earlier}; the next one completes it")
        if tally.refused:
            return _refuse(options, tally.refused)
        transaction.commit(folders)
    if earlier and not options.dry_run:
        others = sorted({"/".join(path.split("/")[:2]) for path, _ in earlier.beyond(folders)})
        done = f"; {', '.join(others)} is left for a run with its spec" if others else "; this one completed it"
        steps.say(f"{options.out}: {earlier}{done}")
    if tally.ended and not options.dry_run:
        steps.say(_ENDED.format(", ".join(tally.ended)))
    for difference in tally.made:
        mark = "+" if difference.old is None else "-" if difference.new is None else "~"
        print(f"  {mark} {options.out / difference.path}")
    print(f"{steps.names(deployments)}: {tally}{' (nothing written)' if options.dry_run else ''}")
    return 0


def _refuse(options: Namespace, refused: list[Difference]) -> int:
    """Shows what a run would have overwritten."""
    for difference in refused:
        steps.tell(options, difference, diff=difference.state is State.EDITED)
    edited = sum(difference.state is State.EDITED for difference in refused)
    steps.say(f"{count(len(refused), 'file')} in doubt. {options.out}/ was not changed.")
    if edited:
        steps.say(steps.EDITED_HINT.format(steps.command(options, "generate", "--force")))
    if edited < len(refused):
        steps.say("  hint: move away what is in the way")
    return 1
