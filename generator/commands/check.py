"""`owscale check`: whether out/ is what the specs and the templates give."""

from argparse import Namespace

from generator import output
from generator.errors import Report, count
from generator.output import State
from generator.stages import specs, steps
from generator.stages.answer import Answer
from generator.stages.findings import Findings


def check(options: Namespace, report: Report) -> int:
    """Compares and writes nothing; 1 if anything differs, with why and the command that mends it.

    What is wrong with one spec, or with one deployment, hides nothing of the others.
    """
    found = specs.right(options, report)
    answer = Answer(options)
    with steps.locked(options, writing=False), Findings(options, len(found)) as findings:
        earlier = output.interrupted(options.out)
        if earlier:
            steps.say(f"{options.out}: {earlier}")
        for comparison in findings.each(steps.compared(options, found, earlier, whole=not report.errors)):
            answer.add(comparison)
            for difference in comparison.differences:
                findings.tell(difference, diff=options.diff)
    if findings.states:
        _tell_differences(options, findings)
    elif findings.unchanged:
        print(f"{count(findings.unchanged, 'file')} as they should be.")
    if findings.failed:
        steps.say(f"{findings.failures}.")
    report.stop_on_errors()
    if findings.states or findings.failed:
        return 1
    answer.keep(report, found)
    return 0


def _tell_differences(options: Namespace, findings: Findings) -> None:
    differ = findings.states.total()
    steps.say(
        f"{differ} of {count(differ + findings.unchanged, 'file')} in {options.out}/ are not what the specs give."
    )
    if not {State.EDITED, State.IN_THE_WAY}.issuperset(findings.states):
        steps.say(f"  hint: run `{steps.command(options, 'generate')}` and commit the result")
    if State.EDITED in findings.states:
        steps.say(steps.EDITED_HINT.format(steps.command(options, "generate", "--force")))
