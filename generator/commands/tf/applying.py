"""A saved plan on its way into AWS: shown, agreed to, applied, and what it came to."""

import sys

from generator.commands.tf.planning import Made
from generator.commands.tf.root import Root
from generator.errors import OwscaleError, count
from generator.stages import steps
from generator.terraform import saved
from generator.terraform.stream import Watched

_MOST_NAMED = 10


def refuse_if_moved_on(root: Root, made: Made) -> None:
    """Raises OwscaleError where the state is not the one that the plan was made from."""
    state = root.state() or {}
    if saved.lineage_and_serial(state)[1] != made.record.serial or (
        made.record.lineage and saved.lineage_and_serial(state)[0] not in ("", made.record.lineage)
    ):
        raise OwscaleError(
            f"{root.path}: the state has moved on since the plan was made: somebody has applied something\n"
            f"  hint: plan again, and look at the new plan: {root.names.plan}"
        )


def refuse_if_unproved(made: Made) -> None:
    """Raises OwscaleError where the proof does not hold; it has been told by then."""
    if not made.proof.proved:
        raise OwscaleError(f"refused, {count(len(made.proof.violations), 'violation')}. Nothing was changed.")


def agreed(hint: str, question: str, answer: str) -> bool:
    """Whether the person at the terminal gives the answer. Raises OwscaleError where there is nobody to ask."""
    if not sys.stdin.isatty():
        raise OwscaleError(f"there is no terminal to ask at\n  hint: {hint}")
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip() == answer


def apply(root: Root, made: Made) -> Watched:
    """Applies the saved plan, and leaves none behind that is used up.

    Raises OwscaleError with what to do where Terraform fails, and KeyboardInterrupt where it was asked to stop.
    """
    progress = root.progress(made.steps)
    watched = root.watched(
        progress,
        "apply",
        f"-lock-timeout={root.options.lock_timeout:g}s",
        str(root.saved.plan.resolve()),
    )
    if watched.code == 0 and not watched.interrupted:
        root.saved.forget()
        return watched
    if watched.begun or "stale" in watched.errors:
        root.saved.forget()  # what it was made from is no longer so
    told = _where_things_stand(root, made, watched)
    if watched.interrupted:
        if watched.code:
            steps.say(watched.errors)
        steps.say(told)
        raise KeyboardInterrupt
    failure = str(root.failed("terraform apply failed", watched.errors))
    raise OwscaleError(f"{failure}\n{told}")


def _where_things_stand(root: Root, made: Made, watched: Watched) -> str:
    if not watched.begun:
        return "Nothing was changed; the saved plan is still there."
    lines = [f"{len(watched.done)} of {count(made.steps, 'step')} done; they are in the state, and stay."]
    if unfinished := watched.unfinished:
        named = ", ".join(unfinished[:_MOST_NAMED])
        more = len(unfinished) - _MOST_NAMED
        lines.append(f"Begun and not finished: {named}{f' and {more} more' if more > 0 else ''}.")
    action = "destroy" if made.record.destroys else "plan"
    lines.append(f"To go on: {root.command(action)}; it does what is left, and nothing twice.")
    return "\n".join(lines)
