"""The result of a plan check."""

from dataclasses import dataclass
from typing import Literal

from owscale.console.text import plural
from owscale.terraform.plan.model import ChangeKind

ViolationKind = Literal["plan", "existing", "group rule", "data loss", "unknown type", "unknown value"]


@dataclass(frozen=True, order=True)
class Violation:
    """A reason why the plan check fails: the resource, the problem, the reason why it is one, and a hint.

    The texts contain addresses, types, actions, names of arguments and ids of the spec, and no other value. `spec_key`
    is the key of the spec with the existing resource, if there is one. `address` is empty for the plan as a whole.
    """

    address: str
    rule: ViolationKind
    problem: str
    reason: str
    hint: str
    spec_key: str = ""


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
    """Whether a plan of a deployment may be applied, and what its reviewer should see."""

    deployment: str
    counts: Counts
    violations: tuple[Violation, ...]
    group_rules: tuple[SecurityGroupRule, ...]
    notes: tuple[Note, ...]

    @property
    def passed(self) -> bool:
        """Whether the plan check passed."""
        return not self.violations
