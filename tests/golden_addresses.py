"""The committed addresses of every golden case. Run as a program, it adds the new ones and never drops one."""

from collections.abc import Iterator
from pathlib import Path

from generator.changes import Side
from generator.stages import steps
from tests.cases import PROJECT, Case, cases

LISTS = PROJECT / "tests/addresses"


def sides(case: Case) -> Iterator[Side]:
    """Each deployment of a case, and how it is generated."""
    for deployment in case.deployments():
        yield Side(deployment, lambda each: next(steps.generated(case.options, [each])))


def committed(folder: str) -> set[str]:
    path = _path(folder)
    return set(path.read_text().splitlines()) if path.exists() else set()


def _path(folder: str) -> Path:
    return LISTS / f"{folder}.txt"


def main() -> None:
    for case in cases():
        for side in sides(case):
            path = _path(side.deployment.folder)
            path.parent.mkdir(parents=True, exist_ok=True)
            addresses = committed(side.deployment.folder) | side.root.resources.keys()
            path.write_text("".join(f"{address}\n" for address in sorted(addresses)))


if __name__ == "__main__":
    main()
