"""Deployments beside each other: what one apply of the one would do to the other."""

from collections.abc import Iterator, Sequence

from generator.deployment import Deployment
from generator.diagnostics import Diagnostic
from generator.document import Path

WHY = {
    "S401": "Two deployments in one state: each apply would destroy the other.",
    "S402": "Two deployments with one name in one account: AWS refuses the second, whose IAM roles exist.",
    "S403": "Two specs that write one folder: the second would overwrite the first.",
}


def collisions(deployments: Sequence[Deployment]) -> Iterator[Diagnostic]:
    """Deployments that would overwrite each other, reported at the later one."""
    for code, path, what, key in (
        ("S401", ("state", "key"), "the state file", _state),
        ("S402", ("service", "name"), "the name", _name),
        ("S403", ("name",), "the folder", _folder),
    ):
        seen: dict[object, Deployment] = {}
        for deployment in deployments:
            first = seen.setdefault(key(deployment), deployment)
            if first is not deployment:
                message = f"{what} of {deployment.folder} is also that of {first.folder} ({first.document.file})"
                told = deployment.document.diagnostic(code, path, message, _hint(deployment, path))
                other = first.document.related(path)
                same = (other.file, other.line, other.column) == (told.file, told.line, told.column)
                yield told._replace(also=() if same else (other,))


def _state(deployment: Deployment) -> object:
    return deployment.spec.state.bucket, deployment.spec.state.key


def _name(deployment: Deployment) -> object:
    spec = deployment.spec
    return spec.aws.account_id or spec.aws.profile, spec.service.name


def _folder(deployment: Deployment) -> object:
    return deployment.folder


def _hint(deployment: Deployment, path: Path) -> str:
    if path == ("name",):
        return "give one of the two specs another name"
    key = ".".join(map(str, path))
    return f"give {deployment.environment} its own {key}, under environments.{deployment.environment} or in its spec"
