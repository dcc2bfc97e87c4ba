"""`owscale update-reference`: write the documents that are generated from the models and the rules.

It is for maintainers, so that the help does not list it.
"""

from pathlib import Path
from typing import NamedTuple

from owscale.cli.man_page import man_page
from owscale.cli.output import CommandResult, Output
from owscale.fs.files import atomic_write, io_errors
from owscale.workflow import reference_docs, upgrade_reference

FILES = {
    "docs/diagnostics.md": reference_docs.diagnostics_reference,
    "docs/interruptions.md": reference_docs.interruptions_reference,
    "docs/openwebui-releases.md": reference_docs.releases_reference,
    "docs/openwebui-upgrades-measured.md": upgrade_reference.upgrades_reference,
    "docs/openwebui-variables.md": reference_docs.variables_reference,
    "docs/owscale.1": man_page,
    "docs/spec.md": reference_docs.spec_reference,
    "spec/schema.json": reference_docs.json_schema,
}


class UpdateReferenceOptions(NamedTuple):
    """Options of `owscale update-reference`."""

    root: Path


def run(options: UpdateReferenceOptions, _output: Output) -> CommandResult:
    """Write each document."""
    for name, generate in FILES.items():
        path = options.root / name
        with io_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(path, generate().encode())
    return CommandResult(text="".join(f"{options.root / name}\n" for name in FILES))
