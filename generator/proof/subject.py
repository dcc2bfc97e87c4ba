"""What a proof is about: a plan, and the deployment whose plan it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from generator.plan.model import Plan, Values
from generator.proof.protected import Protected, protected
from generator.proof.types import IDENTITY, TYPES

if TYPE_CHECKING:
    from generator.model import Spec

TASKS_GROUP = "module.network.aws_security_group.tasks"


@dataclass(frozen=True)
class Subject:
    """The plan, the spec, and what follows from both. `used` collects the addresses whose `allow:` was needed."""

    plan: Plan
    spec: Spec
    environment: str
    used: set[str] = field(default_factory=set)

    @cached_property
    def protected(self) -> tuple[Protected, ...]:
        return protected(self.spec)

    @cached_property
    def tasks_group(self) -> str | None:
        """The id of the tasks' own security group, once it has one."""
        ids = [each.values.get("id") for each in self.plan.state if each.address == TASKS_GROUP]
        return ids[0] if ids and isinstance(ids[0], str) and ids[0] else None

    def allows(self, address: str) -> bool:
        """Whether the spec allows what is done to its own resource of this exact address."""
        allowed = bool(self.spec.allow.get(address))
        if allowed:
            self.used.add(address)
        return allowed

    def named(self, type_name: str, values: Values) -> Iterator[tuple[str, Protected]]:
        """The existing things that a resource names, each with the argument, once."""
        seen = set()
        for argument, value in values.items():
            for text in texts(value):
                for thing in self._named_by(type_name, argument, text, values):
                    if (argument, thing) not in seen:
                        seen.add((argument, thing))
                        yield argument, thing

    def _named_by(self, type_name: str, argument: str, text: str, values: Values) -> Iterator[Protected]:
        if self._any_mention.search(text):
            yield from (thing for thing in self.protected if thing.mentioned_in(text))
        if text.lower() in self._bare_names:
            for thing in self.protected:
                if thing.is_named(text) and self._means(type_name, argument, thing, values):
                    yield thing

    def _means(self, type_name: str, argument: str, thing: Protected, values: Values) -> bool:
        """Whether a bare name means the thing; in a type that nobody knows it may always."""
        known = TYPES.get(type_name)
        if known is None:
            return True
        if known.is_a != thing.kind or argument not in (*IDENTITY, *known.changes):
            return False
        return thing.kind != "service" or self._in_the_cluster(values.get("cluster"))

    def _in_the_cluster(self, cluster: object) -> bool:
        """Whether a service is in the existing cluster; one that does not say may be."""
        if not isinstance(cluster, str) or not cluster:
            return True
        return cluster.rpartition("/")[2].lower() == self.spec.existing.cluster.lower()

    @cached_property
    def _any_mention(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{thing.mention.pattern})" for thing in self.protected), re.IGNORECASE)

    @cached_property
    def _bare_names(self) -> frozenset[str]:
        return frozenset[str]().union(*(thing.names for thing in self.protected))


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, the keys of mappings too."""
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
