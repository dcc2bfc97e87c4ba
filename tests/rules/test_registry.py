"""Registration of the rules."""

import pytest

from owscale.rules import registry
from owscale.rules.definitions import service


def test_a_code_belongs_to_one_rule() -> None:
    rule = registry.all_rules()["S201"]
    register = registry.rule(*rule[:2], **{field: getattr(rule, field) for field in rule._fields[2:8]})
    with pytest.raises(ValueError, match="two rules have the code S201"):
        register(service.fargate_size)


def test_rules_are_sorted_by_code() -> None:
    assert list(registry.all_rules()) == sorted(registry.all_rules())
