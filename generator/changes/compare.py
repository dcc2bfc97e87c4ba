"""Two revisions of each deployment beside each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from generator import cost
from generator.addresses import Resource, Root
from generator.changes import alarms, keys, protections
from generator.changes.keys import KeyChange
from generator.changes.side import Side
from generator.facts.figures import figures


@dataclass(frozen=True)
class AddressChange:
    """A resource, or `provider …` or `backend …`, and what becomes of it.

    Created (`+`), changed (`~`: which arguments), moved (`>`: from where), destroyed (`-`), or forgotten (`.`).
    """

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


_NOTHING = Root()
_EXPOSING = ("assign_public_ip", "at_rest_encryption_enabled", "internal", "transit_encryption_enabled")
"""Arguments that no key of a spec changes: another template did, and made something less safe or safer."""


def compared(before: Mapping[str, Side], after: Mapping[str, Side]) -> Iterator[DeploymentChange]:
    """Each deployment of either revision, by its folder."""
    for folder in sorted(before.keys() | after.keys()):
        yield _compared(folder, before.get(folder), after.get(folder))


def _compared(folder: str, before: Side | None, after: Side | None) -> DeploymentChange:
    old, new = before.root if before else _NOTHING, after.root if after else _NOTHING
    changes = tuple(_reaching(before, after)) if before and after else ()
    called_out = list(_lost(old, new)) if before and after else [] if after else [_GONE]
    called_out += [f"{each.name}: {each.was} → {each.becomes}: {means}" for each, means in protections.lowered(changes)]
    if before and after:
        called_out += alarms.quieter(before.deployment.spec, after.deployment.spec)
    return DeploymentChange(
        folder,
        "changed" if before and after else "new" if after else "gone",
        tuple(called_out),
        changes,
        tuple(_files(before, after)),
        tuple(_addresses(old, new)),
        tuple(_figures(before, after)),
        cost.difference(
            cost.estimate(before.deployment.spec) if before else None,
            cost.estimate(after.deployment.spec) if after else None,
        ),
    )


_GONE = "no spec describes it any more: its files go, and what it deployed still runs, without them"


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
            yield AddressChange("." if new.forgets(address) else "-", address)
        elif one.address != address:
            yield AddressChange(">", address, (one.address,))
        elif different := _different(one, other):
            yield AddressChange("~", address, different)
    for name in sorted(old.settings.keys() & new.settings.keys()):
        if different := _different(old.settings[name], new.settings[name]):
            yield AddressChange("~", name, different)


def _different(one: Resource, other: Resource) -> tuple[str, ...]:
    names = sorted(one.arguments.keys() | other.arguments.keys())
    return tuple(name for name in names if one.arguments.get(name) != other.arguments.get(name))


def _lost(old: Root, new: Root) -> Iterator[str]:
    """What an apply takes away, or could."""
    before = {new.now(address): resource for address, resource in old.resources.items()}
    created = [each for address, each in new.resources.items() if address not in before]
    for address, resource in before.items():
        now = new.resources.get(address)
        if now is None:
            twin = next((other for other in created if _is_twin(resource, other)), None)
            if twin:
                created.remove(twin)
            yield _vanished(resource.address, twin, forgotten=new.forgets(address))
        elif resource.prevent_destroy and not now.prevent_destroy:
            yield f"{address} loses prevent_destroy: a plan may destroy it"
        elif exposing := [name for name in _different(resource, now) if name in _EXPOSING]:
            yield f"{address}: another {' and another '.join(exposing)}"


def _vanished(address: str, twin: Resource | None, *, forgotten: bool) -> str:
    if forgotten:
        return f"{address} is forgotten: it stays in AWS, and no Terraform knows it"
    if twin is None:
        return f"{address} vanishes: Terraform destroys it"
    return (
        f"{address} becomes {twin.address} without a moved block: Terraform destroys the one and makes the other. "
        "Write a block `moved` with these two as `from` and `to`"
    )


def _is_twin(one: Resource, other: Resource) -> bool:
    """Whether two addresses are likely one resource: of one type, with the same arguments."""
    return _type(one.address) == _type(other.address) and one.arguments == other.arguments


def _type(address: str) -> str:
    return address.partition("[")[0].split(".")[-2]


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
