"""`owscale reference`: the documents that follow from the models and the rules."""

from argparse import Namespace

from generator import catalogue
from generator import reference as documents
from generator.errors import OwscaleError, Report

FILES = {
    "docs/diagnostics.md": documents.diagnostics_reference,
    "docs/spec.md": documents.spec_reference,
    "generator/catalogue.json": catalogue.as_json,
    "generator/compiled.json": documents.compiled,
    "spec/schema.json": documents.schema,
}


def reference(options: Namespace, report: Report) -> int:  # noqa: ARG001 -- every command takes both
    """Writes them, each whole."""
    for name, text in FILES.items():
        path = options.root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text(), encoding="utf-8", newline="\n")
        except OSError as error:
            raise OwscaleError(f"{path}: {error.strerror}") from error
        print(path)
    return 0
