"""Find specs and read them."""

from pathlib import Path

from owscale.diagnostics.report import DiagnosticReport
from owscale.fs import observed
from owscale.fs.files import io_errors
from owscale.spec.document import Document
from owscale.spec.text_file import UnreadableError, read_text
from owscale.spec.yaml_parser import YamlParser

SPEC_SUFFIXES = (".yaml", ".yml")
_UNTRUSTED = {"S101", "S105"}  # after such an error, the data may lack values or have wrong ones


def find_specs(folder_or_file: Path) -> list[Path]:
    """Return the YAML files of a folder, sorted by name, without hidden files; or the file itself.

    A path that does not exist is returned as it is. Raises OwscaleError if the folder cannot be read.
    """
    with io_errors(folder_or_file):
        if observed.target_kind(folder_or_file) != observed.DIRECTORY:
            return [folder_or_file]
        found = [(folder_or_file / name, kind) for name, kind in observed.scan(folder_or_file)]
        specs = [(path, kind) for path, kind in found if path.suffix in SPEC_SUFFIXES and path.name[0] != "."]
        kinds = [(path, observed.target_kind(path) if kind == observed.LINK else kind) for path, kind in specs]
    return [path for path, kind in kinds if kind != observed.DIRECTORY]


def read_spec(path: Path, name: str, report: DiagnosticReport) -> Document | None:
    """Read the spec at `path`, whose name in messages is `name`, and add its errors to the report.

    Returns None if the data is incomplete or not trustworthy (S101, S105). Other errors keep the data, so that the
    later stages find more errors in the same run.
    """
    diagnostics = []
    try:
        text = report.texts[name] = read_text(path, name)
        parser = YamlParser(text, name)
        diagnostics = parser.diagnostics
        data = parser.parse()
    except UnreadableError as error:
        report.extend((*diagnostics, error.diagnostic))
        return None
    report.extend(diagnostics)
    if any(diagnostic.code in _UNTRUSTED for diagnostic in diagnostics):
        return None
    return Document(name, path, data, parser.locations)
