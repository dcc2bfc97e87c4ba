"""The table of effects against the plans of Terraform.

The tests marked `slow` are those of `make test-effects`: a change of every key, planned against three deployments.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from owscale.review.spec_diff import changed_keys
from owscale.spec.deployment import Deployment
from owscale.spec.effects.lookup import table_key
from owscale.spec.effects.model import Effect
from owscale.spec.effects.table import EFFECTS
from owscale.spec.key_reference import key_references
from tests._support.emulator import server
from tests._support.emulator.account import EmulatedAccount
from tests._support.emulator.applied_spec import AppliedSpec, PlanResult
from tests._support.emulator.lifecycle import PROFILE, SAMPLE, CreatedDeployment, use_emulator
from tests._support.emulator.planned_changes import (
    CHANGES,
    PlannedChange,
    apply_change,
    base_specs,
    existing_resources,
)


class AppliedBases:
    """The deployments, each applied once, when a test needs it, and the resources to which their specs can change."""

    def __init__(self, folder: Path, account: EmulatedAccount) -> None:
        self.resources = existing_resources(account)
        self.deployments = {
            name: AppliedSpec(spec, folder / name) for name, spec in base_specs(account, self.resources).items()
        }
        self._applied: set[str] = set()

    def applied(self, name: str) -> AppliedSpec:
        """Return a deployment that exists."""
        deployment = self.deployments[name]
        if name not in self._applied:
            deployment.apply()
            self._applied.add(name)
        return deployment


@pytest.fixture(scope="module")
def bases(terraform: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppliedBases]:  # noqa: ARG001 -- the binary must be there
    with server.running() as url, pytest.MonkeyPatch.context() as patch:
        folder, account = tmp_path_factory.mktemp("effects"), EmulatedAccount(url)
        use_emulator(folder, account.url, patch)
        patch.setenv("AWS_PROFILE", PROFILE)  # for a spec without one
        yield AppliedBases(folder, account)


def _effects(before: Deployment, after: Deployment) -> dict[str, Effect]:
    return {change.name: change.effect for change in changed_keys(before, after)}


def _assert_plan_matches(effects: Mapping[str, Effect], plan: PlanResult) -> None:
    patterns = [pattern for effect in effects.values() for pattern in effect.plan]
    if errors := [pattern for pattern in patterns if pattern.startswith("!")]:
        assert any(error[2:] in message for error in errors for message in plan.errors), plan
        return
    if "[!]" not in patterns:
        assert plan.errors == ()
    actions = {
        pattern: [each for each in plan.actions if fnmatchcase(each, pattern.strip("[]"))] for pattern in patterns
    }
    assert plan.actions == {action for matches in actions.values() for action in matches}
    assert [pattern for pattern, matches in actions.items() if not matches and not pattern.startswith("[")] == []
    assert bool(plan.actions) == bool(patterns) or "[!]" in patterns


@pytest.mark.slow
@pytest.mark.parametrize("base", ["plain", "full", "given"])
def test_applied_deployment_has_no_changes(base: str, bases: AppliedBases) -> None:
    deployment = bases.applied(base)
    assert deployment.plan(deployment.spec) == PlanResult(frozenset(), ())


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_plan_is_that_of_the_table(change: PlannedChange, bases: AppliedBases) -> None:
    applied = bases.applied(change.base)
    before = applied.deployment()
    changed = apply_change(change, applied.spec, bases.resources)
    after = applied.deployment(changed)
    _assert_plan_matches(_effects(before, after), applied.plan(changed))


@pytest.mark.slow
def test_changes_have_every_effect_and_every_direction(bases: AppliedBases) -> None:
    effects: set[tuple[str, Effect]] = set()
    added: set[str] = set()
    removed: set[str] = set()
    before = {name: each.deployment() for name, each in bases.deployments.items()}
    for change in CHANGES:
        base = bases.deployments[change.base]
        after = base.deployment(apply_change(change, base.spec, bases.resources))
        for each in changed_keys(before[change.base], after):
            key = table_key(each.path)
            effects.add((key, each.effect))
            added |= {key} if each.before_text == "-" else set()
            removed |= {key} if each.after_text == "-" else set()
    references = key_references()
    keys = [key for key in EFFECTS if key != "environments"]  # a deployment does not have it
    assert [(key, each.when) for key in keys for each in EFFECTS[key] if (key, each) not in effects] == []
    optional = {key for key in keys if not references[key]["default"]}
    assert sorted(optional - added) == []
    assert sorted(optional - removed) == []


@pytest.mark.parametrize("key", SAMPLE)
def test_sample_plan_is_that_of_the_table(key: str, deployment: CreatedDeployment) -> None:
    before, after, plan = deployment.sample[key]
    effects = _effects(before, after)
    assert key in effects
    _assert_plan_matches(effects, plan)
