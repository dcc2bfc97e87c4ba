"""A plan as frozen types. The format: https://developer.hashicorp.com/terraform/internals/json-format.

A plan contains the values of arguments, secret ones too. Code that prints a part of a plan prints addresses, types,
actions and names of arguments, and no value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from owscale.terraform.plan.configuration import Configuration

Values = Mapping[str, Any]
ChangeKind = Literal["nothing", "create", "read", "update", "delete", "replace", "forget"]

CHANGE_KINDS: dict[tuple[str, ...], ChangeKind] = {
    ("no-op",): "nothing",
    ("create",): "create",
    ("read",): "read",
    ("update",): "update",
    ("delete",): "delete",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("forget",): "forget",
    ("create", "forget"): "replace",
}
"""The kinds of change by Terraform's combinations of actions; another combination is unknown.

`forget` removes a resource from the state and leaves the object in AWS.
"""


@dataclass(frozen=True)
class PlannedResource:
    """A resource of the state, or of the planned state."""

    address: str
    module: str
    mode: str
    type: str
    name: str
    values: Values
    provider: str = ""
    index: str | int | None = None
    deposed_key: str = ""


@dataclass(frozen=True)
class ResourceChange:
    """The planned change of one resource, also a `no-op`.

    `unknown` has the arguments whose value is known only after the apply. An `imported` object is added to the state;
    `import_id` is its id, where the plan contains it. A `deposed` object, with its key, was left by an earlier
    replacement. `sensitive` has the marks of secret values, before and after.
    """

    address: str
    module: str
    mode: str
    type: str
    name: str
    actions: tuple[str, ...]
    before: Values
    after: Values
    unknown: Values
    previous_address: str = ""
    imported: bool = False
    import_id: str = ""
    replace_for: tuple[str, ...] = ()
    reason: str = ""
    deposed_key: str = ""
    provider: str = ""
    sensitive: tuple[Any, ...] = ()
    index: str | int | None = None

    @property
    def kind(self) -> ChangeKind | None:
        """The kind of change; None for an unknown combination of actions."""
        return CHANGE_KINDS.get(self.actions)

    @property
    def deposed(self) -> bool:
        """Whether the object was left by an earlier replacement."""
        return bool(self.deposed_key)

    @property
    def managed(self) -> bool:
        """Whether it is a resource, not a data source."""
        return self.mode != "data"

    @property
    def moved(self) -> bool:
        """Whether the resource gets another address."""
        return self.previous_address not in ("", self.address)

    @property
    def has_no_effect(self) -> bool:
        """Whether nothing happens, to the object or to the state."""
        return self.kind == "nothing" and not self.imported and not self.moved

    @property
    def changed_arguments(self) -> tuple[str, ...]:
        """The names of the arguments that change, also those with an unknown new value."""
        names = {*self.before, *self.after, *self.unknown}
        return tuple(sorted(name for name in names if self._is_changed(name)))

    def is_unknown(self, argument: str) -> bool:
        """Whether an argument, or a part of it, is known only after the apply."""
        return contains_true(self.unknown.get(argument))

    def is_sensitive(self, argument: str) -> bool:
        """Whether the plan marks an argument, or a part of it, as secret."""
        marks = (mark.get(argument) if isinstance(mark, Mapping) else mark for mark in self.sensitive)
        return any(map(contains_true, marks))

    def _is_changed(self, name: str) -> bool:
        return self.is_unknown(name) or self.before.get(name) != self.after.get(name)


@dataclass(frozen=True)
class Plan:
    """A Terraform plan.

    `drift` has the changes that were made outside Terraform, and `deferred` the changes that Terraform postpones to a
    later plan. `variables` and `outputs` belong to the root module; an unknown value is null. `failed_conditions` has
    the addresses of resources and outputs whose conditions do not hold. `unknown_parts` has the names of non-empty
    parts that the parser cannot read.
    """

    format_version: str
    complete: bool
    errored: bool
    changes: tuple[ResourceChange, ...]
    drift: tuple[ResourceChange, ...]
    deferred: tuple[ResourceChange, ...]
    state: tuple[PlannedResource, ...]
    planned: tuple[PlannedResource, ...]
    configuration: Configuration
    variables: Values = field(default_factory=dict)
    outputs: Values = field(default_factory=dict)
    failed_conditions: tuple[str, ...] = ()
    unknown_parts: tuple[str, ...] = ()

    def managed(self) -> Iterator[ResourceChange]:
        """Yield the changes of resources, without data sources."""
        return (change for change in self.changes if change.managed)


def contains_true(value: object) -> bool:
    """Whether a part of a value is `True`, which marks an unknown or secret argument in a plan."""
    stack = [value]
    while stack:
        match stack.pop():
            case True:
                return True
            case dict() as mapping:
                stack += mapping.values()
            case list() as items:
                stack += items
    return False
