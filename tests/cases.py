"""The deployments that tests look at: the project's own, and one golden case for each group of choices."""

from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from generator.deployment import Deployment
from generator.errors import Report
from generator.stages import specs, steps

PROJECT = Path(__file__).parent.parent
T = TypeVar("T")

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
        return specs.read(self.options, Report())

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


def altered(section: T, **values: object) -> T:
    """A section of a spec with other values, which are taken as they are."""
    made = object.__new__(type(section))
    vars(made).update(vars(section), **values)
    object.__setattr__(made, "__pydantic_fields_set__", {*getattr(section, "model_fields_set"), *values})  # noqa: B009 -- T is any section
    return made
