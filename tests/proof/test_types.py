"""The table of types, held against the templates."""

import re

from generator.proof.groups import NAMES
from generator.proof.types import CHANGES_WHAT_IT_NAMES, NEVER_OURS, OWN, TYPES, changes_what_it_names, never_ours
from tests.cases import PROJECT


def _made() -> set[str]:
    templates = (PROJECT / "templates").rglob("*.tf.j2")
    return {name for path in templates for name in re.findall(r'^resource "(\w+)"', path.read_text(), re.MULTILINE)}


def test_table_has_the_types_that_templates_make() -> None:
    assert set(TYPES) == _made()


def test_unknown_values_come_from_types_of_ours_or_never() -> None:
    sources = {source for each in TYPES.values() for source in each.changes.values() if source != OWN}
    assert {source for source in sources if source not in TYPES} == {"aws_ecs_cluster"}


def test_nothing_of_ours_is_refused_by_its_name() -> None:
    assert not any(never_ours(name) or changes_what_it_names(name) for name in TYPES)
    assert list(NEVER_OURS) == sorted(NEVER_OURS)
    assert list(CHANGES_WHAT_IT_NAMES) == sorted(CHANGES_WHAT_IT_NAMES)


def test_no_ingress_rule_template_is_forgotten() -> None:
    """What modules/network/existing.tf makes is what the proof takes for ours."""
    template = (PROJECT / "templates/modules/network/existing.tf.j2").read_text()
    assert re.findall(r'^resource "aws_vpc_security_group_ingress_rule" "(\w+)"', template, re.MULTILINE) == list(NAMES)
