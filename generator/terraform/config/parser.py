"""Parse HCL into blocks, grouped by directory."""

import json
import re
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
from owscale.fs.untrusted import MIB

Block = Mapping[str, Any]

_ESCAPE = re.compile(r'\\(?:u(?P<code>[0-9a-fA-F]{4})|["\\])')
_PLAIN = SerializationOptions(with_comments=False, explicit_blocks=False)  # no keys that a block could have itself


MAX_TOTAL_BYTES = 4 * MIB
"""Limit of the Terraform of one deployment that is read; parsing takes about 20 seconds for each MiB."""
_MAX_REASON = 200
COMMENT = "//"
"""The key of a comment in the JSON syntax."""


def parse_scopes(files: Mapping[str, str]) -> dict[str, "Scope"]:
    """Return the blocks of the `.tf` and `.tf.json` files by directory.

    Raises OwscaleError with the path of a file that is neither HCL nor its JSON syntax, or whose blocks have an
    unexpected form.
    """
    size = sum(len(text) for path, text in files.items() if path.endswith((".tf", ".tf.json")))
    if size > MAX_TOTAL_BYTES:
        message = f"the Terraform files have {size:,} characters, more than the limit of {MAX_TOTAL_BYTES // MIB} MiB"
        raise OwscaleError(message, hint="keep only Terraform under `custom:`, without data")
    scopes: dict[str, Scope] = {}
    for path, text in sorted(files.items(), key=lambda file: _is_override(file[0])):
        if path.endswith((".tf", ".tf.json")):
            try:
                scopes.setdefault(str(PurePosixPath(path).parent), Scope()).add(path, parse_file(path, text))
            except (AttributeError, TypeError) as error:
                message = f"{path}: a block has a form that Terraform does not accept"
                raise OwscaleError(message, hint=validate_hint()) from error
    return scopes


@cache
def _parse_to_json(text: str) -> str:
    """Return the blocks of a file as JSON, cached: parsing is slow, and most files are equal in other deployments."""
    return json.dumps(hcl2.loads(text, serialization_options=_PLAIN))


def validate_hint() -> str:
    """Return the hint for a file that is not valid HCL, which a `custom:` file or template can cause."""
    generate, validate = owscale_command("generate"), owscale_command("tf", "validate")
    return f"correct the file under `custom:`; after `{generate}`, `{validate}` prints the line"


def parse_file(path: str, text: str) -> Block:
    """Return the blocks of a file in HCL or, with the suffix `.tf.json`, in its JSON syntax.

    Raises OwscaleError with the path if it is neither.
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
    """Refuse a duplicate key: Terraform reads both, but Python's JSON parser keeps only the last."""
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError("a key is there twice")
    return mapping


def without_header(text: str) -> str:
    """Return a file without its header, which names the spec: other deployments have files with the same rest."""
    comment, line_end, rest = text.partition("\n")
    return f"#{line_end}{rest}" if comment.startswith("#") else text


def parse_tree(path: str, text: str) -> Tree[Token]:
    """Return the syntax tree of a file, with expressions. Raises OwscaleError with the path if it is not HCL."""
    try:
        tree: Tree[Token] = hcl2.parses_to_tree(text)
    except Exception as error:  # the parser raises many exceptions of Lark
        raise _syntax_error(path, error) from error
    return tree


def _syntax_error(path: str, error: Exception) -> OwscaleError:
    reason = str(error).splitlines()[0]
    reason = reason if len(reason) <= _MAX_REASON else f"{reason[:_MAX_REASON]}…"  # it quotes a part of the file
    return OwscaleError(f"{path}: not HCL: {reason}", hint=validate_hint())


def _parse(path: str, text: str) -> Block:
    try:
        blocks: Block = json.loads(_parse_to_json(without_header(text)))
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
        """Add the blocks of one file; blocks of an override file are merged into the blocks of the same name."""
        merge = _is_override(path)
        for name, target in (("variable", self.variables), ("output", self.outputs), ("module", self.modules)):
            for (label,), body in labelled_blocks(blocks, name, 1):
                target[label] = _merge(target.get(label), body, merge=merge)
        for _, body in labelled_blocks(blocks, "locals", 0):
            self.locals.update(body)
        for labels, body in labelled_blocks(blocks, "data", 2):
            self.data[labels] = _merge(self.data.get(labels), body, merge=merge)
        for labels, body in labelled_blocks(blocks, "resource", 2):
            _, earlier = self.resources.get(labels, ("", None))
            self.resources[labels] = (path, _merge(earlier, body, merge=merge))
        for parent in (blocks, *(body for _, body in labelled_blocks(blocks, "terraform", 0))):
            for name in ("provider", "backend"):
                for (label,), body in labelled_blocks(parent, name, 1):
                    self.settings[f'{name} "{label}"'] = (path, body)
        self.moved += (body for _, body in labelled_blocks(blocks, "moved", 0))
        self.removed += (body for _, body in labelled_blocks(blocks, "removed", 0))


def _is_override(path: str) -> bool:
    """Return whether a file is an override file: https://developer.hashicorp.com/terraform/language/files/override."""
    name = PurePosixPath(path).name.removesuffix(".json").removesuffix(".tf")
    return name == "override" or name.endswith("_override")


def _merge(earlier: Block | None, body: Block, *, merge: bool) -> Block:
    return {**earlier, **body} if merge and earlier else body


def labelled_blocks(blocks: Block, name: str, depth: int) -> Iterator[tuple[tuple[Any, ...], Block]]:
    """Yield the blocks of a name with their labels. Raises TypeError if one has another number of labels."""
    for labels, body in _labelled(blocks.get(name), depth):
        if not isinstance(body, dict):
            raise TypeError(f"{name} has no block")
        yield tuple(_ESCAPE.sub(_unescape, label) for label in labels), body


def _unescape(escape: re.Match[str]) -> str:
    """Return the character of an escape sequence, which Terraform reads in a quoted label too.

    https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
    """
    return chr(int(escape["code"], 16)) if escape["code"] else escape[0][1:]


def labelled(node: Any, depth: int) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield the blocks of one kind with their labels, of HCL or of its JSON syntax; other values are left out."""
    return ((labels, body) for labels, body in _labelled(node, depth) if isinstance(body, dict))


def _labelled(node: Any, depth: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(node, list):  # of blocks, or of the JSON syntax, which may put mappings into lists
        for item in node:
            yield from _labelled(item, depth)
    elif depth == 0 or not isinstance(node, dict):
        yield from [] if node is None else [((), node)]
    else:
        for label, inner in node.items():
            if label != COMMENT:
                yield from (((unquote(label), *labels), body) for labels, body in _labelled(inner, depth - 1))


def mappings(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the mappings of a node, which the JSON syntax may put into lists."""
    return (body for _, body in labelled(node, 0))


def unquote(text: str) -> str:
    """Return a label or a string without its quotes; a label may be an identifier, which has none."""
    return text.strip('"')
