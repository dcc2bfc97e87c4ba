"""Conflicts between deployments: a shared state file, service name or output folder."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from owscale.diagnostics.model import Diagnostic
from owscale.spec.deployment import Deployment
from owscale.spec.document import Path, dotted

CONFLICT_CODES = {
    "S401": "With a shared state file, each apply of one deployment would destroy the resources of the other.",
    "S402": "AWS rejects the second deployment with a name, because the IAM roles of that name exist already.",
    "S403": "With a shared output folder, the second spec would overwrite the files of the first.",
}
"""Why each conflict matters, by its code."""


class _Unique(NamedTuple):
    """A property that no two deployments may share.

    `path` is the key of the spec that determines it. `message` may refer to the deployments `{later}` and `{earlier}`,
    to the file of the second, `{earlier_file}`, and to the folder of the first under out/, `{folder}`.
    """

    code: str
    path: Path
    message: str
    value: Callable[[Deployment], object]


def _state(deployment: Deployment) -> object:
    return deployment.state_location


def _name(deployment: Deployment) -> object:
    spec = deployment.spec
    return spec.aws.account_id or spec.aws.profile, spec.service.name


def _folder(deployment: Deployment) -> object:
    return deployment.folder


_UNIQUE = (
    _Unique("S401", ("state", "key"), "{later} and {earlier} have the same state file", _state),
    _Unique("S402", ("service", "name"), "{later} and {earlier} have the same service name in one account", _name),
    _Unique("S403", ("name",), "{earlier_file} has the same name; both would write out/{folder}", _folder),
)


def find_conflicts(deployments: Sequence[Deployment]) -> Iterator[Diagnostic]:
    """Yield the conflicts between deployments, each at the later deployment."""
    for unique in _UNIQUE:
        owners: dict[object, Deployment] = {}
        for deployment in deployments:
            owner = owners.setdefault(unique.value(deployment), deployment)
            if owner is not deployment:
                yield _conflict(unique, deployment, owner)


def _conflict(unique: _Unique, deployment: Deployment, owner: Deployment) -> Diagnostic:
    later, earlier = deployment.folder, owner.folder
    if later == earlier:  # only their files tell them apart
        later, earlier = deployment.document.file, owner.document.file
    message = unique.message.format(
        later=later, earlier=earlier, earlier_file=owner.document.file, folder=deployment.folder
    )
    diagnostic = deployment.document.diagnostic(unique.code, unique.path, message, _hint(deployment, unique.path))
    related = owner.document.related(unique.path)
    is_same_place = related[:3] == diagnostic[:3]  # file, line and column: two environments share the key
    return diagnostic._replace(related=() if is_same_place else (related,))


def _hint(deployment: Deployment, path: Path) -> str:
    if path == ("name",):
        return "give one of the two specs another name, or describe both deployments in one spec, under environments"
    environment = deployment.environment
    return f"give {environment} its own {dotted(path)}, under environments.{environment} or in its spec"
