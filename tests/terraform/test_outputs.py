"""The outputs of a root module, as `terraform output -json` prints them."""

import json

import pytest

from owscale.errors import OwscaleError
from owscale.terraform.outputs import OutputValue, read_outputs


def test_outputs_by_name() -> None:
    document = {
        "alb_dns_name": {"sensitive": False, "type": "string", "value": "internal-chat.example.com"},
        "tasks": {"sensitive": False, "type": ["list", "number"], "value": [1, 2]},
        "token": {"sensitive": True, "type": "string", "value": "x"},
    }
    assert read_outputs(json.dumps(document), "outputs.json") == {
        "alb_dns_name": OutputValue("internal-chat.example.com", sensitive=False),
        "tasks": OutputValue([1, 2], sensitive=False),
        "token": OutputValue("x", sensitive=True),
    }


def test_state_without_outputs_has_none() -> None:
    assert read_outputs("{}", "outputs.json") == {}


def test_null_is_a_value() -> None:
    assert read_outputs('{"a": {"sensitive": false, "value": null}}', "x") == {"a": OutputValue(None, sensitive=False)}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON"),
        ("Warning: Deprecated Parameter\n{}", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a mapping"),
        ("null", "not a mapping"),
        ('{"a": "SECRET"}', "a is not an output"),
        ('{"a": {"value": "SECRET"}}', "a is not an output"),
        ('{"a": {"value": "SECRET", "sensitive": "no"}}', "a is not an output"),
        ('{"a": {"sensitive": false}}', "a is not an output"),
    ],
)
def test_other_text_is_an_error_without_values(text: str, problem: str) -> None:
    with pytest.raises(OwscaleError) as caught:
        read_outputs(text, "outputs.json")
    assert caught.value.message == f"outputs.json: {problem}"
    assert caught.value.hint == "pass the unchanged output of `terraform output -json`"
    assert "SECRET" not in str(caught.value)
