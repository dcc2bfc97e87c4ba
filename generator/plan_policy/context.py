"""The plan, the deployment that it should belong to, and facts about a resource from both."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from owscale.plan_policy.protected_resources import ProtectedResource, protected_resources
from owscale.plan_policy.resource_types import ID_ARGUMENTS, RESOURCE_TYPES
from owscale.spec.allowed_effects import PLAN_EFFECTS, PlanEffect
from owscale.terraform.plan.model import Plan, ResourceChange, Values

if TYPE_CHECKING:
    from owscale.spec.models import Spec

TASKS_GROUP = "module.network.aws_security_group.tasks"

REDIS_URL_VERSION = "module.secrets.aws_secretsmanager_secret_version.redis_url"
"""The secret version with the Redis URL: a change of the Redis token or endpoint replaces it."""

REMOVALS = {
    "delete": "would be destroyed",
    "replace": "would be replaced",
    "forget": "would be removed from the state",
}
"""The problem of a violation, by the kind of change."""


@dataclass(frozen=True)
class PolicyContext:
    """The plan and the spec, and the Terraform files of the deployment by their paths.

    `own_files` has the paths of the user's files. `migrated_image` is the image whose migration of the database was
    seen to hold. `open_upgrade` is the state of an open upgrade, and why no other image may start, with `upgrade_hint`
    to go on; both are empty without one. `used_allowances` collects each address and effect whose `allow:` was needed.
    """

    plan: Plan
    spec: Spec
    environment: str
    files: Mapping[str, str]
    own_files: Collection[str] = ()
    migrated_image: str | None = None
    open_upgrade: str = ""
    upgrade_hint: str = ""
    used_allowances: set[tuple[str, str]] = field(default_factory=set)

    @cached_property
    def protected(self) -> tuple[ProtectedResource, ...]:
        """The existing resources that the spec names."""
        return protected_resources(self.spec)

    @cached_property
    def tasks_group_id(self) -> str | None:
        """The id of the tasks' own security group; None before it is created."""
        ids = [resource.values.get("id") for resource in self.plan.state if resource.address == TASKS_GROUP]
        return ids[0] if ids and isinstance(ids[0], str) and ids[0] else None

    def reason_to_allow(self, address: str, effect: PlanEffect) -> str:
        """Return the reason in `allow:` for this exact address and effect, and note that it was needed; else ""."""
        reason = self.allowances.get((address, effect), "")
        if reason:
            self.used_allowances.add((address, effect))
        return reason

    @cached_property
    def allowances(self) -> dict[tuple[str, str], str]:
        """The reasons in `allow:` by address and effect."""
        return {
            (address, effect): reason
            for address, effects in self.spec.allow.items()
            for effect in PLAN_EFFECTS
            if effects is not None and (reason := getattr(effects, effect))
        }

    def named_in(self, resource_type: str, values: Values) -> Iterator[tuple[str, ProtectedResource]]:
        """Yield each existing resource that a value of a resource contains, with the argument of that value."""
        yielded = set()
        for argument, value in values.items():
            for text in texts(value):
                for protected in self._named_by(resource_type, argument, text, values):
                    if (argument, protected) not in yielded:
                        yielded.add((argument, protected))
                        yield argument, protected

    def _named_by(self, resource_type: str, argument: str, text: str, values: Values) -> Iterator[ProtectedResource]:
        if self._any_pattern.search(text):
            yield from (protected for protected in self.protected if protected.is_mentioned_in(text))
        if text.lower() in self._bare_names:
            for protected in self.protected:
                if protected.is_named(text) and self._is_name_of(protected, resource_type, argument, values):
                    yield protected

    def _is_name_of(self, protected: ProtectedResource, resource_type: str, argument: str, values: Values) -> bool:
        """Whether a bare name in an argument means the existing resource; in an unknown type it always may."""
        known = RESOURCE_TYPES.get(resource_type)
        if known is None:
            return True
        if known.kind != protected.kind or argument not in (*ID_ARGUMENTS, *known.identity):
            return False
        return protected.kind != "service" or self._is_existing_cluster(values.get("cluster"))

    def _is_existing_cluster(self, cluster: object) -> bool:
        """Whether a service is in the existing cluster; one without a known cluster may be."""
        if not isinstance(cluster, str) or not cluster:
            return True
        return cluster.rpartition("/")[2].lower() == self.spec.existing.cluster.lower()

    # With these two properties, most texts need no comparison with each existing resource.

    @cached_property
    def _any_pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{protected.pattern.pattern})" for protected in self.protected), re.IGNORECASE)

    @cached_property
    def _bare_names(self) -> frozenset[str]:
        return frozenset[str]().union(*(protected.names for protected in self.protected))


def removal_problem(change: ResourceChange) -> str:
    """Return the problem of a resource that is destroyed, replaced or removed from the state, with the arguments."""
    cause = f" for {', '.join(change.replace_for)}" if change.kind == "replace" and change.replace_for else ""
    return f"{REMOVALS[change.kind or '']}{cause}"


def texts(value: Any) -> Iterator[str]:
    """Yield every string in a value, including the keys of mappings."""
    stack = [value]
    while stack:
        match stack.pop():
            case str() as text:
                yield text
            case Mapping() as mapping:
                yield from mapping
                stack += mapping.values()
            case list() as items:
                stack += items
