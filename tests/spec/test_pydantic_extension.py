"""The compiled part of pydantic-core comes from the package, in either order of the imports."""

import subprocess
import sys

import pytest

_CODE = """
{first}
{second}
import pydantic
from owscale.spec.models import Spec
names = "SchemaError", "SchemaValidator", "ValidationError"
assert all(getattr(pydantic_core, name) is getattr(pydantic_extension, name) for name in names)
assert pydantic.ValidationError is pydantic_extension.ValidationError
assert type(Spec.__pydantic_validator__) is pydantic_extension.SchemaValidator
"""
_IMPORTS = ["import pydantic_core", "from owscale.spec import pydantic_extension"]


@pytest.mark.parametrize(("first", "second"), [_IMPORTS, _IMPORTS[::-1]])
def test_extension_is_that_of_the_package(first: str, second: str) -> None:
    code = _CODE.format(first=first, second=second)
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 -- our own code


def test_package_is_used_where_there_is_no_such_extension() -> None:
    """A later release may keep its compiled part elsewhere."""
    code = """
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = lambda *names: None if len(names) == 2 else find(*names)  # an import has three arguments
from owscale.spec import pydantic_extension
import pydantic_core
assert pydantic_extension._load() is pydantic_core
assert pydantic_extension.SchemaValidator is pydantic_core.SchemaValidator
"""
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 -- our own code
