"""`owscale check`: whether out/ is what the specs and the templates give."""

from argparse import Namespace

from generator import output
from generator.commands import steps
from generator.diagnostics import Report
from generator.errors import count
from generator.output import State


def check(options: Namespace, report: Report) -> int:
    """Compares and writes nothing; 1 if anything differs, with why and the command that mends it."""
    deployments = steps.read(options, report)
    with steps.locked(options, writing=False):
        earlier = output.interrupted(options.out)
        if earlier:
            steps.say(f"{options.out}: {earlier}")
        same, states = 0, []
        for comparison in steps.compared(options, deployments, earlier):
            steps.tell_left_alone(options, comparison)
            for difference in comparison.differences:
                steps.tell(options, difference, diff=options.diff)
                states.append(difference.state)
            same += comparison.unchanged
    if not states:
        print(f"{count(same, 'file')} as they should be.")
        return 0
    differ = f"{len(states)} of {count(len(states) + same, 'file')}"
    steps.say(f"{differ} in {options.out}/ are not what the specs give.")
    if not {State.EDITED, State.IN_THE_WAY}.issuperset(states):
        steps.say(f"  hint: run `{steps.command(options, 'generate')}` and commit the result")
    if State.EDITED in states:
        steps.say(steps.EDITED_HINT.format(steps.command(options, "generate", "--force")))
    return 1
