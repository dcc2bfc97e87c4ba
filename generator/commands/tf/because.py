"""Why a plan does what it does: the keys of the spec that changed since a base, and what that costs.

The base is a git revision (--base), or what was last applied from this folder. Without one there is nothing to say.
"""

import json
import tempfile
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.changes import DeploymentChange, Side, as_json, compared
from generator.commands.tf.planning import Made
from generator.cost import changes as cost
from generator.deployment import Deployment
from generator.document import Located, Place
from generator.document import Path as KeyPath
from generator.git import Repository
from generator.plan.summary import code, escaped
from generator.proof.telling import Format, told
from generator.render import TEMPLATES
from generator.report import printable
from generator.stages.revisions import Revision, sides
from generator.terraform.saved import Saved
from generator.validation import ValidationError, validated

_NOWHERE = Place(0, 0)


@dataclass(frozen=True)
class Because:
    """What changed since `base`; None where no base is known."""

    base: str
    change: DeploymentChange | None

    def told(self, made: Made, how: Format) -> str:
        """The plan, its proof, and why."""
        text = told(made.proof, made.parts, how)
        if self.change is None:
            return text
        keys = list(self._keys(made))
        if how == "json":
            since = {
                "base": self.base,
                "keys": [
                    {"key": name, "before": was, "after": becomes, "reaches": reached}
                    for name, was, becomes, reached in keys
                ],
                "cost": as_json.cost(self.change.cost),
            }
            return json.dumps(json.loads(text) | {"because": since}, indent=2) + "\n"
        lines = self._markdown(keys) if how == "markdown" else self._text(keys)
        return text + "".join(f"{line}\n" for line in lines)

    def _keys(self, made: Made) -> Iterator[tuple[str, str, str, list[str]]]:
        """The keys that reach what the plan changes; those that only go together with others reach nothing alone."""
        planned = {line.address for part in made.parts for line in part.lines}
        for key in self.change.keys if self.change else ():
            reached = sorted(planned.intersection(key.reaches or ()))
            if reached or (key.reaches is None and planned):
                yield key.name, key.was, key.becomes, reached

    def _text(self, keys: list[tuple[str, str, str, list[str]]]) -> Iterator[str]:
        if keys:
            yield from ("", f"Because of the spec, against {printable(self.base)}:")
            for name, was, becomes, reached in keys:
                yield printable(f"  {name}: {was} → {becomes}")
                yield from (f"    {printable(address)}" for address in reached)
        if self.change and self.change.cost:
            yield from ("", "Cost, USD a month:", *(f"  {line}".rstrip() for line in cost.text(self.change.cost)))

    def _markdown(self, keys: list[tuple[str, str, str, list[str]]]) -> Iterator[str]:
        if keys:
            yield from ("", f"### Because of the spec, against {escaped(self.base)}", "")
            for name, was, becomes, reached in keys:
                where = f" ({', '.join(map(code, reached))})" if reached else ""
                yield f"- {code(name)}: {escaped(was)} → {escaped(becomes)}{where}"
        if self.change and self.change.cost:
            yield from ("", "### Cost, USD a month", "", *cost.markdown(self.change.cost))


def because(options: Namespace, now: Deployment, saved: Saved) -> Because:
    """Compares with --base, or else with what was last applied from this folder."""
    if options.base:
        with tempfile.TemporaryDirectory() as folder:
            repository = Repository(options.spec)
            revision = Revision(repository, options.base, repository.commit(options.base), Path(folder))
            return Because(options.base, _compared(options, revision.sides(options).get(now.folder), now))
    applied = saved.applied()
    then = _as_applied(now, applied) if applied else None
    return Because("what was last applied here", _compared(options, _side(options, then) if then else None, now))


def _compared(options: Namespace, before: Side | None, now: Deployment) -> DeploymentChange | None:
    return next(compared({now.folder: before}, {now.folder: _side(options, now)})) if before else None


def _side(options: Namespace, deployment: Deployment) -> Side:
    return sides(options, [deployment], TEMPLATES)[deployment.folder]


def _as_applied(now: Deployment, data: Mapping[str, Any]) -> Deployment | None:
    """The deployment as it was applied; None where an owscale of today cannot read that any more."""
    try:
        spec = validated(data)
    except ValidationError:
        return None
    places = {path: Located(path, _NOWHERE, _NOWHERE) for path in _paths(data, ())}
    return now._replace(spec=spec, document=now.document._replace(data=dict(data), places=places), found=None)


def _paths(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(item, (*path, key))
