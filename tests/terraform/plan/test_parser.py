"""Any text is parsed and checked, or raises PlanFormatError; no other exception occurs."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from owscale.errors import PlanFormatError
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.format_result import format_result
from owscale.terraform.plan.parser import parse_plan
from owscale.terraform.plan.summary import summarize_plan
from tests._support.plans import deployment, load_plan, rendered_files

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
RECORDED = {name: load_plan(name) for name in ("alarm", "create", "destroy")}


def passes(text: str) -> bool:
    """Parse, check and format a text, and return whether it is a plan that passes the check."""
    try:
        plan = parse_plan(text)
    except PlanFormatError:
        return False
    recorded = deployment("create")
    result = evaluate_plan(plan, recorded, rendered_files("create"))
    parts = summarize_plan(plan)
    format_result(result, parts, "text").encode(errors="strict")
    format_result(result, parts, "markdown").encode(errors="strict")
    json.loads(format_result(result, parts, "json"))
    return result.passed


@given(ANY_JSON)
def test_random_json_never_passes(value: Any) -> None:
    assert not passes(json.dumps(value))


@given(st.text())
def test_random_text_never_passes(text: str) -> None:
    assert not passes(text)


@given(
    st.dictionaries(
        st.sampled_from(
            ["format_version", "planned_values", "resource_changes", "prior_state", "configuration", "complete"]
        ),
        ANY_JSON,
    )
)
def test_random_parts_never_pass(parts: dict[str, Any]) -> None:
    assert not passes(json.dumps({"format_version": "1.2", "planned_values": {}} | parts))


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_recorded_plan_with_one_random_value(data: st.DataObject) -> None:
    """One value of a recorded plan, at any depth, is replaced."""
    plan = json.loads(json.dumps(RECORDED[data.draw(st.sampled_from(sorted(RECORDED)))]))
    node: Any = plan
    for _ in range(data.draw(st.integers(0, 12))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or not node[key]:
            break
        node = node[key]
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    node[data.draw(st.sampled_from(keys))] = data.draw(ANY_JSON)
    passes(json.dumps(plan))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON"),
        ("PK\x03\x04", "not JSON"),
        ("[]", "the document must be a mapping"),
        ("{}", "format_version is missing"),
        ('{"format_version": "1.0", "values": {}}', "planned_values is missing"),  # a state
        ('{"format_version": "1.2", "planned_values": {}, "x": NaN}', "NaN"),
        ('{"a": 1, "a": 2}', "the same key twice"),
        ('{"a":' * 300 + "1" + "}" * 300, "nested deeper"),
        ("[" * 100_000, "nested deeper"),
        ('{"format_version": "1.2", "planned_values": {}, "errored": "no"}', "errored must be true or false"),
        ('{"format_version": "1.2", "planned_values": [1]}', "planned_values must be a mapping"),
        (
            '{"format_version": "1.2", "planned_values": {}, "resource_changes": [{"address": 1}]}',
            "resource_changes[0].address must be text",
        ),
    ],
)
def test_error_message(text: str, problem: str) -> None:
    with pytest.raises(PlanFormatError) as caught:
        parse_plan(text)
    assert problem in caught.value.message
