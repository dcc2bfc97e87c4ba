"""Explain a plan: the keys of the spec that changed since a base, and the change in cost.

The base is a git revision (`--base`), or the spec last applied from this directory.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from owscale.cli.commands.tf._create_plan import EvaluatedPlan
from owscale.cli.output import Output
from owscale.console.json_text import json_document
from owscale.console.markdown import code, escape
from owscale.console.text import printable
from owscale.cost import diff as cost_diff
from owscale.plan_policy.format_result import format_result
from owscale.review.comparison import DeploymentChange, compare_versions
from owscale.review.format_json import cost_fields
from owscale.review.version import DeploymentVersion
from owscale.rules.checked import CheckedDeployment
from owscale.spec.deployment import Deployment
from owscale.spec.renames import renamed_folders
from owscale.spec.validation import ValidationError, validate
from owscale.terraform.plan_store import PlanStore
from owscale.workflow.git import Repository
from owscale.workflow.project import ProjectPaths
from owscale.workflow.revisions import Revision, versions, versions_at


class ChangedKey(NamedTuple):
    """A changed key of the spec, and the planned resources that it affects."""

    name: str
    before: str
    after: str
    resources: list[str]


@dataclass(frozen=True)
class PlanReasons:
    """The changes of the spec since `base`; without a base, `change` is None."""

    base: str
    change: DeploymentChange | None

    def format(self, plan: EvaluatedPlan, output_format: str) -> str:
        """Return the plan with its check and these reasons, as `text`, `markdown` or `json`."""
        text = format_result(plan.check, plan.parts, output_format)
        if self.change is None:
            return text
        keys = list(self._changed_keys(plan))
        if output_format == "json":
            reasons = {
                "base": self.base,
                "keys": [
                    {"key": key.name, "before": key.before, "after": key.after, "affects": key.resources}
                    for key in keys
                ],
                "cost": cost_fields(self.change.cost),
            }
            return json_document(json.loads(text) | {"because": reasons}) + "\n"
        lines = self._format_markdown(keys) if output_format == "markdown" else self._format_text(keys)
        return text + "".join(f"{line}\n" for line in lines)

    def _changed_keys(self, plan: EvaluatedPlan) -> Iterator[ChangedKey]:
        """Yield the keys that affect a planned resource; a key that only changes with others may affect any."""
        planned = {line.address for part in plan.parts for line in part.lines}
        for key in self.change.keys if self.change else ():
            affected = sorted(planned.intersection(key.affected_addresses or ()))
            if affected or (key.affected_addresses is None and planned):
                yield ChangedKey(key.name, key.before_text, key.after_text, affected)

    def _format_text(self, keys: list[ChangedKey]) -> Iterator[str]:
        if keys:
            yield from ("", f"Changes of the spec since {printable(self.base)}:")
            for key in keys:
                yield printable(f"  {key.name}: {key.before} → {key.after}")
                yield from (f"    {printable(address)}" for address in key.resources)
        if self.change and self.change.cost:
            lines = cost_diff.format_text(self.change.cost)
            yield from ("", "Cost, USD a month:", *(f"  {line}".rstrip() for line in lines))

    def _format_markdown(self, keys: list[ChangedKey]) -> Iterator[str]:
        if keys:
            yield from ("", f"### Changes of the spec since {escape(self.base)}", "")
            for key in keys:
                resources = f" ({', '.join(map(code, key.resources))})" if key.resources else ""
                yield f"- {code(key.name)}: {escape(key.before)} → {escape(key.after)}{resources}"
        if self.change and self.change.cost:
            yield from ("", "### Cost, USD a month", "", *cost_diff.format_markdown(self.change.cost))


def explain_plan(
    paths: ProjectPaths, base: str | None, checked: CheckedDeployment, store: PlanStore, output: Output
) -> PlanReasons:
    """Compare the deployment with a git revision or, without one, with the spec last applied here."""
    deployment = checked.deployment
    if base:
        with tempfile.TemporaryDirectory() as directory:
            repository = Repository(paths.spec)
            extracted = versions_at(Revision(repository, base, repository.commit(base)), paths, Path(directory))
            for note in extracted.notes:
                output.status(note)
            return PlanReasons(base, _compare(paths, _previous(extracted.versions, deployment), checked))
    document = store.applied()
    applied = _with_document(deployment, dict(document)) if document else None
    before = versions([applied], paths)[applied.folder] if applied else None
    return PlanReasons("the last apply here", _compare(paths, before, checked))


def _compare(
    paths: ProjectPaths, before: DeploymentVersion | None, checked: CheckedDeployment
) -> DeploymentChange | None:
    if before is None:
        return None
    [after] = versions([checked.deployment], paths).values()
    return compare_versions(before, after)


def _previous(before: Mapping[str, DeploymentVersion], deployment: Deployment) -> DeploymentVersion | None:
    """Return the earlier version of a deployment; a renamed deployment had another folder."""
    states = {folder: version.deployment.state_location for folder, version in before.items()}
    renames = renamed_folders(states, {deployment.folder: deployment.state_location})
    return before.get(renames.get(deployment.folder, deployment.folder))


def _with_document(deployment: Deployment, data: dict[str, Any]) -> Deployment | None:
    """Return the deployment as an earlier spec describes it; None if this owscale cannot read that spec."""
    try:
        spec = validate(data)
    except ValidationError:
        return None
    return deployment._replace(spec=spec, document=deployment.document.with_data(data))
