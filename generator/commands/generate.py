"""`owscale generate`: the specs to Terraform."""

import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable

from generator import output
from generator.deployment import Deployment
from generator.errors import Report, count
from generator.output import Difference, Interrupted, State, Transaction
from generator.report.progress import Progress
from generator.stages import specs, steps
from generator.stages.answer import Answer
from generator.stages.findings import Findings

_ENDED = """\
{}: no spec describes it any more, so its files are removed. What they deployed still runs.
  hint: to take that down, bring the files back from git, and destroy it with Terraform first"""


def generate(options: Namespace, report: Report) -> int:
    """Makes out/ what the specs give, and says in a line what that was; nothing at all while anything is wrong."""
    deployments = specs.read(options, report)
    with steps.locked(options, writing=not options.dry_run):
        return _generate(options, deployments, report)


def _generate(options: Namespace, deployments: list[Deployment], report: Report) -> int:
    earlier, answer = output.interrupted(options.out), Answer(options)
    with Transaction(options.out, earlier, writing=not options.dry_run) as transaction:
        in_doubt = Counter[State]()
        with Findings(options, len(deployments)) as findings:
            for comparison in findings.each(steps.compared(options, deployments, earlier)):
                answer.add(comparison)
                for difference in comparison.differences:
                    if _is_in_doubt(options, difference):
                        findings.tell(difference, diff=difference.state is State.EDITED)
                        in_doubt[difference.state] += 1
                if not in_doubt and not findings.failed:
                    transaction.add(comparison)
        refused = bool(in_doubt or findings.failed)
        if earlier and (refused or options.dry_run):
            steps.say(f"{options.out}: {earlier}; the next one completes it")
        if refused:
            return _refuse(options, in_doubt, findings)
        if options.dry_run:
            _tell_changes(options, transaction, transaction.changes)
        else:
            _commit(options, transaction, findings, earlier)
    marks = Counter(change.mark for changes in transaction.changes.values() for change in changes)
    tally = f"+{marks['+']} ~{marks['~']} -{marks['-']} ={findings.unchanged}"
    folders = steps.names([deployment.folder for deployment in deployments])
    print(f"{folders}: {tally}{' (nothing written)' if options.dry_run else ''}")
    if not options.dry_run:
        answer.keep(report, deployments)
    return 0


def _is_in_doubt(options: Namespace, difference: Difference) -> bool:
    return difference.state is State.IN_THE_WAY or (difference.state is State.EDITED and not options.force)


def _refuse(options: Namespace, in_doubt: Counter[State], findings: Findings) -> int:
    """After all that stands against it has been told."""
    files = [f"{count(in_doubt.total(), 'file')} in doubt"] if in_doubt else []
    why = "; ".join([*files, *filter(None, [findings.failures])])
    steps.say(f"{why}. {options.out}/ was not changed.")
    if State.EDITED in in_doubt:
        steps.say(steps.EDITED_HINT.format(steps.command(options, "generate", "--force")))
    if State.IN_THE_WAY in in_doubt:
        steps.say("  hint: move away what is in the way")
    return 1


def _commit(options: Namespace, transaction: Transaction, findings: Findings, earlier: Interrupted) -> None:
    """Writes, and tells what was written. A run that is asked to stop is interrupted only then."""
    every = len(transaction.changes)
    with output.held() as asked_to_stop, Progress(sys.stderr, every, "deployments written") as progress:
        written = transaction.commit(findings.folders, asked_to_stop, progress.step)
    untouched = transaction.changes.keys() - set(written)
    if earlier:
        others = earlier.beyond(findings.folders - untouched).folders
        done = f"; {', '.join(others)} is left for a run with its spec" if others else "; this one completed it"
        steps.say(f"{options.out}: {earlier}{done}")
    if ended := [folder for folder in findings.ended if folder not in untouched]:
        steps.say(_ENDED.format(", ".join(ended)))
    _tell_changes(options, transaction, written)
    if asked_to_stop():
        rest = ", and nothing of the others\n  hint: the next run writes those" if untouched else ""
        steps.say(f"{options.out}: {len(written):,} of {count(every, 'deployment')} written{rest}")
        raise KeyboardInterrupt


def _tell_changes(options: Namespace, transaction: Transaction, folders: Iterable[str]) -> None:
    for folder in folders:
        for change in transaction.changes[folder]:
            print(f"  {change.mark} {options.out / folder / change.file}")
