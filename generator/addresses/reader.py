"""From a resource's arguments back to the values that they come from."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.addresses.scopes import Block, Scope, bare

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
class _Place:
    """Where an expression stands: a module, how it was called from where, and the value of `each`.

    `prefix` begins the addresses of its resources.
    """

    folder: str = "."
    prefix: str = ""
    call: Block = field(default_factory=dict)
    caller: "_Place | None" = None
    each: Any = None


_ROOT = _Place()


@dataclass(frozen=True)
class Reader:
    """Follows references from module to module."""

    scopes: Mapping[str, Scope]
    keys: Mapping[str, Sequence[str]]

    def scope(self, place: _Place) -> Scope:
        return self.scopes.get(place.folder, Scope())

    def places(self, place: _Place = _ROOT) -> Iterator[_Place]:
        """The root first, then each module and those within it."""
        yield place
        for name in self.scope(place).modules:
            yield from self.places(self._called(name, place))

    def _called(self, name: str, place: _Place) -> _Place:
        call = self.scope(place).modules.get(name, {})
        folder = os.path.normpath(f"{place.folder}/{bare(str(call.get('source', '')))}")
        many = f'["{EACH}"]' if "for_each" in call or "count" in call else ""
        return _Place(folder, f"{place.prefix}module.{name}{many}.", call, place)

    def resources(self) -> Iterator[Resource]:
        for place in self.places():
            for (kind, label), (file, body) in self.scope(place).resources.items():
                kept = any(block.get("prevent_destroy") is True for block in body.get("lifecycle", []))
                for index, each in self._instances(body, place):
                    arguments = self._arguments(body, replace(place, each=each))
                    yield Resource(f"{place.prefix}{kind}.{label}{index}", file, arguments, kept)

    def settings(self) -> Iterator[Resource]:
        """What the provider and the backend are told."""
        for name, (file, body) in self.scope(_ROOT).settings.items():
            yield Resource(name, file, self._arguments(body, _ROOT), prevent_destroy=False)

    def _arguments(self, body: Block, place: _Place) -> dict[str, str]:
        given = {name: value for name, value in body.items() if not name.startswith("__")}
        return {name: self._digest(value, place) for name, value in given.items() if name not in ("for_each", "count")}

    def moved(self) -> Iterator[tuple[str, str]]:
        for place in self.places():
            for block in self.scope(place).moved:
                before, after = (_ALONE.sub(r"\1", str(block[name])) for name in ("from", "to"))
                yield f"{place.prefix}{before}", f"{place.prefix}{after}"

    def forgotten(self) -> Iterator[str]:
        for place in self.places():
            for block in self.scope(place).removed:
                if any(rule.get("destroy") is False for rule in block.get("lifecycle", [])):
                    yield place.prefix + _ALONE.sub(r"\1", str(block["from"]))

    def _instances(self, body: Block, place: _Place) -> list[tuple[str, Any]]:
        """Of each instance, what follows the resource's name in its address, and the value of `each`."""
        if "count" in body:
            number = body["count"]
            known = range(number) if isinstance(number, int) else [EACH]
            return [(f"[{index}]", None) for index in known]
        if "for_each" not in body:
            return [("", None)]
        value = body["for_each"]
        while isinstance(value, str):
            text = _ALONE.sub(r"\1", _TO_SET.sub(r"${\1}", value))
            if text in self.keys:
                value = list(self.keys[text])
            elif text.startswith("var.") and place.caller:
                value, place = self._variable(text.removeprefix("var."), place)
            else:
                return [(f'["{EACH}"]', None)]
        named = value.items() if isinstance(value, dict) else ((each, each) for each in value or ())
        return [(f'["{bare(str(key))}"]', each) for key, each in named if not str(key).startswith("__")]

    def _variable(self, name: str, place: _Place) -> tuple[Any, _Place]:
        """What a module is handed, or its default, and where that stands."""
        if place.caller and name in place.call:
            return place.call[name], place.caller
        return self.scope(place).variables.get(name, {}).get("default"), _ROOT

    def _digest(self, value: Any, place: _Place, seen: frozenset[str] = frozenset()) -> str:
        """Of a value and of all the variables, locals, outputs and data sources that it is made from."""
        text = json.dumps(value, sort_keys=True)
        parts = [text]
        for reference in _REFERENCE.finditer(text):
            name = f"{place.prefix}:{reference[0]}"
            if name not in seen:
                parts.append(self._referred(reference, place, seen | {name}))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _referred(self, reference: re.Match[str], place: _Place, seen: frozenset[str]) -> str:
        scope = self.scope(place)
        if reference["kind"] == "local":
            return self._digest(scope.locals.get(reference["name"]), place, seen)
        if reference["kind"] == "var":
            value, stands = self._variable(reference["name"], place)
            return self._digest(_at(value, reference["path"]), stands, seen)
        if reference["each"]:
            return self._digest(_at(place.each, reference["each_path"]), place.caller or place, seen)
        if reference["data"]:
            return self._digest(scope.data.get((reference["type"], reference["data"])), place, seen)
        called = self._called(str(reference["module"]), place)
        return self._digest(self.scope(called).outputs.get(str(reference["output"])), called, seen)


def _at(value: Any, path: str) -> Any:
    """What a value has at `.key.key`, as far as it is a mapping."""
    for key in path.split(".")[1:]:
        value = value.get(key) if isinstance(value, dict) else value
    return value
