"""The committed resource addresses of the golden cases.

As a program, it adds new addresses to the lists, and never removes one.
"""

from collections.abc import Iterator
from pathlib import Path

from owscale.review.version import DeploymentVersion
from owscale.workflow.revisions import versions
from tests._support.cases import PROJECT, Case, cases

ADDRESS_LISTS = PROJECT / "tests/addresses"


def deployment_versions(case: Case) -> Iterator[DeploymentVersion]:
    """Yield each deployment of a case, with its root module."""
    yield from versions(case.deployments(), case.paths).values()


def committed_addresses(folder: str) -> set[str]:
    """Return the committed addresses of a deployment."""
    path = _path(folder)
    return set(path.read_text().splitlines()) if path.exists() else set()


def _path(folder: str) -> Path:
    return ADDRESS_LISTS / f"{folder}.txt"


def main() -> None:
    """Add the new addresses of all golden cases to the lists."""
    for case in cases():
        for version in deployment_versions(case):
            path = _path(version.deployment.folder)
            path.parent.mkdir(parents=True, exist_ok=True)
            addresses = committed_addresses(version.deployment.folder) | version.root_module.resources.keys()
            path.write_text("".join(f"{address}\n" for address in sorted(addresses)))


if __name__ == "__main__":
    main()
