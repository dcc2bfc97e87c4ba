"""Deployments for tests: this project's deployment, and the golden cases, one for each group of options."""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from owscale.rules.checked import CheckedDeployment
from owscale.rules.runner import check_deployment
from owscale.spec.deployment import Deployment
from owscale.workflow.pipeline import expected_files, load_specs
from owscale.workflow.project import ProjectPaths

PROJECT = Path(__file__).parents[2]
T = TypeVar("T", bound=BaseModel)

GOLDEN = PROJECT / "tests/golden"


@dataclass(frozen=True)
class Case:
    """A spec, or a directory of specs, and its output."""

    name: str
    spec: Path
    out: Path

    @property
    def paths(self) -> ProjectPaths:
        """The same paths as the options of a command."""
        return ProjectPaths(self.spec, self.out)

    def checked(self) -> list[CheckedDeployment]:
        """Return the deployments with their diagnostics; an error fails the test."""
        specs = load_specs(self.spec)
        specs.report.raise_on_errors()
        return specs.deployments

    def deployments(self) -> list[Deployment]:
        """Return the deployments."""
        return [checked.deployment for checked in self.checked()]

    def texts(self, deployments: list[Deployment] | None = None) -> dict[str, str]:
        """Return the text of every generated file, without the manifest, by its path under out/."""
        chosen = self.checked() if deployments is None else list(map(check_deployment, deployments))
        return {
            f"{files.folder}/{path}": file.content.decode()
            for files in (expected_files(deployment, self.paths) for deployment in chosen)
            for path, file in files.files.items()
        }


def cases() -> list[Case]:
    """Return the case of this project first, then the golden cases by name."""
    golden = [Case(folder.name, folder / "spec.yaml", folder / "out") for folder in sorted(GOLDEN.iterdir())]
    return [Case("project", PROJECT / "spec", PROJECT / "out"), *golden]


def committed_files(out: Path) -> list[Path]:
    """Return the files below a committed out/, without files from a run of Terraform there."""
    return [path for path in out.rglob("*") if path.is_file() and ".terraform" not in path.parts]


def own_resources(name: str) -> str:
    """Return `existing:` of a second environment of the minimal case, with its own database and files."""
    return with_own_resources(
        "{database: {url_secret_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:chat-database-AbCdEf', "
        "security_group: sg-11111111}, files: {access_point: fsap-11111111}}",
        name,
    )


def with_own_resources(text: str, name: str) -> str:
    """Return the minimal spec, or a part of it, with the database and files of another deployment."""
    number = zlib.crc32(name.encode())
    text = text.replace("chat-database", f"{name}-database").replace("sg-11111111", f"sg-{number:08x}")
    return text.replace("fsap-11111111", f"fsap-{number:08x}")


def altered(section: T, **values: object) -> T:
    """Return a section of a spec with other values, which are not validated."""
    copy = object.__new__(type(section))
    vars(copy).update(vars(section), **values)
    object.__setattr__(copy, "__pydantic_fields_set__", {*section.model_fields_set, *values})
    return copy
