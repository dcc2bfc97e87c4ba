"""A generated root read back: the address of each resource, and what its arguments come to.

Resource addresses are an interface: Terraform destroys what has lost its own. They are read from the HCL itself, so
that they are those of the user's extra files too.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import hcl2

from generator.errors import OwscaleError

Block = Mapping[str, Any]
_REFERENCE = re.compile(
    r"\b(?:(?P<kind>var|local)\.(?P<name>\w+)(?P<path>(?:\.\w+)*)"
    r"|(?P<each>each\.value)(?P<each_path>(?:\.\w+)*)"
    r"|module\.(?P<module>\w+)\.(?P<output>\w+)"
    r"|data\.(?P<type>\w+)\.(?P<data>\w+))"
)
_TO_SET = re.compile(r"\$\{toset\((.*)\)\}")
_ALONE = re.compile(r"\$\{(.*)\}")
EACH = "*"
"""Stands for the keys of a `for_each` that only Terraform knows."""


@dataclass(frozen=True)
class Resource:
    """A resource by its address: the file that has it, and each argument with a digest of all that it comes from."""

    address: str
    file: str
    arguments: Mapping[str, str]
    prevent_destroy: bool


@dataclass(frozen=True)
class Root:
    """The resources of a root, and where its `moved` blocks say that some were before."""

    resources: Mapping[str, Resource]
    moved: Mapping[str, str]

    def now(self, address: str) -> str:
        """Where a resource of an earlier revision is by its address, as far as `moved` blocks say."""
        for before, after in self.moved.items():
            if address == before or address.startswith((f"{before}[", f"{before}.")):
                return after + address.removeprefix(before)
        return address


def root(files: Mapping[str, str], keys: Mapping[str, Sequence[str]]) -> Root:
    """Reads the `.tf` files of a root, text by path.

    `keys` has the keys of `for_each` expressions that no literal gives, by the root's expression, such as
    `module.redis.node_ids`. Raises OwscaleError with the file that is not HCL.
    """
    scopes: dict[str, _Scope] = {}
    for path, text in files.items():
        if path.endswith(".tf"):
            folder = str(PurePosixPath(path).parent)
            scopes.setdefault(folder, _Scope()).add(path, _parsed(path, text))
    reader = _Reader(scopes, keys)
    found = sorted(reader.resources(), key=lambda resource: resource.address)
    return Root({resource.address: resource for resource in found}, dict(reader.moved()))


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
class _Scope:
    """The blocks of one folder: the root's, or a module's."""

    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    modules: dict[str, Block] = field(default_factory=dict)
    data: dict[tuple[str, str], Block] = field(default_factory=dict)
    resources: dict[tuple[str, str], tuple[str, Block]] = field(default_factory=dict)
    moved: list[Block] = field(default_factory=list)

    def add(self, path: str, blocks: Block) -> None:
        for name, kept in (("variable", self.variables), ("output", self.outputs), ("module", self.modules)):
            for block in blocks.get(name, []):
                kept.update({_bare(key): body for key, body in block.items() if key.startswith('"')})
        for block in blocks.get("locals", []):
            self.locals.update(block)
        for kind, of in _labelled(blocks, "data"):
            self.data[kind] = of
        for kind, of in _labelled(blocks, "resource"):
            self.resources[kind] = (path, of)
        self.moved += blocks.get("moved", [])


def _labelled(blocks: Block, name: str) -> Iterator[tuple[tuple[str, str], Block]]:
    """The blocks of a kind with two labels."""
    for block in blocks.get(name, []):
        for kind, named in block.items():
            for label, body in named.items() if kind.startswith('"') else ():
                yield (_bare(kind), _bare(label)), body


def _bare(text: str) -> str:
    return text.strip('"')


@dataclass(frozen=True)
class _Place:
    """Where an expression stands: its folder, the arguments of the call of that module, and the value of `each`."""

    folder: str
    call: Block = field(default_factory=dict)
    each: Any = None


_ROOT = _Place(".")


@dataclass(frozen=True)
class _Reader:
    """Follows references from the root into its modules and back."""

    scopes: Mapping[str, _Scope]
    keys: Mapping[str, Sequence[str]]

    def scope(self, folder: str) -> _Scope:
        return self.scopes.get(folder, _Scope())

    def modules(self) -> Iterator[tuple[str, _Place]]:
        """The root first, then each module, with the prefix of its addresses."""
        yield "", _ROOT
        for name, call in self.scope(".").modules.items():
            yield f"module.{name}.", _Place(_folder(call), call)

    def resources(self) -> Iterator[Resource]:
        for prefix, place in self.modules():
            for (kind, label), (file, body) in self.scope(place.folder).resources.items():
                kept = any(block.get("prevent_destroy") is True for block in body.get("lifecycle", []))
                for index, each in self._instances(body.get("for_each"), place):
                    arguments = {
                        name: self._digest(value, replace(place, each=each))
                        for name, value in body.items()
                        if not name.startswith("__") and name != "for_each"
                    }
                    yield Resource(f"{prefix}{kind}.{label}{index}", file, arguments, kept)

    def moved(self) -> Iterator[tuple[str, str]]:
        for prefix, place in self.modules():
            for block in self.scope(place.folder).moved:
                before, after = (_ALONE.sub(r"\1", str(block[name])) for name in ("from", "to"))
                yield f"{prefix}{before}", f"{prefix}{after}"

    def _instances(self, for_each: Any, place: _Place) -> list[tuple[str, Any]]:
        """Of each instance, what follows the resource's name in its address, and the value of `each`."""
        if for_each is None:
            return [("", None)]
        value = for_each
        while isinstance(value, str):
            text = _ALONE.sub(r"\1", _TO_SET.sub(r"${\1}", value))
            if text in self.keys:
                value = list(self.keys[text])
            elif text.startswith("var.") and place != _ROOT:
                value, place = self._variable(text.removeprefix("var."), place), _ROOT
            else:
                return [(f'["{EACH}"]', None)]
        named = value.items() if isinstance(value, dict) else ((each, each) for each in value or ())
        return [(f'["{_bare(str(key))}"]', each) for key, each in named if not str(key).startswith("__")]

    def _variable(self, name: str, place: _Place) -> Any:
        """What the root hands to a module, or the module's default."""
        if name in place.call:
            return place.call[name]
        return self.scope(place.folder).variables.get(name, {}).get("default")

    def _digest(self, value: Any, place: _Place, seen: frozenset[str] = frozenset()) -> str:
        """Of a value and of all the variables, locals, outputs and data sources that it is made from."""
        text = json.dumps(value, sort_keys=True)
        parts = [text]
        for reference in _REFERENCE.finditer(text):
            name = f"{place.folder}:{reference[0]}"
            if name not in seen:
                parts.append(self._referred(reference, place, seen | {name}))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _referred(self, reference: re.Match[str], place: _Place, seen: frozenset[str]) -> str:
        scope = self.scope(place.folder)
        if reference["kind"] == "local":
            return self._digest(scope.locals.get(reference["name"]), place, seen)
        if reference["kind"] == "var":
            value = _at(self._variable(reference["name"], place), reference["path"])
            return self._digest(value, _ROOT, seen) if place != _ROOT else ""
        if reference["each"]:
            return self._digest(_at(place.each, reference["each_path"]), _ROOT, seen)
        if reference["data"]:
            return self._digest(scope.data.get((reference["type"], reference["data"])), place, seen)
        called = self.scope(".").modules.get(reference["module"] or "", {})
        output = self.scope(_folder(called)).outputs.get(reference["output"] or "")
        return self._digest(output, _Place(_folder(called), called), seen)


def _folder(call: Block) -> str:
    """Where a module's files are, seen from the root."""
    return str(PurePosixPath(_bare(call.get("source", "."))))


def _at(value: Any, path: str) -> Any:
    """What a value has at `.key.key`, as far as it is a mapping."""
    for key in path.split(".")[1:]:
        value = value.get(key) if isinstance(value, dict) else value
    return value
