"""The documents of every deployment in the test cases."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from owscale.spec.deployment import Deployment
from tests._support.cases import GOLDEN, Case, cases

DOCUMENTS = ("README.md", "RUNBOOK.md")
HOSTILE_TEXTS = [
    "a | b || c",
    "`code` and ```more```",
    "<script>alert(1)</script> <!-- x",
    "] (x) [a](javascript:x) ![b](c)",
    '"] --> end["x" %%{init: {}}%% #quot;',
    "# a heading",
    "1. a list and - another",
    "**bold** _thin_ ~~gone~~ $x$ &amp; \\",
    "漢字 العربية 🚀 e\u0301",
    "$(touch /tmp/x) ; rm -rf '/' \"x\" !1",
]
"""Texts with markup, commands, or characters that a template could print wrongly."""


@dataclass(frozen=True)
class Documents:
    """A deployment with the text of each of its files."""

    deployment: Deployment
    files: dict[str, str]

    @property
    def hcl(self) -> str:
        """The text of all Terraform files."""
        return "\n".join(text for path, text in self.files.items() if path.endswith(".tf"))


def documents(case: Case) -> list[Documents]:
    """Return the files of each deployment of a case."""
    deployments = case.deployments()
    texts = case.texts(deployments)
    return [
        Documents(
            deployment,
            {
                path.removeprefix(f"{deployment.folder}/"): text
                for path, text in texts.items()
                if path.startswith(f"{deployment.folder}/")
            },
        )
        for deployment in deployments
    ]


def parameters() -> list[Any]:
    """Return a pytest parameter for each deployment of all cases."""
    return [pytest.param(each, id=each.deployment.folder) for case in cases() for each in documents(case)]


def everything_case() -> Case:
    """Return the golden case that uses every part of a spec."""
    directory = GOLDEN / "everything"
    return Case("everything", directory / "spec.yaml", directory / "out")


def hostile_documents(directory: Path) -> list[Documents]:
    """Return the golden case `everything`, with hostile texts wherever a spec accepts text."""
    spec = yaml.safe_load(everything_case().spec.read_text(encoding="utf-8"))
    spec["app"]["environment"] |= {
        f"TEXT_{number}": text for number, text in enumerate([*HOSTILE_TEXTS, "", " ", "a\nb\n\n```\n# c"])
    }
    spec["aws"]["tags"] |= {"text": "漢字 العربية"}
    spec["alarms"]["notify"] = ["a|b`c]'(#{x}%%$&*\\@example.com", "_x_[y](z)!@example.com"]
    spec["accept"] = dict(zip(("S217", "S354", "S352"), HOSTILE_TEXTS, strict=False))
    path = directory / "spec.yaml"
    path.write_text(yaml.safe_dump(spec, allow_unicode=False), encoding="utf-8")
    return documents(Case("hostile", path, directory / "out"))
