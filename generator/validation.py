"""Plain data → a spec, by the models as they were compiled into plain data (ADR 11).

pydantic's classes take longer to build than all the rest of a run takes. What they come to is a schema of
pydantic-core, which is data: `owscale reference` writes it into compiled.json, and a run reads that. Where the models
are no longer those that it was made from, they are built and asked themselves.
"""

import hashlib
import importlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from pydantic_core import SchemaError, SchemaValidator, ValidationError

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

    from generator.model import Spec

__all__ = ["Compiled", "Section", "ValidationError", "compiled", "entries", "sources", "validated"]

_FILE = Path(__file__).parent / "compiled.json"
_WITH_FUNCTION = ("function-after", "function-before", "function-wrap")
_MODELS = Path(__file__).parent / "model"


class Compiled(NamedTuple):
    """The models as data.

    `schema` is pydantic-core's, with the names of classes and functions in their places. `sections` has each section's
    keys and what there is to say of them, `forms` the words for each pattern (see model/types.py), and `sources` the
    digest of the code that they were made from.
    """

    schema: dict[str, Any]
    sections: dict[str, dict[str, dict[str, Any]]]
    forms: dict[str, list[str]]
    sources: str


class Section:
    """A section of a spec, filled by pydantic-core: what stands in for the class of the same name under model/.

    The slots are those that pydantic-core fills: https://docs.pydantic.dev/latest/api/pydantic_core_schema/#pydantic_core.core_schema.model_schema
    """

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")

    @property
    def model_fields_set(self) -> set[str]:
        """The keys that the spec writes out, as pydantic calls them."""
        return cast("set[str]", getattr(self, "__pydantic_fields_set__"))  # noqa: B009 -- mypy knows nothing of the slot

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: a spec does not change")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({values})"


def validated(data: Mapping[str, Any]) -> "Spec":
    """The spec that `data` makes, as the models under model/ would; raises their ValidationError."""
    return cast("Spec", _validator().validate_python(data))


def entries(node: object) -> Mapping[str, Any] | None:
    """What a section or a mapping holds, by key; None for a plain value or a list."""
    if isinstance(node, Mapping):
        return node
    return vars(node) if hasattr(type(node), "model_fields_set") else None


@cache
def compiled() -> Compiled:
    """The models as data: those of the file or, where it is not of this code, compiled now."""
    with suppress(OSError, TypeError, ValueError):  # as after a merge that left its marks in it
        made = Compiled(**json.loads(_FILE.read_text(encoding="utf-8")))
        if made.sources == sources():
            return made
    from generator import compiling  # noqa: PLC0415 -- building the models is what takes long

    return Compiled(**compiling.compiled(), sources=sources())


def sources() -> str:
    """The digest of the models' code."""
    digest = hashlib.sha256()
    for path in sorted(_MODELS.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def _validator() -> SchemaValidator:
    schema = compiled().schema
    _resolve([schema])
    try:
        return SchemaValidator(cast("CoreSchema", schema))
    except SchemaError:  # another pydantic-core than the one that the schema was made for
        from generator.model import Spec  # noqa: PLC0415 -- building the models is what takes long

        return cast("SchemaValidator", Spec.__pydantic_validator__)


def _resolve(nodes: Iterable[Any]) -> None:
    """Puts the classes and the functions that the parts of a schema name in the places of their names."""
    for node in nodes:
        if isinstance(node, dict):
            if "cls" in node:
                node["cls"] = type(node["cls"], (Section,), {"__slots__": ()})
            elif node.get("type") in _WITH_FUNCTION:
                module, _, function = node["function"]["function"].partition(":")
                node["function"]["function"] = getattr(importlib.import_module(module), function)
            _resolve(node.values())
        elif isinstance(node, list):
            _resolve(node)
