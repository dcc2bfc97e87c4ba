"""Parse HCL into blocks, grouped by directory."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import hcl2
from hcl2.utils import SerializationOptions
from lark import Token, Tree

from owscale.console.invocation import owscale_command
from owscale.errors import OwscaleError

Block = Mapping[str, Any]

_PLAIN = SerializationOptions(with_comments=False, explicit_blocks=False)  # no keys that a block could have itself


def parse_scopes(files: Mapping[str, str]) -> dict[str, "Scope"]:
    """Return the blocks of the `.tf` files by directory.

    Raises OwscaleError with the path of a file that is not HCL, or whose blocks have an unexpected form.
    """
    scopes: dict[str, Scope] = {}
    for path, text in files.items():
        if path.endswith(".tf"):
            try:
                scopes.setdefault(str(PurePosixPath(path).parent), Scope()).add(path, _parse(path, text))
            except (AttributeError, TypeError) as error:
                message = f"{path}: a block has a form that Terraform does not accept"
                raise OwscaleError(message, hint=validate_hint()) from error
    return scopes


@cache
def _parse_to_json(text: str) -> str:
    """Return the blocks of a file as JSON, cached: parsing is slow, and most files of two revisions are the same."""
    return json.dumps(hcl2.loads(text, serialization_options=_PLAIN))


def validate_hint() -> str:
    """Return the hint for a file that is not valid HCL, which a `custom:` file or template can cause."""
    generate, validate = owscale_command("generate"), owscale_command("tf", "validate")
    return f"correct the file under `custom:`; after `{generate}`, `{validate}` prints the line"


def parse_file(path: str, text: str) -> Block:
    """Return the blocks of a file in HCL or, with the suffix `.tf.json`, in its JSON syntax.

    Raises OwscaleError with the path where it is neither.
    """
    if not path.endswith(".json"):
        return _parse(path, text)
    try:
        blocks = json.loads(text, object_pairs_hook=_require_unique_keys)
    except (ValueError, RecursionError) as error:
        raise OwscaleError(f"{path}: not JSON: {error}", hint=validate_hint()) from error
    if not isinstance(blocks, dict):
        raise OwscaleError(f"{path}: not a mapping", hint=validate_hint())
    return blocks


def _require_unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that is there twice: Terraform reads both, and Python would keep the last."""
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError("a key is there twice")
    return mapping


def parse_tree(path: str, text: str) -> Tree[Token]:
    """Return the syntax tree of a file, with expressions. Raises OwscaleError with the path where it is not HCL."""
    try:
        tree: Tree[Token] = hcl2.parses_to_tree(text)
    except Exception as error:  # the parser raises many exceptions of Lark
        raise _syntax_error(path, error) from error
    return tree


def _syntax_error(path: str, error: Exception) -> OwscaleError:
    return OwscaleError(f"{path}: not HCL: {str(error).splitlines()[0]}", hint=validate_hint())


def _parse(path: str, text: str) -> Block:
    try:
        blocks: Block = json.loads(_parse_to_json(text))
    except Exception as error:  # the parser raises many exceptions of Lark
        raise _syntax_error(path, error) from error
    return blocks


@dataclass
class Scope:
    """The blocks of one directory: the root module, or a module that it calls.

    Resources and settings (provider, backend) are stored with the path of their file.
    """

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
        """Add the blocks of one file."""
        for name, target in (("variable", self.variables), ("output", self.outputs), ("module", self.modules)):
            for block in blocks.get(name, []):
                target.update({unquote(label): body for label, body in block.items() if label.startswith('"')})
        for block in blocks.get("locals", []):
            self.locals.update(block)
        for labels, body in _labelled_blocks(blocks, "data"):
            self.data[labels] = body
        for labels, body in _labelled_blocks(blocks, "resource"):
            self.resources[labels] = (path, body)
        for parent in (blocks, *blocks.get("terraform", [])):
            for name in ("provider", "backend"):
                for block in parent.get(name, []):
                    self.settings.update({f"{name} {label}": (path, body) for label, body in block.items()})
        self.moved += blocks.get("moved", [])
        self.removed += blocks.get("removed", [])


def _labelled_blocks(blocks: Block, name: str) -> Iterator[tuple[tuple[str, str], Block]]:
    """Yield the blocks with two labels, such as the type and the name of a resource."""
    for block in blocks.get(name, []):
        for first, inner in block.items():
            for second, body in inner.items() if first.startswith('"') else ():
                yield (unquote(first), unquote(second)), body


def unquote(text: str) -> str:
    """Return a label or a string without its quotes."""
    return text.strip('"')
