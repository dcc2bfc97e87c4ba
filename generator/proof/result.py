"""What a proof comes to."""

from dataclasses import dataclass
from typing import Literal

from generator.errors import count
from generator.plan.model import Kind

Rule = Literal["plan", "existing", "group rule", "stateful", "unknown type", "unknown value"]


@dataclass(frozen=True, order=True)
class Violation:
    """Why a plan is refused: where, what happens, why that may not be, and what to do.

    Every text is made of addresses, types, actions, names of arguments and ids of the spec; never of other values.
    `protected` is the key of the spec whose thing it is about, if it is about one.
    """

    address: str
    rule: Rule
    what: str
    why: str
    hint: str
    protected: str = ""


@dataclass(frozen=True, order=True)
class GroupRule:
    """A rule of ours on a security group that exists: the one thing that a deployment adds to what is not its own."""

    address: str
    action: Kind
    protected: str
    group: str
    port: int


@dataclass(frozen=True, order=True)
class Note:
    """Something that somebody who decides should know, and that is no reason to refuse."""

    address: str
    text: str


@dataclass(frozen=True)
class Counts:
    """The managed resources of a plan by what happens to them, and the existing things that nothing happens to."""

    resources: int
    existing: int
    create: int
    update: int
    replace: int
    delete: int
    forget: int

    def __str__(self) -> str:
        updates = count(self.update, "in-place change")
        forgotten = f", {self.forget} forgotten" if self.forget else ""
        return (
            f"{count(self.resources, 'resource')}: {self.existing} existing untouched, {self.create} created, "
            f"{updates}, {self.replace} replaced, {self.delete} destroyed{forgotten}"
        )


@dataclass(frozen=True)
class Proof:
    """Whether a plan of a deployment may be applied; violations first, then what is shown to whoever decides."""

    deployment: str
    counts: Counts
    violations: tuple[Violation, ...]
    rules: tuple[GroupRule, ...]
    notes: tuple[Note, ...]

    @property
    def proved(self) -> bool:
        return not self.violations
