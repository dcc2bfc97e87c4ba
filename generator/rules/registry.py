"""Registration of the rules, and the rules by code."""

import functools
import os
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import NamedTuple

from owscale.diagnostics.model import Severity
from owscale.fs import observed
from owscale.rules import definitions
from owscale.spec.deployment import Deployment
from owscale.spec.document import Path


class Finding(NamedTuple):
    """A violation of a rule: the path of the key, the message, and the hint.

    With `at_key` the diagnostic points at the key, not at its value. `related` holds the paths of other keys involved.
    """

    path: Path
    message: str
    hint: str
    at_key: bool = False
    related: tuple[Path, ...] = ()


Check = Callable[[Deployment], Iterator[Finding]]


class Rule(NamedTuple):
    """A check with its code and its entry in the catalogue.

    `checks` is one sentence on the condition that the rule checks, and `rationale` one on why it matters. `reference`
    is the documentation of AWS or Open WebUI. `example` is a part of a spec, in YAML, that violates the rule when it is
    merged onto a minimal spec; `fixed_example` is the same part without the violation. `other_keys`: keys of the rule
    that the examples do not set.
    """

    code: str
    severity: Severity
    checks: str
    rationale: str
    reference: str
    example: str
    fixed_example: str
    other_keys: tuple[str, ...]
    run: Check


_registered: dict[str, Rule] = {}


def rule(  # noqa: PLR0913 -- the parts of a catalogue entry, six of them keywords
    code: str,
    severity: Severity,
    *,
    checks: str,
    rationale: str,
    reference: str,
    example: str,
    fixed_example: str,
    other_keys: tuple[str, ...] = (),
) -> Callable[[Check], Check]:
    """Register a function as a rule."""

    def register(run: Check) -> Check:
        if code in _registered:
            raise ValueError(f"two rules have the code {code}")
        texts = (checks, rationale, reference, example, fixed_example)
        _registered[code] = Rule(code, severity, *texts, other_keys, run)
        return run

    return register


@functools.cache
def all_rules() -> Mapping[str, Rule]:
    """Return every rule by its code, sorted. Importing a module of `definitions` registers its rules."""
    for file, _ in observed.scan(definitions.__path__[0]):
        name, extension = os.path.splitext(file)
        if extension == ".py" and name != "__init__":
            import_module(f"{definitions.__name__}.{name}")
    return dict(sorted(_registered.items()))
