"""What a root makes, and what became of what it made before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from generator.addresses.reader import Reader, Resource
from generator.addresses.scopes import scopes
from generator.errors import OwscaleError


@dataclass(frozen=True)
class Root:
    """The resources of a root by address, and what else decides over all of them: the provider and the backend.

    `moved` says where some were before, `forgotten` which a `removed` block leaves in AWS without Terraform.
    """

    resources: Mapping[str, Resource] = field(default_factory=dict)
    settings: Mapping[str, Resource] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    forgotten: frozenset[str] = frozenset()

    def now(self, address: str) -> str:
        """Where a resource of an earlier revision is by its address, as far as `moved` blocks say."""
        seen = {address}
        while (after := self._moved_once(address)) not in seen:
            seen.add(after)
            address = after
        return address

    def forgets(self, address: str) -> bool:
        return any(address == of or address.startswith((f"{of}[", f"{of}.")) for of in self.forgotten)

    def _moved_once(self, address: str) -> str:
        for before, after in self.moved.items():
            if address == before or address.startswith((f"{before}[", f"{before}.")):
                return after + address.removeprefix(before)
        return address


def root(files: Mapping[str, str], keys: Mapping[str, Sequence[str]]) -> Root:
    """Reads the `.tf` files of a root, text by path.

    `keys` has the keys of `for_each` expressions that no literal gives, by the root's expression, such as
    `module.redis.node_ids`. Raises OwscaleError with the file that is not HCL.
    """
    reader = Reader(scopes(files), keys)
    try:
        return Root(
            {resource.address: resource for resource in sorted(reader.resources(), key=lambda each: each.address)},
            {setting.address: setting for setting in reader.settings()},
            dict(reader.moved()),
            frozenset(reader.forgotten()),
        )
    except (AttributeError, KeyError, TypeError) as error:
        hint = "owscale tf validate says where"
        raise OwscaleError(
            f"an extra file has a block of a form that Terraform does not take\n  hint: {hint}"
        ) from error
