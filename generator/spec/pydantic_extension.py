"""The compiled part of pydantic-core, without the package around it.

The package also declares types for authors of schemas; their import takes a seventh of a run.
"""

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from pydantic_core import SchemaError, SchemaValidator, ValidationError

__all__ = ["SchemaError", "SchemaValidator", "ValidationError"]

_PACKAGE = "pydantic_core"
_EXTENSION = f"{_PACKAGE}._pydantic_core"


def _load() -> "ModuleType":
    """Return the extension module, which a later import of the package uses too; the package if there is none."""
    package = PathFinder.find_spec(_PACKAGE)
    extension = package and PathFinder.find_spec(_EXTENSION, package.submodule_search_locations)
    if _PACKAGE in sys.modules or not extension or not extension.loader:
        return import_module(_PACKAGE)
    if _EXTENSION not in sys.modules:
        sys.modules[_EXTENSION] = module_from_spec(extension)
        extension.loader.exec_module(sys.modules[_EXTENSION])
    return sys.modules[_EXTENSION]


if not TYPE_CHECKING:
    _module = _load()
    SchemaError, SchemaValidator = _module.SchemaError, _module.SchemaValidator
    ValidationError = _module.ValidationError
