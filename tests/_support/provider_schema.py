"""Schemas of the AWS provider: the names of the types in the templates, for each version that a spec can choose.

A schema has three tables, `resource`, `data` and `ephemeral`, by type. An entry of a type is an attribute or a block.
An attribute is its flags, such as `optional write-only`: one of `required`, `optional` and `computed`, then
`write-only` and `deprecated` where they hold. A block, and an attribute that holds objects, is a mapping of its own
entries; its flags are under the empty name.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from owscale.render.template_files import TEMPLATES

FOLDER = Path(__file__).parents[1] / "terraform/provider_schemas"
MODES = ("resource", "data", "ephemeral")
FLAGS = ""

_DECLARATION = re.compile(r'^(resource|data|ephemeral) "(aws_\w+)"', re.MULTILINE)
_SECTIONS = {"resource": "resource_schemas", "data": "data_source_schemas", "ephemeral": "ephemeral_resource_schemas"}

Block = dict[str, Any]
Schema = dict[str, dict[str, Block]]


def template_types() -> dict[str, list[str]]:
    """Return the types of the AWS provider in the templates, by mode."""
    found = {match.groups() for file in TEMPLATES.rglob("*.tf.j2") for match in _DECLARATION.finditer(file.read_text())}
    return {mode: sorted(name for each, name in found if each == mode) for mode in MODES}


def read_schema(version: str) -> Schema:
    """Return the recorded schema of a version of the provider."""
    content: Schema = json.loads(_file(version).read_text())["types"]
    return content


def write_schema(version: str, sources: Iterable[str], schema: Schema) -> None:
    """Record the schema of a version, with the packages that it was read from: one line for each type."""
    lines = [
        f"  {json.dumps(mode)}: {{\n"
        + ",\n".join(f"   {json.dumps(name)}: {json.dumps(block)}" for name, block in sorted(types.items()))
        + "\n  }"
        for mode, types in schema.items()
    ]
    head = f'{{\n "sources": {json.dumps(sorted(sources))},\n "types": {{\n'
    _file(version).write_text(head + ",\n".join(lines) + "\n }\n}\n")


def schema_of_binary(document: Mapping[str, Any], types: Mapping[str, Iterable[str]]) -> Schema:
    """Return the schema of some types, from what `terraform providers schema -json` prints."""
    [provider] = document["provider_schemas"].values()
    return {
        mode: {name: _block(provider[_SECTIONS[mode]][name]["block"], "") for name in names}
        for mode, names in types.items()
    }


def _file(version: str) -> Path:
    return FOLDER / f"aws-{version}.json"


def _block(block: Mapping[str, Any], flags: str) -> Block:
    entries: Block = {FLAGS: _with_deprecation(flags, block)} if flags else {}
    for name, attribute in block.get("attributes", {}).items():
        entries[name] = _attribute(attribute)
    for name, nested in block.get("block_types", {}).items():
        entries[name] = _block(nested["block"], "required" if nested.get("min_items") else "optional")
    return dict(sorted(entries.items()))


def _attribute(attribute: Mapping[str, Any]) -> Any:
    words = next(word for word in ("required", "optional", "computed") if attribute.get(word))
    words += " write-only" if attribute.get("write_only") else ""
    # An attribute that holds objects, and can be set, is written as blocks.
    fields = _object_fields(attribute.get("type"), "computed" if words == "computed" else "optional")
    flags = _with_deprecation(words, attribute)
    return {FLAGS: flags, **fields} if fields else flags


def _with_deprecation(flags: str, item: Mapping[str, Any]) -> str:
    return f"{flags} deprecated" if item.get("deprecated") else flags


def _object_fields(kind: Any, flags: str) -> Block:
    """Return the fields of the objects that an attribute holds; empty for any other type."""
    while isinstance(kind, list) and kind[0] in ("list", "set", "map"):
        kind = kind[1]
    if not isinstance(kind, list):
        return {}
    return {name: _object_field(field, flags) for name, field in sorted(kind[1].items())}


def _object_field(kind: Any, flags: str) -> Any:
    fields = _object_fields(kind, flags)
    return {FLAGS: flags, **fields} if fields else flags
