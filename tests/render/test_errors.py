"""Messages and hints for undefined names in templates."""

from types import SimpleNamespace
from typing import Any

import pytest

from owscale.render.context import template_context
from owscale.render.errors import explain_undefined
from tests._support.cases import Case, cases


@pytest.fixture(scope="module")
def context() -> dict[str, Any]:
    project: Case = cases()[0]
    return template_context(project.deployments()[0])


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("'redsi' is undefined", ("redsi is undefined", "did you mean redis?")),
        (
            "'owscale.spec.models.redis.Redis object' has no attribute 'node_typ'",
            ("Redis has no node_typ", "did you mean node_type?"),
        ),
        (
            "'owscale.spec.models.autoscaling.HighCpu object' has no attribute 'x'",
            ("HighCpu has no x", "use one of cooldown_seconds, instances"),
        ),
        ("'dict object' has no attribute 'cpuu'", ("dict has no cpuu", "")),
        ("'list object' has no attribute 'x'", ("list has no x", "")),
        ("another message", ("another message", "")),
    ],
)
def test_message_and_hint(context: dict[str, Any], message: str, expected: tuple[str, str]) -> None:
    assert explain_undefined(message, context) == expected


def test_hint_lists_all_names_where_none_is_similar() -> None:
    context = {"first": SimpleNamespace(), "second": SimpleNamespace()}
    assert explain_undefined("'xyz' is undefined", context) == ("xyz is undefined", "use one of first, second")


def test_fields_of_a_nested_section_are_suggested(context: dict[str, Any]) -> None:
    message, hint = explain_undefined("'ContainerHealthCheck object' has no attribute 'retires'", context)
    assert (message, hint) == ("ContainerHealthCheck has no retires", "did you mean retries?")
