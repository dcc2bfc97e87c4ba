"""Conflicts between deployments: a shared state file, service name or output folder."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from owscale.diagnostics.model import Diagnostic
from owscale.domain.aws.managed_names import ManagedName, managed_names
from owscale.spec.deployment import Deployment
from owscale.spec.document import Path, dotted

CONFLICT_CODES = {
    "S401": "With a shared state file, each apply of one deployment would destroy the resources of the other.",
    "S402": "AWS rejects a second resource of a name, such as an IAM role, or both deployments change the same one.",
    "S403": "With a shared output folder, the second spec would overwrite the files of the first.",
}
"""The rationale of each conflict, by its code."""


class _Unique(NamedTuple):
    """A property that no two deployments may share; it may have several values.

    `path` is the key of the spec that determines it. `message` may refer to the deployments `{later}` and `{earlier}`,
    to the file of the second, `{earlier_file}`, to the folder of the first under out/, `{folder}`, and to the value
    that both have, `{value}`.
    """

    code: str
    path: Path
    message: str
    values: Callable[[Deployment], Iterable[object]]


def _state(deployment: Deployment) -> Iterable[object]:
    return (deployment.state_location,)


def _names(deployment: Deployment) -> Iterable[ManagedName]:
    return managed_names(deployment.spec)


def _folder(deployment: Deployment) -> Iterable[object]:
    return (deployment.folder,)


_UNIQUE = (
    _Unique("S401", ("state", "key"), "{later} and {earlier} have the same state file", _state),
    _Unique("S402", ("service", "name"), "{later} and {earlier} {value}", _names),
    _Unique("S403", ("name",), "{earlier_file} has the same name; both would write out/{folder}", _folder),
)


def find_conflicts(deployments: Sequence[Deployment]) -> Iterator[Diagnostic]:
    """Yield the conflicts between deployments, each at the later deployment."""
    for unique in _UNIQUE:
        owners: dict[object, Deployment] = {}
        for deployment in deployments:
            reported: set[int] = set()
            for value in unique.values(deployment):
                owner = owners.setdefault(value, deployment)
                if owner is not deployment and id(owner) not in reported:
                    reported.add(id(owner))
                    yield _conflict(unique, deployment, owner, value)


def _conflict(unique: _Unique, deployment: Deployment, owner: Deployment, value: object) -> Diagnostic:
    later, earlier = deployment.folder, owner.folder
    if later == earlier:  # only their files differ
        later, earlier = deployment.document.file, owner.document.file
    message = unique.message.format(
        later=later,
        earlier=earlier,
        earlier_file=owner.document.file,
        folder=deployment.folder,
        value=_describe(deployment, owner, value),
    )
    diagnostic = deployment.document.diagnostic(unique.code, unique.path, message, _hint(deployment, unique.path))
    related = owner.document.related(unique.path)
    is_same_place = related[:3] == diagnostic[:3]  # file, line and column: two environments share the key
    return diagnostic._replace(related=() if is_same_place else (related,))


def _describe(deployment: Deployment, owner: Deployment, value: object) -> str:
    """Return the predicate of a message on two deployments with one name, such as `would both have the …`."""
    if not isinstance(value, ManagedName) or deployment.spec.service.name == owner.spec.service.name:
        return "have the same service name in one account"
    return f"would both have the {value.type} {value.name}"


def _hint(deployment: Deployment, path: Path) -> str:
    if path == ("name",):
        return "give one of the two specs another name, or describe both deployments in one spec, under environments"
    environment = deployment.environment
    return f"give {environment} its own {dotted(path)}, under environments.{environment} or in its spec"
