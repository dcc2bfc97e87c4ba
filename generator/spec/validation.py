"""Validate plain data against the models, without loading the models (ADR 11).

Building the classes of pydantic takes longer than the rest of a run. A run therefore reads the validation schema that
they produce, which is plain data in `_generated/validation.json`. Where that file is missing or outdated, the models
are loaded instead.
"""

import importlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, cast

from owscale import _generated
from owscale.fs import observed
from owscale.spec.pydantic_extension import SchemaError, SchemaValidator, ValidationError

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

    from owscale.spec.models import Spec

__all__ = [
    "NAME",
    "KeyInfo",
    "ModelData",
    "ValidatedSection",
    "ValidationError",
    "child_values",
    "key_of_path",
    "model_data",
    "models_digest",
    "validate",
]

FILE = f"{_generated.DIRECTORY}/validation.json"
"""The fields of `ModelData` as JSON; see `owscale._generated`."""
NAME = "<name>"
"""The placeholder in a key for a name that the user chooses, as in `load_balancer.allow_from.<name>.cidr`."""
_FUNCTION_TYPES = ("function-after", "function-before", "function-wrap")
_SOURCES = f"{_generated.PACKAGE}/spec"


class KeyInfo(TypedDict):
    """The documentation of a key in the models.

    `example` is a value as a spec writes it, or "". `section` is the name of the section below the key, or "". With
    `has_entries`, the key holds a list or a mapping of such sections.
    """

    description: str
    example: str
    required: bool
    section: str
    has_entries: bool


class ModelData(NamedTuple):
    """The models as plain data.

    `schema` is the schema of pydantic-core, with the names of classes and functions instead of the objects. `sections`
    has the keys of each section by the name of its class. `formats` has the description and an example of each pattern;
    see `spec/models/types.py`. `digest` is the digest of the sources of the models.
    """

    schema: dict[str, Any]
    sections: dict[str, dict[str, KeyInfo]]
    formats: dict[str, list[str]]
    digest: str


class ValidatedSection:
    """A section of a validated spec, in place of the class of the same name in `spec/models/`.

    pydantic-core fills the slots:
    https://docs.pydantic.dev/latest/api/pydantic_core_schema/#pydantic_core.core_schema.model_schema
    """

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")

    @property
    def model_fields_set(self) -> set[str]:
        """The keys that the spec contains, under the name that pydantic uses."""
        return cast("set[str]", getattr(self, "__pydantic_fields_set__"))  # noqa: B009 -- the slot is unknown to mypy

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: a spec is immutable")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({values})"


def validate(data: Mapping[str, Any]) -> "Spec":
    """Return the spec that `data` describes, with defaults. Raises the ValidationError that the models would raise."""
    return cast("Spec", _validator().validate_python(data))


def child_values(node: object) -> Mapping[str, Any] | None:
    """Return the values in a section or a mapping by key; None for a plain value or a list."""
    if isinstance(node, Mapping):
        return node
    return vars(node) if hasattr(type(node), "model_fields_set") else None


@cache
def model_data() -> ModelData:
    """Return the models as data: from the file or, if that is missing or outdated, from the models."""
    with suppress(OSError, TypeError, ValueError):  # also if the content does not fit a ModelData
        stored = ModelData(**json.loads(observed.read_bytes(FILE)))
        if stored.digest == models_digest():
            return stored
    from owscale.spec import schema_export  # noqa: PLC0415 -- loads the models, which is slow

    return ModelData(**schema_export.export_models(), digest=models_digest())


def key_of_path(path: Sequence[object]) -> str:
    """Return the key at a path in a spec, or the nearest one above it that the models have, such as `redis.nodes`.

    For a key in an environment, return the key that it overrides; "" for the environment itself.
    """
    section, is_named, parts, end = "Spec", False, [], 0
    for part in path[2:] if path[:1] == ("environments",) else path:
        if is_named:
            parts.append(NAME)
            is_named = False
        elif key := model_data().sections.get(section, {}).get(str(part)):
            parts.append(str(part))
            section, is_named, end = key["section"], key["has_entries"], len(parts)
        else:
            break
    return ".".join(parts[:end])


def models_digest() -> str:
    """Return the digest of the code that produces the model data."""
    models = (f"models/{name}" for name, _ in observed.scan(f"{_SOURCES}/models") if name.endswith(".py"))
    return observed.files_digest(_SOURCES, ("schema_export.py", *models))


@cache
def _validator() -> SchemaValidator:
    schema = model_data().schema
    _resolve_names([schema])
    try:
        return SchemaValidator(cast("CoreSchema", schema))
    except SchemaError:  # the file was written with another version of pydantic-core
        from owscale.spec.models import Spec  # noqa: PLC0415 -- loads the models, which is slow

        return cast("SchemaValidator", Spec.__pydantic_validator__)


def _resolve_names(nodes: Iterable[Any]) -> None:
    """Replace the names of classes and functions in a schema by the objects."""
    for node in nodes:
        if isinstance(node, dict):
            if "cls" in node:
                node["cls"] = type(node["cls"], (ValidatedSection,), {"__slots__": ()})
            elif node.get("type") in _FUNCTION_TYPES:
                module, _, function = node["function"]["function"].partition(":")
                node["function"]["function"] = getattr(importlib.import_module(module), function)
            _resolve_names(node.values())
        elif isinstance(node, list):
            _resolve_names(node)
