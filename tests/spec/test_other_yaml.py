"""YAML that is not a spec."""

import pytest

from owscale.errors import OwscaleError
from owscale.spec.other_yaml import parse_other_yaml


def test_scalars_are_texts_and_anchors_are_read() -> None:
    text = """
base: &base {port: 8080, on: off, time: 1:30, none: ~, empty: }
copy: {<<: *base, port: "9090"}
same: *base
"""
    data = parse_other_yaml(text, "file.yaml", "")
    assert data["base"] == {"port": "8080", "on": "off", "time": "1:30", "none": "~", "empty": ""}
    assert data["copy"] == data["base"] | {"port": "9090"}
    assert data["same"] is data["base"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "file.yaml:1:5: not YAML: "),
        ("a: !!python/object:os.system x", "file.yaml:1:4: not YAML: could not determine a constructor"),
        ("a: !!int x", "not YAML: "),
        ("[" * 70, "not YAML: its structure is too deep or has keys of unusual types"),
        ("? [a]\n: b", "file.yaml:1:3: not YAML: "),
        ("&a [*a]", ""),
    ],
)
def test_other_text_is_an_error(text: str, message: str) -> None:
    if not message:
        assert isinstance(parse_other_yaml(text, "file.yaml", ""), list)
        return
    with pytest.raises(OwscaleError) as error:
        parse_other_yaml(text, "file.yaml", "name another file")
    assert message in error.value.message
    assert error.value.hint == "name another file"
