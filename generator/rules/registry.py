"""Registration of the rules, and the rules by code."""

import functools
import os
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import NamedTuple

from owscale.diagnostics.model import Severity
from owscale.domain.shared_resources import SharedResources, Use
from owscale.fs import observed
from owscale.rules import definitions
from owscale.spec.deployment import Deployment
from owscale.spec.document import Path

PLACEHOLDER_CODE = "S233"
"""The code of the rule for placeholders; no other rule reports a placeholder."""


class Finding(NamedTuple):
    """A violation of a rule: the path of the key, the message, and the hint.

    With `at_key` the diagnostic points at the key, not at its value. `related` holds the paths of other keys involved,
    and `uses` has keys of other deployments.
    """

    path: Path
    message: str
    hint: str
    at_key: bool = False
    related: tuple[Path, ...] = ()
    uses: tuple[Use, ...] = ()


Check = Callable[[Deployment], Iterator[Finding]]
SharedCheck = Callable[[Deployment, SharedResources], Iterator[Finding]]


class Rule(NamedTuple):
    """A check with its code and its entry in the catalogue.

    `checks` is one sentence on the condition, and `rationale` one sentence on its reason. `reference` is the
    documentation of AWS or Open WebUI. `example` is a part of a spec, in YAML, that violates the rule when it is merged
    onto a minimal spec; `fixed_example` is the same part without the violation. `other_keys`: keys of the rule that the
    examples do not set. `is_acceptable`: whether a spec may accept the finding with a reason. `needs_place`: whether it
    may accept it only at one place at a time. `is_shared`: whether a finding depends on the other deployments, too.
    """

    code: str
    severity: Severity
    checks: str
    rationale: str
    reference: str
    example: str
    fixed_example: str
    other_keys: tuple[str, ...]
    is_acceptable: bool
    needs_place: bool
    is_shared: bool
    run: SharedCheck


_registered: dict[str, Rule] = {}


def rule(  # noqa: PLR0913 -- the parts of a catalogue entry, seven of them keywords
    code: str,
    severity: Severity,
    *,
    checks: str,
    rationale: str,
    reference: str,
    example: str,
    fixed_example: str,
    other_keys: tuple[str, ...] = (),
    acceptable_at_places: bool = False,
) -> Callable[[Check], Check]:
    """Register a function as a rule about one deployment.

    Its finding can be accepted if it is a warning; with `acceptable_at_places` also an error, one place at a time.
    """

    def register(run: Check) -> Check:
        @functools.wraps(run)
        def run_alone(deployment: Deployment, _shared: SharedResources) -> Iterator[Finding]:
            return run(deployment)

        texts = (checks, rationale, reference, example, fixed_example)
        _register(
            Rule(
                code,
                severity,
                *texts,
                other_keys,
                is_acceptable=severity == "warning" or acceptable_at_places,
                needs_place=acceptable_at_places,
                is_shared=False,
                run=run_alone,
            )
        )
        return run

    return register


def shared_rule(  # noqa: PLR0913 -- the parts of a catalogue entry, eight of them keywords
    code: str,
    severity: Severity = "error",
    *,
    checks: str,
    rationale: str,
    reference: str,
    example: str,
    fixed_example: str,
    acceptable: bool,
    other_keys: tuple[str, ...] = (),
) -> Callable[[SharedCheck], SharedCheck]:
    """Register a function as a rule about a deployment and those that use the same resources.

    A command that names a single spec reads the other ones only if that spec accepts such a finding. So the findings
    are errors: whether a warning is in README.md of the deployment would depend on the command. S111 is a warning, but
    only of a spec that accepts something.
    """

    def register(run: SharedCheck) -> SharedCheck:
        texts = (checks, rationale, reference, example, fixed_example)
        _register(
            Rule(
                code,
                severity,
                *texts,
                other_keys,
                is_acceptable=acceptable,
                needs_place=False,
                is_shared=True,
                run=run,
            )
        )
        return run

    return register


def _register(rule: Rule) -> None:
    if rule.code in _registered:
        raise ValueError(f"two rules have the code {rule.code}")
    _registered[rule.code] = rule


@functools.cache
def all_rules() -> Mapping[str, Rule]:
    """Return every rule by its code, sorted. Importing a module of `definitions` registers its rules."""
    for file, _ in observed.scan(definitions.__path__[0]):
        name, extension = os.path.splitext(file)
        if extension == ".py" and name != "__init__":
            import_module(f"{definitions.__name__}.{name}")
    return dict(sorted(_registered.items()))
