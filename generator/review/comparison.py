"""Compare two versions of each deployment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from owscale.cost.diff import CostDifference, compare_estimates
from owscale.cost.estimate import estimate_cost
from owscale.cost.price_file import project_prices
from owscale.domain.aws.prices import SHIPPED_PRICES
from owscale.domain.openwebui.upgrade_texts import other_build_text
from owscale.domain.openwebui.upgrades import other_build
from owscale.domain.summary import summary_rows
from owscale.errors import OwscaleError
from owscale.review.alarm_diff import weakened_alarms
from owscale.review.release_change import ReviewedRelease, release_change
from owscale.review.safeguards import weakened_safeguards
from owscale.review.spec_diff import KeyChange, changed_keys, with_single_change
from owscale.review.version import DeploymentVersion
from owscale.spec.deployment import StateLocation
from owscale.spec.effects.model import PLAN, Effect
from owscale.spec.renames import renamed_folders
from owscale.terraform.config.resolver import Resource
from owscale.terraform.config.root_module import RootModule

ResourceChangeKind = Literal["created", "changed", "moved", "destroyed", "removed from the state"]
FileChangeKind = Literal["added", "changed", "removed"]
DeploymentState = Literal["new", "removed", "changed", "renamed"]


@dataclass(frozen=True)
class AddressChange:
    """A change of the resource at an address.

    The address may also be `provider …` or `backend …`. `arguments` has the names of the arguments that differ.
    `previous_address` is the old address of a moved resource.
    """

    kind: ResourceChangeKind
    address: str
    arguments: tuple[str, ...] = ()
    previous_address: str = ""


@dataclass(frozen=True)
class FileChange:
    """A change of a generated file; the path is relative to the folder of the deployment."""

    kind: FileChangeKind
    path: str


@dataclass(frozen=True)
class DerivedValueChange:
    """A change of a value derived from the spec, such as the number of database connections.

    A value that does not exist is `-`.
    """

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class DeploymentChange:
    """All differences of one deployment; `review_first` has a sentence for each risk.

    `release` is a change of the release of Open WebUI. `previous_folder` is the old folder of a renamed deployment;
    elsewhere it is empty.
    """

    folder: str
    previous_folder: str
    state: DeploymentState
    release: ReviewedRelease | None
    review_first: tuple[str, ...]
    keys: tuple[KeyChange, ...]
    files: tuple[FileChange, ...]
    addresses: tuple[AddressChange, ...]
    derived_values: tuple[DerivedValueChange, ...]
    cost: CostDifference

    def __bool__(self) -> bool:
        return bool(self.keys or self.files or self.previous_folder)


_SECURITY_ARGUMENTS = (
    "assign_public_ip",
    "at_rest_encryption_enabled",
    "internal",
    "transit_encryption_enabled",
)
"""Security arguments that no key of a spec sets; only a change of the templates can change them."""

_META_ARGUMENTS = {"depends_on", "lifecycle"}
_SAME_VALUE = Effect("nothing", "The value in effect stays the same.", (), PLAN)
_MIGRATION_FIRST = "The plan check refuses it until `owscale upgrade` has prepared the database and the tasks."

_DEPLOYMENT_REMOVED = "no spec for this deployment: its generated files are removed, but its resources "
_STILL_RUNNING = "keep running; to destroy them, run `owscale tf destroy` before this change is merged"


def compare_deployments(
    before: Mapping[str, DeploymentVersion], after: Mapping[str, DeploymentVersion]
) -> Iterator[DeploymentChange]:
    """Yield the change of each deployment; the keys of both mappings are folders.

    A deployment with another folder and the same state is a renamed one.
    """
    renames = renamed_folders(_states(before), _states(after))
    previous = {folder: renames.get(folder, folder if folder not in renames.values() else "") for folder in after}
    owners = {state: folder for folder, state in _states(after).items()}
    changes = [compare_versions(before.get(previous[folder]), version) for folder, version in after.items()]
    for folder, version in before.items():
        if folder not in previous.values():
            owner = owners.get(version.deployment.state_location, "")
            changes.append(compare_versions(version, None, owner, _successor(version, before, after)))
    yield from sorted(changes, key=lambda change: change.folder)


def _states(versions: Mapping[str, DeploymentVersion]) -> dict[str, StateLocation]:
    return {folder: version.deployment.state_location for folder, version in versions.items()}


def _successor(
    removed: DeploymentVersion, before: Mapping[str, DeploymentVersion], after: Mapping[str, DeploymentVersion]
) -> str:
    """Return the folder of the new deployment of the spec and the environment of a removed one; empty without one."""
    old = removed.deployment
    for folder, version in after.items():
        new = version.deployment
        same_spec = new.document.source.name == old.document.source.name
        if same_spec and new.environment == old.environment and folder not in before:
            return folder
    return ""


def compare_versions(
    before: DeploymentVersion | None, after: DeploymentVersion | None, state_owner: str = "", successor: str = ""
) -> DeploymentChange:
    """Return the change of one deployment; at least one of the two versions exists.

    For a removed deployment, `state_owner` is another deployment with its state, and `successor` a new deployment of
    its spec and environment with another state.
    """
    old, new = (version.deployment.folder if version else "" for version in (before, after))
    previous_folder = old if old and new and old != new else ""
    resources = tuple(_address_changes(_root_module(before), _root_module(after)))
    release = release_change(before.deployment.spec, after.deployment.spec) if before and after else None
    keys = tuple(_key_changes(before, after, {each.address for each in resources})) if before and after else ()
    if release and "roll" not in release.upgrade.ways:
        keys = tuple(_with_migration(change) for change in keys)
    return DeploymentChange(
        new or old,
        previous_folder,
        "renamed" if previous_folder else "changed" if before and after else "new" if after else "removed",
        release,
        tuple(_review_first(before, after, keys) if after else [_describe_removal(state_owner, successor)]),
        keys,
        tuple(_file_changes(before, after)),
        resources,
        tuple(_derived_value_changes(before, after)),
        _compare_costs(before, after),
    )


def _with_migration(change: KeyChange) -> KeyChange:
    """Return the change of the image with the step that it needs; other changes stay."""
    if change.name != "app.image":
        return change
    return replace(change, effect=replace(change.effect, kind="needs a step", sentence=_MIGRATION_FIRST))


def _compare_costs(before: DeploymentVersion | None, after: DeploymentVersion | None) -> CostDifference:
    """Compare the costs of both versions with the same prices, the later ones: a new price is no difference."""
    latest = after or before
    prices = project_prices(latest.deployment.document.source) if latest else SHIPPED_PRICES
    return compare_estimates(
        *(estimate_cost(version.deployment.spec, prices) if version else None for version in (before, after))
    )


def _describe_removal(state_owner: str, successor: str) -> str:
    if state_owner:
        return f"{_DEPLOYMENT_REMOVED}belong to {state_owner}, which has the same state: do not destroy them"
    if successor:
        return (
            f"{_DEPLOYMENT_REMOVED}keep running, and Terraform creates new ones for {successor}; if it is the same "
            "deployment, restore `state.bucket` and `state.key`"
        )
    return f"{_DEPLOYMENT_REMOVED}{_STILL_RUNNING}"


def _root_module(version: DeploymentVersion | None) -> RootModule:
    return version.root_module if version else RootModule()


def _review_first(
    before: DeploymentVersion | None, after: DeploymentVersion, keys: tuple[KeyChange, ...]
) -> Iterator[str]:
    if before is not None:
        if release := other_build(before.deployment.spec.app.image, after.deployment.spec.app.image):
            yield f"app.image: {other_build_text(release)}"
        yield from _lost_resources(before.root_module, after.root_module)
        for change, consequence in weakened_safeguards(keys):
            yield f"{change.name}: {change.before_text} → {change.after_text}: {consequence}"
        yield from weakened_alarms(before.deployment.spec, after.deployment.spec)


def _key_changes(before: DeploymentVersion, after: DeploymentVersion, differing: set[str]) -> Iterator[KeyChange]:
    """Yield the keys that differ, each with the resources that it affects.

    A key affects the resources that differ if it alone changes, and the resources that differ if all other keys change.
    `differing` has the addresses that differ if all keys change. A key affects none outside it, because another key
    undoes its effect there: with `autoscaling.enabled: true`, a change of `service.instances` has no effect.

    Both sides are rendered with the templates of `after`. A variant that cannot be rendered, such as one that names a
    folder which only the other version has, counts as an invalid one.
    """
    render = after.render_variant
    base = DeploymentVersion(before.deployment, render)
    for change in changed_keys(before.deployment, after.deployment):
        if change.path[:1] == ("custom",):  # each side has only its own files
            yield replace(change, affected_addresses=None)
            continue
        only_this = with_single_change(before.deployment, after.deployment, change.path)
        all_others = with_single_change(after.deployment, before.deployment, change.path)
        pairs = [(base, DeploymentVersion(only_this, render))] if only_this else []
        pairs += [(DeploymentVersion(all_others, render), after)] if all_others else []
        affected = [each for old, new in pairs if (each := _affected_addresses(old, new)) is not None]
        if not affected:
            yield replace(change, affected_addresses=None)
            continue
        addresses = set().union(*affected)
        effect = _SAME_VALUE if change.effect.plan and not addresses else change.effect
        yield replace(change, affected_addresses=tuple(sorted(addresses & differing)), effect=effect)


def _affected_addresses(old: DeploymentVersion, new: DeploymentVersion) -> set[str] | None:
    """Return the addresses that differ; None if one of the two cannot be rendered."""
    try:
        return {each.address for each in _address_changes(old.root_module, new.root_module)}
    except OwscaleError:
        return None


def _address_changes(old: RootModule, new: RootModule) -> Iterator[AddressChange]:
    old_resources = _by_current_address(old, new)
    for address in sorted(old_resources.keys() | new.resources.keys()):
        before, after = old_resources.get(address), new.resources.get(address)
        if before is None:
            yield AddressChange("created", address)
        elif after is None:
            yield AddressChange("removed from the state" if new.is_removed(address) else "destroyed", address)
        elif before.address != address:
            yield AddressChange("moved", address, previous_address=before.address)
        elif arguments := _changed_arguments(before, after):
            yield AddressChange("changed", address, arguments)
    for name in sorted(old.settings.keys() & new.settings.keys()):
        if arguments := _changed_arguments(old.settings[name], new.settings[name]):
            yield AddressChange("changed", name, arguments)


def _by_current_address(old: RootModule, new: RootModule) -> dict[str, Resource]:
    """Return the old resources by their addresses after the `moved` blocks of the new code."""
    return {new.current_address(address): resource for address, resource in old.resources.items()}


def _changed_arguments(before: Resource, after: Resource) -> tuple[str, ...]:
    """Return the arguments that Terraform plans to change.

    Meta-arguments change no resource. An argument that was ignored until now may differ in AWS, so it counts as
    changed.
    """
    ignored = after.ignored_arguments
    if "all" in ignored:
        return ()
    names = sorted((before.arguments.keys() | after.arguments.keys()) - _META_ARGUMENTS - ignored)
    return tuple(
        name
        for name in names
        if before.arguments.get(name) != after.arguments.get(name) or name in before.ignored_arguments
    )


def _lost_resources(old: RootModule, new: RootModule) -> Iterator[str]:
    """Yield a sentence for each resource that is destroyed, removed from the state, or less protected."""
    old_resources = _by_current_address(old, new)
    created = [resource for address, resource in new.resources.items() if address not in old_resources]
    for address, before in old_resources.items():
        after = new.resources.get(address)
        if after is None and new.is_removed(address):
            yield f"{before.address} is removed from the state: it stays in AWS, and Terraform no longer manages it"
        elif after is None:
            twin = next((resource for resource in created if _is_twin(before, resource)), None)
            if twin:
                created.remove(twin)
            yield _describe_destruction(before.address, twin)
        elif before.prevent_destroy and not after.prevent_destroy:
            yield f"{address} loses prevent_destroy: a plan can destroy it"
        elif exposing := [name for name in _changed_arguments(before, after) if name in _SECURITY_ARGUMENTS]:
            yield f"{address}: {' and '.join(exposing)} changed"


def _describe_destruction(address: str, twin: Resource | None) -> str:
    if twin is None:
        return f"{address} is removed: Terraform destroys it"
    return (
        f"{address} becomes {twin.address} without a moved block: Terraform destroys the first and creates the second; "
        "add a block `moved` with these addresses as `from` and `to`"
    )


def _is_twin(before: Resource, after: Resource) -> bool:
    """Return whether two addresses are probably the same resource: same type, same arguments."""
    return _type(before.address) == _type(after.address) and before.arguments == after.arguments


def _type(address: str) -> str:
    return address.partition("[")[0].split(".")[-2]


def _file_changes(before: DeploymentVersion | None, after: DeploymentVersion | None) -> Iterator[FileChange]:
    old, new = (version.files if version else {} for version in (before, after))
    for path in sorted(old.keys() | new.keys()):
        if old.get(path) != new.get(path):
            yield FileChange("added" if path not in old else "removed" if path not in new else "changed", path)


def _derived_value_changes(
    before: DeploymentVersion | None, after: DeploymentVersion | None
) -> Iterator[DerivedValueChange]:
    old, new = (dict(summary_rows(version.deployment.spec)) if version else {} for version in (before, after))
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield DerivedValueChange(name, old.get(name, "-"), new.get(name, "-"))
