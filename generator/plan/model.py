"""A plan as a few frozen types. https://developer.hashicorp.com/terraform/internals/json-format has the whole format.

Values of arguments are in here, secret ones too: whoever prints something of a plan prints addresses, types, actions
and the names of arguments, and no value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from generator.plan.configuration import Configuration

Values = Mapping[str, Any]
Kind = Literal["nothing", "create", "read", "update", "delete", "replace", "forget"]

KINDS: dict[tuple[str, ...], Kind] = {
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
"""What the combinations of actions come to; any other is one that nobody here has heard of."""


@dataclass(frozen=True)
class Resource:
    """A resource of the state, or of what the state is planned to be."""

    address: str
    module: str
    mode: str
    type: str
    name: str
    values: Values


@dataclass(frozen=True)
class Change:
    """What happens to one resource, which may be nothing.

    `unknown` has the arguments whose value is known only after the apply. `imported` says that an object is taken into
    the state, and `import_id` which, where the plan knows it. `deposed` marks what an earlier replacement left behind.
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
    deposed: bool = False

    @property
    def kind(self) -> Kind | None:
        return KINDS.get(self.actions)

    @property
    def managed(self) -> bool:
        return self.mode != "data"

    @property
    def moved(self) -> bool:
        return self.previous_address not in ("", self.address)

    @property
    def quiet(self) -> bool:
        """Whether nothing happens, to the object or to the state."""
        return self.kind == "nothing" and not self.imported and not self.moved

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments that change, those too whose new value is not known yet."""
        names = {*self.before, *self.after, *self.unknown}
        return tuple(sorted(name for name in names if self._changes(name)))

    def _changes(self, name: str) -> bool:
        return self.is_unknown(name) or self.before.get(name) != self.after.get(name)

    def is_unknown(self, argument: str) -> bool:
        """Whether an argument, or a part of it, is known only after the apply."""
        return _any_true(self.unknown.get(argument))


@dataclass(frozen=True)
class Plan:
    """All that a plan says.

    `more` has the names of parts that hold something and that this reader does not know; `drift` what somebody changed
    outside Terraform; `deferred` what Terraform puts off to a later plan.
    """

    format_version: str
    complete: bool
    errored: bool
    changes: tuple[Change, ...]
    drift: tuple[Change, ...]
    deferred: tuple[Change, ...]
    state: tuple[Resource, ...]
    planned: tuple[Resource, ...]
    configuration: Configuration
    more: tuple[str, ...] = ()

    def managed(self) -> Iterator[Change]:
        return (change for change in self.changes if change.managed)


def _any_true(value: object) -> bool:
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
