"""The table of resource types, compared with the templates."""

import re

from owscale.plan_policy.resource_types import (
    MODIFYING_TYPE_PREFIXES,
    NEVER_MANAGED_TYPES,
    OWN_NAME,
    RESOURCE_TYPES,
    is_never_managed,
    modifies_named_resources,
)
from owscale.plan_policy.security_group_rules import RULE_NAMES
from tests._support.cases import PROJECT


def _template_types() -> set[str]:
    templates = (PROJECT / "templates").rglob("*.tf.j2")
    return {name for path in templates for name in re.findall(r'^resource "(\w+)"', path.read_text(), re.MULTILINE)}


def test_table_has_the_types_of_the_templates() -> None:
    assert set(RESOURCE_TYPES) == _template_types()


def test_unknown_values_come_from_managed_types_or_never() -> None:
    sources = {
        source
        for resource_type in RESOURCE_TYPES.values()
        for source in resource_type.identity.values()
        if source != OWN_NAME
    }
    assert {source for source in sources if source not in RESOURCE_TYPES} == {"aws_ecs_cluster"}


def test_managed_types_are_not_rejected_by_name() -> None:
    assert not any(is_never_managed(name) or modifies_named_resources(name) for name in RESOURCE_TYPES)
    assert list(NEVER_MANAGED_TYPES) == sorted(NEVER_MANAGED_TYPES)
    assert list(MODIFYING_TYPE_PREFIXES) == sorted(MODIFYING_TYPE_PREFIXES)


def test_managed_ingress_rules_are_those_of_the_template() -> None:
    template = (PROJECT / "templates/modules/network/existing.tf.j2").read_text()
    names = re.findall(r'^resource "aws_vpc_security_group_ingress_rule" "(\w+)"', template, re.MULTILINE)
    assert names == list(RULE_NAMES)
