"""Whatever is in the file: a proof, a refusal or one clear message, and never an exception of another kind."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.plan import NotAPlanError, read
from generator.plan.summary import summary
from generator.proof import prove
from generator.proof.telling import told
from tests.proof.plans import deployment, load

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
REAL = {name: load(name) for name in ("alarm", "create", "destroy")}


def examine(text: str) -> bool:
    """Reads, proves and tells; whether the plan is proved."""
    try:
        plan = read(text)
    except NotAPlanError:
        return False
    found = deployment("create")
    proof = prove(plan, found.spec, found.environment)
    parts = summary(plan)
    told(proof, parts, "text").encode(errors="strict")
    told(proof, parts, "markdown").encode(errors="strict")
    json.loads(told(proof, parts, "json"))
    return proof.proved


@settings(deadline=None)  # other tests share the processor
@given(ANY_JSON)
def test_any_json(value: Any) -> None:
    assert not examine(json.dumps(value))


@settings(deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    assert not examine(text)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["format_version", "planned_values", "resource_changes", "prior_state", "configuration", "complete"]
        ),
        ANY_JSON,
    )
)
def test_any_parts(parts: dict[str, Any]) -> None:
    assert not examine(json.dumps({"format_version": "1.2", "planned_values": {}} | parts))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_real_plan_with_something_else_in_it(data: st.DataObject) -> None:
    """One place of a real plan, at any depth, holds something else."""
    plan = json.loads(json.dumps(REAL[data.draw(st.sampled_from(sorted(REAL)))]))
    node: Any = plan
    for _ in range(data.draw(st.integers(0, 12))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or not node[key]:
            break
        node = node[key]
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    node[data.draw(st.sampled_from(keys))] = data.draw(ANY_JSON)
    examine(json.dumps(plan))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("PK\x03\x04", "not JSON"),
        ("[]", "the whole must be a mapping"),
        ("{}", "format_version is missing"),
        ('{"format_version": "1.0", "values": {}}', "planned_values is missing"),  # a state
        ('{"format_version": "1.2", "planned_values": {}, "x": NaN}', "NaN"),
        ('{"a": 1, "a": 2}', "stands twice"),
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
def test_message(text: str, why: str) -> None:
    with pytest.raises(NotAPlanError) as wrong:
        read(text)
    assert why in str(wrong.value)
