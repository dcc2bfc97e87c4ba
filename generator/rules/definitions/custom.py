"""Folders of `custom`."""

from collections.abc import Iterator
from pathlib import Path

from owscale.fs import observed
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment


@rule(
    "S501",
    "error",
    checks="Checks that the folders of `custom.extra` and `custom.templates` exist.",
    rationale="A missing folder adds nothing to the output, although the spec suggests that it does.",
    reference="docs/custom.md",
    example="custom: {extra: extra}",
    fixed_example="custom: {}",
)
def missing_folder(deployment: Deployment) -> Iterator[Finding]:
    for key in ("extra", "templates"):
        if name := getattr(deployment.spec.custom, key):
            folder = Path(deployment.document.file).parent / name
            kind = observed.target_kind(folder)
            if kind != observed.DIRECTORY:
                message = f"{folder.as_posix()} {'is not a folder' if kind else 'does not exist'}"
                yield Finding(("custom", key), message, "name a folder beside the spec, or remove the key")
