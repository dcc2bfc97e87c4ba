"""The result of a plan check."""

from dataclasses import dataclass
from typing import Literal, get_args

from owscale.console.text import plural
from owscale.spec.allowed_effects import PLAN_EFFECTS, PlanEffect
from owscale.terraform.plan.model import ChangeKind

ViolationKind = Literal[
    "existing",
    "other value",
    "group rule",
    "plan",
    "unknown value",
    "data loss",
    "drift",
    "unknown type",
    "interruption",
]
"""The kinds of violations, most severe first."""

_KINDS: tuple[ViolationKind, ...] = get_args(ViolationKind)


@dataclass(frozen=True)
class Violation:
    """A violation, for which the plan check fails: the resource, the problem, its reason, and a hint.

    The texts contain addresses, types, actions, names of arguments, ids of the spec and releases, and no other value.
    `spec_key` is the key of the spec with the existing resource or with the changed argument, if there is one, and
    `location` its place. `effect` is the effect that `allow:` can allow, "" if nothing allows the change. `address` is
    empty for the plan as a whole.
    """

    address: str
    rule: ViolationKind
    problem: str
    reason: str
    hint: str
    spec_key: str = ""
    effect: PlanEffect | Literal[""] = ""
    location: str = ""

    @property
    def severity(self) -> tuple[int, int, str, str]:
        """The order of violations: most severe first, then by address."""
        effect = PLAN_EFFECTS.index(self.effect) if self.effect else 0
        return _KINDS.index(self.rule), effect, self.address, self.problem


@dataclass(frozen=True, order=True)
class SecurityGroupRule:
    """A managed rule on an existing security group, the only change that a deployment makes to existing resources.

    `spec_key` is the key of the spec with the group; it and `group` are empty if the group left the spec.
    """

    address: str
    action: ChangeKind
    spec_key: str
    group: str
    port: int


@dataclass(frozen=True, order=True)
class Note:
    """A fact that a reviewer of the plan should see, and that does not fail the check."""

    address: str
    text: str


@dataclass(frozen=True)
class Counts:
    """Numbers of managed resources by kind of change, and of existing resources that stay untouched."""

    resources: int
    existing: int
    create: int
    update: int
    replace: int
    delete: int
    forget: int

    def __str__(self) -> str:
        updates = plural(self.update, "in-place change")
        removed = f", {self.forget} removed from the state" if self.forget else ""
        return (
            f"{plural(self.resources, 'resource')}: {self.existing} existing untouched, {self.create} created, "
            f"{updates}, {self.replace} replaced, {self.delete} destroyed{removed}"
        )


@dataclass(frozen=True)
class PolicyResult:
    """The result of the plan check: whether the plan may be applied, and the notes for its reviewer."""

    deployment: str
    counts: Counts
    violations: tuple[Violation, ...]
    group_rules: tuple[SecurityGroupRule, ...]
    notes: tuple[Note, ...]

    @property
    def passed(self) -> bool:
        """Whether the plan check passed."""
        return not self.violations
