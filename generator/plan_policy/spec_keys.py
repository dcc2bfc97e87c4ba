"""The keys of the spec that the arguments of the root module come from, as its template shows."""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from owscale.render.template_files import TEMPLATES

if TYPE_CHECKING:
    from owscale.spec.models import Spec

_MODULE = re.compile(r'module "(\w+)" \{')
_ARGUMENT = re.compile(r"\s*(\w+) = \{\{ ([\w.]+) \| hcl \}\}")


def spec_key_of(argument: str, spec: "Spec") -> str:
    """Return the key of the spec for `module.argument`; empty if the value follows from several keys."""
    key = _keys().get(argument, "")
    value: object = spec
    for name in key.split("."):
        if not hasattr(value, name):
            return ""
        value = getattr(value, name)
    return key


@cache
def _keys() -> Mapping[str, str]:
    keys, module = {}, ""
    for line in (TEMPLATES / "main.tf.j2").read_text("utf-8").splitlines():
        if match := _MODULE.match(line):
            module = match[1]
        elif match := _ARGUMENT.match(line):
            keys[f"{module}.{match[1]}"] = match[2]
    return keys
