"""The documents of every deployment that tests look at."""

from dataclasses import dataclass
from typing import Any

import pytest

from generator.deployment import Deployment
from tests.cases import Case, cases

DOCUMENTS = ("README.md", "RUNBOOK.md")


@dataclass(frozen=True)
class Documents:
    """A deployment with the text of each of its files."""

    deployment: Deployment
    files: dict[str, str]

    @property
    def hcl(self) -> str:
        return "\n".join(text for path, text in self.files.items() if path.endswith(".tf"))


def documents(case: Case) -> list[Documents]:
    deployments = case.deployments()
    texts = case.texts(deployments)
    return [
        Documents(
            each,
            {
                path.removeprefix(f"{each.folder}/"): text
                for path, text in texts.items()
                if path.startswith(f"{each.folder}/")
            },
        )
        for each in deployments
    ]


def parameters() -> list[Any]:
    return [pytest.param(each, id=each.deployment.folder) for case in cases() for each in documents(case)]
