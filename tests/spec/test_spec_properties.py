"""Any variation of a valid spec is rendered, or gets diagnostics."""

import copy
import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from owscale.cli.main import main
from owscale.spec.document import Path as KeyPath
from tests._support.cases import GOLDEN

pytestmark = pytest.mark.usefixtures("loader")

EVERYTHING: dict[str, Any] = yaml.safe_load((GOLDEN / "everything/spec.yaml").read_text())
DIAGNOSTIC = re.compile(r"^\S*spec\.yaml(:\d+:\d+)?: .*\[S\d{3}\]$", re.MULTILINE)
JARGON = re.compile(r"Input should|type=|Traceback|pydantic")
ODD_TEXT = st.sampled_from(
    [
        "",
        " ",
        "${x}",
        "%{if}",
        "a\nb",
        "ü",
        "😀",
        "\u202e",
        "'",
        '"',
        "\\",
        "[key]",
        "arn:",
        "arn:aws:sns",
        "0",
        "#",
        "*",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10),
    st.sampled_from([2**31, 2**63, -(2**63), 10**30, 60, 90, 3600, 86400, 0.5, 1.5, 1e300, 1e-7]),
    ODD_TEXT,
    st.text(max_size=20),
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.dictionaries(st.one_of(ODD_TEXT, st.text(max_size=8)), SCALARS, max_size=3),
)
KEYS = st.one_of(ODD_TEXT, st.text(max_size=8), st.sampled_from(["name", "cidr", "port", "environments", "enabled"]))


def paths(node: object, path: KeyPath = ()) -> list[KeyPath]:
    """Return the path of every node below `node`."""
    match node:
        case dict():
            entries: list[tuple[str | int, object]] = list(node.items())
        case list():
            entries = list(enumerate(node))
        case _:
            return []
    return [below for key, value in entries for below in ((*path, key), *paths(value, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a valid spec of which one to three nodes are deleted, renamed, copied or replaced."""
    spec = copy.deepcopy(EVERYTHING)
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(paths(spec)))
        parent: Any = spec
        for segment in above:
            parent = parent[segment]
        match draw(st.sampled_from(["delete", "replace", "rename", "copy"])):
            case "delete" if len(parent) > 1:
                del parent[last]
            case "rename" if isinstance(parent, dict):
                parent[draw(KEYS)] = parent.pop(last)
            case "copy":  # the value of another key, which may have the right type
                node: Any = spec
                for segment in draw(st.sampled_from(paths(EVERYTHING))):
                    node = node[segment] if _has(node, segment) else node
                parent[last] = copy.deepcopy(node)
            case _:
                parent[last] = draw(VALUES)
    return spec


def _has(node: object, segment: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(segment, int) and segment < len(node)
    return isinstance(node, dict) and segment in node


NUMBERS = itertools.count()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=mutated())
def test_any_spec_is_rendered_or_gets_diagnostics(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: dict[str, Any]
) -> None:
    folder = tmp_path / str(next(NUMBERS))
    folder.mkdir()
    spec = folder / "spec.yaml"
    spec.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    code = main(["validate", "--spec", str(spec)])
    stderr = capsys.readouterr().err
    assert code in (0, 1), stderr
    assert not JARGON.search(stderr), stderr
    if code == 1:
        assert DIAGNOSTIC.search(stderr), stderr
    else:
        assert main(["generate", "--spec", str(spec), "--out", str(folder / "out")]) == 0, capsys.readouterr().err
        assert any((folder / "out").rglob("main.tf"))
    capsys.readouterr()
