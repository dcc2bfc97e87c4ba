"""Find where the specs of a project set a key."""

from collections.abc import Iterator
from pathlib import Path

from owscale.cli.messages import find_project
from owscale.cli.output import Output
from owscale.console.secret_texts import mask_source
from owscale.diagnostics.report import DiagnosticReport
from owscale.spec.document import Document, dotted
from owscale.spec.document import Path as KeyPath
from owscale.spec.scalars import format_inline
from owscale.spec.validation import NAME
from owscale.spec.yaml_reader import find_specs, read_spec

_ENVIRONMENTS = "environments"


def describe_settings(name: str, spec: Path | None, out: Path | None, output: Output) -> dict[str, str]:
    """Return each place of the specs that sets a key, with its value; nothing if the directory has no project.

    A spec that does not set the key is listed too, and one that cannot be read.
    """
    paths = find_project(spec, out, output)
    files = find_specs(paths.spec) if paths.spec.exists() else []
    return {place: text for file in files for place, text in _settings(file, name)}


def _settings(file: Path, name: str) -> Iterator[tuple[str, str]]:
    document = read_spec(file, str(file), DiagnosticReport())
    if document is None:
        yield str(file), "cannot be read; `owscale validate` prints the errors"
        return
    paths = [path for path in document.locations if _is_setting(path, name.split("."))]
    for path in paths:
        environment = f" ({dotted(path[:2])})" if path[0] == _ENVIRONMENTS and name != _ENVIRONMENTS else ""
        yield f"{file}:{document.locations[path].key.line}{environment}", _text(path, _value(document, path))
    if not paths:
        yield str(file), "does not set it"


def _text(path: KeyPath, value: object) -> str:
    """Return a value as the spec has it, but without secrets: the spec may be one that `validate` refuses."""
    name = f"{path[-1]}: "
    return mask_source(f"{name}{format_inline(value)}").removeprefix(name)


def _is_setting(path: KeyPath, name: list[str]) -> bool:
    own = path[2:] if path[:1] == (_ENVIRONMENTS,) and name[0] != _ENVIRONMENTS else path
    return len(own) == len(name) and all(part in (key, NAME) for key, part in zip(own, name, strict=True))


def _value(document: Document, path: KeyPath) -> object:
    node: object = document.data
    for part in path:
        node = node[part]  # type: ignore[index]  # a path of the document leads to its node
    return node
