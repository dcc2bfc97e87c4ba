"""The resources of a root module, and its `moved` and `removed` blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from owscale.errors import OwscaleError
from owscale.terraform.config.parser import parse_scopes, validate_hint
from owscale.terraform.config.resolver import Resolver, Resource


@dataclass(frozen=True)
class RootModule:
    """The resources of a root module by address, and its settings: the provider and the backend.

    `moved` maps earlier addresses to later ones. `removed` has the addresses that a `removed` block takes out of the
    state, with the object left in AWS.
    """

    resources: Mapping[str, Resource] = field(default_factory=dict)
    settings: Mapping[str, Resource] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()

    def current_address(self, address: str) -> str:
        """Return the present address of a resource of an earlier revision, according to the `moved` blocks."""
        passed = {address}
        while (following := self._move_once(address)) not in passed:
            passed.add(following)
            address = following
        return address

    def is_removed(self, address: str) -> bool:
        """Whether a `removed` block takes the resource out of the state, with the object left in AWS."""
        return any(_is_within(address, removed) for removed in self.removed)

    def _move_once(self, address: str) -> str:
        for before, after in self.moved.items():
            if _is_within(address, before):
                return after + address.removeprefix(before)
        return address


def read_root_module(files: Mapping[str, str], keys: Mapping[str, Sequence[str]]) -> RootModule:
    """Read the `.tf` files of a root module, given as text by path.

    `keys` has the keys of `for_each` expressions that no literal contains, by the expression in the root module, such
    as `module.redis.node_ids`. Raises OwscaleError with the path of a file that is not HCL.
    """
    resolver = Resolver(parse_scopes(files), keys)
    try:
        return RootModule(
            {resource.address: resource for resource in sorted(resolver.resources(), key=lambda item: item.address)},
            {setting.address: setting for setting in resolver.settings()},
            dict(resolver.moved()),
            frozenset(resolver.removed_from_state()),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise OwscaleError(
            "a custom file has a block of a form that Terraform does not accept",
            hint=validate_hint(),
        ) from error


def _is_within(address: str, parent: str) -> bool:
    """Whether an address is another one, an instance of it, or in a module of that address."""
    return address == parent or address.startswith((f"{parent}[", f"{parent}."))
