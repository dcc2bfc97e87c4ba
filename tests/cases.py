"""The deployments that tests look at: the project's own, and one golden case for each group of choices."""

from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from generator.commands import steps
from generator.deployment import Deployment
from generator.errors import Report

PROJECT = Path(__file__).parent.parent
GOLDEN = PROJECT / "tests/golden"


@dataclass(frozen=True)
class Case:
    """One spec and its output."""

    name: str
    spec: Path
    out: Path

    @property
    def options(self) -> Namespace:
        return Namespace(spec=self.spec, out=self.out)

    def deployments(self) -> list[Deployment]:
        return steps.read(self.options, Report())

    def texts(self, deployments: list[Deployment] | None = None) -> dict[str, str]:
        """The text of every generated file, the manifest left out, by its path under out/."""
        return {
            f"{each.folder}/{path}": file.content.decode()
            for each in steps.generated(self.options, deployments or self.deployments())
            for path, file in each.files.items()
        }


def cases() -> list[Case]:
    """The project's own spec folder first, then the golden cases by name."""
    golden = [Case(folder.name, folder / "spec.yaml", folder / "out") for folder in sorted(GOLDEN.iterdir())]
    return [Case("project", PROJECT / "spec", PROJECT / "out"), *golden]
