"""A Kapitan project that writes the very files that owscale does, made of owscale's own templates and values.

A target is a deployment. What a template may name stands in the inventory, worked out beforehand: what all deployments
have in common in a class, as people who use Kapitan would write it, and what differs in the target. The templates are
owscale's, with a line at the top for each name that they take from there.
"""

import shutil
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import yaml

from benchmarks import fleets
from benchmarks.case import CaseError
from benchmarks.places import PROJECT
from generator import documents, hcl, markdown
from generator.context import context
from generator.errors import Report
from generator.kinds import HCL, MARKDOWN
from generator.stages import specs, steps
from generator.validation import entries

_HERE = Path(__file__).resolve().parent
_JINJA = jinja2.Environment(autoescape=False)  # noqa: S701 -- parses alone, and renders nothing
_JINJA.filters |= {**HCL.filters, **MARKDOWN.filters}
_CLASS = {
    "kapitan": {
        "compile": [{"input_type": "jinja2", "input_paths": ["templates"], "output_path": "."}],
    }
}


def make(folder: Path, deployments: int) -> None:
    """Writes the project for so many deployments, and beside it their specs and what owscale makes of them."""
    fleets.generated(folder, deployments)
    found = specs.load(Namespace(spec=folder / "spec", out=folder / "out"), Report())
    values = {each.spec.name: _told(each, folder) for each in found}
    shared = common(list(values.values())) if len(found) > 1 else {}
    _write(folder / "inventory/classes/owscale.yml", {"parameters": {**shared, **_CLASS}})
    for name, told in values.items():
        own = {**beside(told, shared), "kapitan": {"vars": {"target": name}}}
        _write(folder / f"inventory/targets/{name}.yml", {"classes": ["owscale"], "parameters": own})
    _write_templates(folder, next(iter(values.values())))
    _write_filters(folder / "lib")


def verify(folder: Path) -> None:
    """Raises CaseError unless Kapitan wrote what owscale did, byte for byte."""
    for target in sorted((folder / "compiled").iterdir()):
        for path in sorted((folder / f"out/{target.name}/production").rglob("*")):
            name = path.relative_to(folder / f"out/{target.name}/production").as_posix()
            if not path.is_file() or name == ".owscale.sums":
                continue
            if (target / _shown(name)).read_bytes() != path.read_bytes():
                raise CaseError(f"kapitan: {target / _shown(name)} differs from {path}")


def _told(deployment: Any, folder: Path) -> dict[str, Any]:
    """Every name of a template with its value, as far as YAML can say it."""
    origin = steps.origin(Namespace(out=folder / "out"), deployment)
    told: dict[str, Any] = _plain(documents.context(deployment, origin, context(deployment)) | {"origin": origin})
    return told


def _plain(value: object) -> Any:
    match value:
        case hcl.Ref():
            return f"ref!{_escaped(value)}"
        case markdown.Ready() if value:
            return f"ready!{_escaped(value)}"
        case str():
            return _escaped(value)
        case None | bool() | int() | float():
            return value
    if (held := entries(value)) is not None:
        return {key: _plain(item) for key, item in held.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return [_plain(item) for item in value]
    names = (name for name in dir(value) if not name.startswith("_"))  # a row of a table
    return {name: _plain(item) for name in names if not callable(item := getattr(value, name))}


def _escaped(text: str) -> str:
    """Text that Kapitan's inventory takes as it stands, without looking for references in it."""
    return str(text).replace("${", "\\${").replace("$[", "\\$[")


def common(values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What all of them say alike; of a mapping, the part that they do."""
    found = {}
    for key, value in values[0].items():
        theirs = [each.get(key) for each in values]
        mappings = [each for each in theirs if isinstance(each, Mapping)]
        if len(mappings) == len(values):
            found[key] = common(mappings)
        elif all(each == value for each in theirs):
            found[key] = value
    return found


def beside(value: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """What is left to say of a value when what is shared has been said."""
    found = {}
    for key, own in value.items():
        if key not in shared:
            found[key] = own
        elif isinstance(own, Mapping):
            found |= {key: rest} if (rest := beside(own, shared[key])) else {}
    return found


def _write(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _shown(name: str) -> str:
    """Kapitan passes over hidden files."""
    return name.removeprefix(".")


def _write_templates(folder: Path, told: Mapping[str, Any]) -> None:
    """Every template of a file that owscale wrote."""
    (out,) = folder.glob("out/chat-0000/*")
    for path in sorted((PROJECT / "templates").rglob("*.j2")):
        name = path.relative_to(PROJECT / "templates").as_posix().removesuffix(".j2")
        if not (out / name).exists():
            continue
        to = folder / "templates" / _shown(name)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(translated(path.read_text(encoding="utf-8"), name, told), encoding="utf-8")


def translated(text: str, name: str, told: Mapping[str, Any]) -> str:
    """A template of owscale as one of Kapitan: its names taken from the inventory, and its layout made by a filter."""
    names = sorted(jinja2.meta.find_undeclared_variables(_JINJA.parse(text)) & told.keys())
    taken = "".join(f"{{% set {each} = inventory.parameters.{each} %}}\n" for each in names)
    header = f"Generated from {{{{ inventory.parameters.origin }}}} by templates/{name}.j2. Do not edit."
    kind, comment = ("md", f"<!-- {header} -->") if name.endswith(".md") else ("hcl", f"# {header}")
    return f"{taken}{{% filter {kind}_laid_out %}}\n{comment}\n\n{text}{{% endfilter %}}\n"


def _write_filters(lib: Path) -> None:
    (lib / "generator").mkdir(parents=True)
    (lib / "generator/__init__.py").touch()
    for module in ("hcl.py", "markdown.py"):
        shutil.copy(PROJECT / "generator" / module, lib / "generator")
    shutil.copy(_HERE / "filters.py", lib / "jinja2_filters.py")
