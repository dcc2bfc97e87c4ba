"""The kinds of effects, and the effect of a change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from owscale.spec.models import Spec

Kind = Literal[
    "nothing",
    "in place",
    "rolling deployment",
    "connections cut",
    "replaced",
    "refused",
    "needs a step",
]

KIND_MEANINGS: dict[Kind, str] = {
    "nothing": "No resource of the running deployment changes.",
    "in place": "AWS changes the resources while they run. No task is replaced, and no connection is closed, "
    "unless the effect states it.",
    "rolling deployment": "ECS starts new tasks and then stops the old ones. Requests have "
    "`load_balancer.deregistration_delay_seconds` to end. WebSockets are closed, and browsers reconnect to a new task.",
    "connections cut": "Connections are closed, or clients cannot connect, for the time that the effect states.",
    "replaced": "A resource is destroyed and created again. Its data is lost, and it is missing in between.",
    "refused": "The change cannot be applied: Terraform or AWS refuses it, before or during the apply.",
    "needs a step": "A plan and an apply are not enough: the effect names the command or the section of the runbook.",
}
"""Each kind of effect, and its meaning for the users of the deployment."""

PLAN = "plan"
"""The source of an effect whose sentence follows from the plan alone."""
UNKNOWN = "unknown"
"""The source of an effect for which no document of AWS is known: the effect on users may differ."""

_MARKS = {"+": "creation", "~": "update", "±": "replacement", "-": "destruction"}


class Change(NamedTuple):
    """A change of the key at `path` in a spec; a value is None if the key is absent and has no default."""

    before: Spec
    after: Spec
    old: Any
    new: Any
    path: Sequence[str | int]


@dataclass(frozen=True)
class When:
    """The changes that an effect is about: a text such as `while autoscaling is on`, and a test for it."""

    text: str
    holds: Callable[[Change], bool]


@dataclass(frozen=True)
class Effect:
    """An effect of a changed key on a deployment that exists.

    `sentence` adds to the meaning of the kind. `plan` has the planned actions: a mark (`+` create, `~` update, `±`
    replace, `-` destroy) and an address without `module.` and index, in which `*` matches any text; brackets mark an
    action on a resource that only some deployments have or need to change. `!` and a text is an error of the plan.
    `source` is a URL, `plan` or `unknown`. The effect applies to changes for which `when` is true; without `when`, to
    all changes that no earlier effect of the key applies to.
    """

    kind: Kind
    sentence: str
    plan: tuple[str, ...]
    source: str
    when: When | None = None

    @property
    def description(self) -> str:
        """The sentence; without one, the meaning of the kind."""
        return self.sentence or KIND_MEANINGS[self.kind]

    @property
    def text(self) -> str:
        """The kind and the description, on one line."""
        return f"{self.kind}: {self.description}"

    @property
    def planned_actions(self) -> str:
        """The planned actions as text, such as `update of aws_lb.this`; optional resources are in parentheses."""
        if any(entry.startswith("!") for entry in self.plan):
            return "an error"
        if "~ *" in self.plan or any(entry.endswith(" *]") for entry in self.plan):
            return "update of all resources" if len(self.plan) == 1 else "depends on the deployment"
        words = []
        for mark, action in _MARKS.items():
            entries = [entry for entry in self.plan if entry.lstrip("[").startswith(mark)]
            if resources := dict.fromkeys(map(_resource, entries)):
                words.append(f"{action} of {', '.join(resources)}")
        return "; ".join(words) or "nothing"


def _resource(entry: str) -> str:
    """Return the resource of an entry as Markdown; the module is part of it only if the entry is a whole module."""
    address = entry.strip("[]").partition(" ")[2]
    name = address.partition(".")[2]
    text = f"`{address if name == '*' else name}`"
    return f"({text})" if entry.startswith("[") else text
