"""Two revisions of each deployment beside each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from generator import cost
from generator.addresses import Resource, Root
from generator.changes import keys, protections
from generator.changes.keys import KeyChange
from generator.changes.side import Side
from generator.facts.figures import figures


@dataclass(frozen=True)
class AddressChange:
    """A resource that is created (`+`), changed (`~`: which arguments), moved (`>`: from where) or destroyed (`-`)."""

    mark: str
    address: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeploymentChange:
    """All that is different of one deployment; `state` is `new`, `gone` or `changed`.

    `called_out` is what a reviewer must not miss, in sentences. `files` are marks with paths, `figures` names with what
    was and what will be.
    """

    folder: str
    state: str
    called_out: tuple[str, ...]
    keys: tuple[KeyChange, ...]
    files: tuple[tuple[str, str], ...]
    addresses: tuple[AddressChange, ...]
    figures: tuple[tuple[str, str, str], ...]
    cost: cost.Difference

    def __bool__(self) -> bool:
        return bool(self.keys or self.files)


def compared(before: Mapping[str, Side], after: Mapping[str, Side]) -> Iterator[DeploymentChange]:
    """Each deployment of either revision, by its folder."""
    for folder in sorted(before.keys() | after.keys()):
        yield _compared(folder, before.get(folder), after.get(folder))


def _compared(folder: str, before: Side | None, after: Side | None) -> DeploymentChange:
    old, new = before.root if before else _NOTHING, after.root if after else _NOTHING
    changes = tuple(_reaching(before, after)) if before and after else ()
    addresses = tuple(_addresses(old, new))
    return DeploymentChange(
        folder,
        "changed" if before and after else "new" if after else "gone",
        tuple(_called_out(old, new, addresses, changes, gone=after is None)),
        changes,
        tuple(_files(before, after)),
        addresses,
        tuple(_figures(before, after)),
        cost.difference(
            cost.estimate(before.deployment.spec) if before else None,
            cost.estimate(after.deployment.spec) if after else None,
        ),
    )


_NOTHING = Root({}, {})


def _reaching(before: Side, after: Side) -> Iterator[KeyChange]:
    """The keys that differ, each with the addresses that it changes when it alone does, or when it alone does not."""
    base = Side(before.deployment, after.generate)
    for change in keys.changed(before.deployment, after.deployment):
        alone = keys.only(before.deployment, after.deployment, change.path)
        without = keys.only(after.deployment, before.deployment, change.path)
        pairs = [(base, Side(alone, after.generate))] if alone else []
        pairs += [(Side(without, after.generate), after)] if without else []
        reached = {each.address for old, new in pairs for each in _addresses(old.root, new.root)}
        yield replace(change, reaches=tuple(sorted(reached)) if pairs else None)


def _addresses(old: Root, new: Root) -> Iterator[AddressChange]:
    before = {new.now(address): resource for address, resource in old.resources.items()}
    for address in sorted(before.keys() | new.resources.keys()):
        one, other = before.get(address), new.resources.get(address)
        if one is None:
            yield AddressChange("+", address)
        elif other is None:
            yield AddressChange("-", address)
        elif one.address != address:
            yield AddressChange(">", address, (one.address,))
        elif different := _different(one, other):
            yield AddressChange("~", address, different)


def _different(one: Resource, other: Resource) -> tuple[str, ...]:
    names = sorted(one.arguments.keys() | other.arguments.keys())
    return tuple(name for name in names if one.arguments.get(name) != other.arguments.get(name))


def _called_out(
    old: Root, new: Root, addresses: tuple[AddressChange, ...], changes: tuple[KeyChange, ...], *, gone: bool
) -> Iterator[str]:
    if gone:
        yield "no spec describes it any more: its files go, and what it deployed still runs, without them"
        return
    vanished = [old.resources[each.address] for each in addresses if each.mark == "-"]
    created = [new.resources[each.address] for each in addresses if each.mark == "+"]
    for resource in vanished:
        twin = next((other for other in created if _is_twin(resource, other)), None)
        if twin:
            created.remove(twin)
            yield (
                f"{resource.address} becomes {twin.address} without a moved block: Terraform destroys the one and "
                "makes the other. Write a block `moved` with these two as `from` and `to`"
            )
        else:
            yield f"{resource.address} vanishes: Terraform destroys it"
    for address, resource in old.resources.items():
        kept = new.resources.get(new.now(address))
        if resource.prevent_destroy and kept and not kept.prevent_destroy:
            yield f"{kept.address} loses prevent_destroy: a plan may destroy it"
    for change, means in protections.lowered(changes):
        yield f"{change.name}: {change.was} → {change.becomes}: {means}"


def _is_twin(one: Resource, other: Resource) -> bool:
    """Whether two addresses are likely one resource: of one type, with the same arguments."""
    names = (one.address.partition("[")[0], other.address.partition("[")[0])
    return names[0] != names[1] and _type(names[0]) == _type(names[1]) and one.arguments == other.arguments


def _type(address: str) -> str:
    return address.split(".")[-2]


def _files(before: Side | None, after: Side | None) -> Iterator[tuple[str, str]]:
    old, new = before.files if before else {}, after.files if after else {}
    for path in sorted(old.keys() | new.keys()):
        if old.get(path) != new.get(path):
            yield "+" if path not in old else "-" if path not in new else "~", path


def _figures(before: Side | None, after: Side | None) -> Iterator[tuple[str, str, str]]:
    old, new = (dict(figures(side.deployment.spec)) if side else {} for side in (before, after))
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield name, old.get(name, "-"), new.get(name, "-")
