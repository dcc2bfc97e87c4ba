"""The parts of its own that a deployment names."""

from collections.abc import Iterator
from pathlib import Path

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment


@rule(
    "S501",
    "error",
    "A folder that is not there adds nothing, and whoever named it believes that it does.",
    reference="docs/custom.md",
    example="custom: {extra: extra}",
    mend="custom: {}",
)
def no_folder(deployment: Deployment) -> Iterator[Finding]:
    for key in ("extra", "templates"):
        if name := getattr(deployment.spec.custom, key):
            folder = Path(deployment.document.file).parent / name
            if not folder.is_dir():
                message = f"{folder.as_posix()} is {'no folder' if folder.exists() else 'not there'}"
                yield Finding(("custom", key), message, "name a folder that stands beside the spec, or leave it out")
