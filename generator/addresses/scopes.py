"""HCL as blocks, those of a folder together."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import hcl2

from generator.errors import OwscaleError

Block = Mapping[str, Any]


def scopes(files: Mapping[str, str]) -> dict[str, "Scope"]:
    """The blocks of the `.tf` files, by folder. Raises OwscaleError with the file that is not HCL."""
    found: dict[str, Scope] = {}
    for path, text in files.items():
        if path.endswith(".tf"):
            try:
                found.setdefault(str(PurePosixPath(path).parent), Scope()).add(path, _parsed(path, text))
            except (AttributeError, TypeError) as error:
                raise OwscaleError(f"{path}: has a block of a form that Terraform does not take") from error
    return found


@cache
def _blocks(text: str) -> str:
    """The blocks of a file as JSON: most files of two revisions are the same, and parsing takes its time."""
    return json.dumps(hcl2.loads(text))


def _parsed(path: str, text: str) -> Block:
    try:
        blocks: Block = json.loads(_blocks(text))
    except Exception as error:  # the parser raises Lark's exceptions, which are many
        raise OwscaleError(f"{path}: is not HCL: {str(error).splitlines()[0]}") from error
    return blocks


@dataclass
class Scope:
    """The blocks of one folder: the root's, or a module's."""

    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    modules: dict[str, Block] = field(default_factory=dict)
    data: dict[tuple[str, str], Block] = field(default_factory=dict)
    resources: dict[tuple[str, str], tuple[str, Block]] = field(default_factory=dict)
    settings: dict[str, tuple[str, Block]] = field(default_factory=dict)
    moved: list[Block] = field(default_factory=list)
    removed: list[Block] = field(default_factory=list)

    def add(self, path: str, blocks: Block) -> None:
        for name, kept in (("variable", self.variables), ("output", self.outputs), ("module", self.modules)):
            for block in blocks.get(name, []):
                kept.update({bare(key): body for key, body in block.items() if key.startswith('"')})
        for block in blocks.get("locals", []):
            self.locals.update(block)
        for kind, of in _labelled(blocks, "data"):
            self.data[kind] = of
        for kind, of in _labelled(blocks, "resource"):
            self.resources[kind] = (path, of)
        for holder in (blocks, *blocks.get("terraform", [])):
            for name in ("provider", "backend"):
                for block in holder.get(name, []):
                    self.settings.update({f"{name} {key}": (path, body) for key, body in block.items()})
        self.moved += blocks.get("moved", [])
        self.removed += blocks.get("removed", [])


def _labelled(blocks: Block, name: str) -> Iterator[tuple[tuple[str, str], Block]]:
    """The blocks of a kind with two labels."""
    for block in blocks.get(name, []):
        for kind, named in block.items():
            for label, body in named.items() if kind.startswith('"') else ():
                yield (bare(kind), bare(label)), body


def bare(text: str) -> str:
    return text.strip('"')
