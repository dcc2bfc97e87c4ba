"""`terraform fmt` leaves the output of `align_equals()` unchanged."""

import os
import subprocess
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from owscale.render.hcl import HclExpression, align_equals, hcl
from tests._support.scale import scaled

Lines = list[str]

# The parts of a line that fmt considers: brackets, quotes, `=`, `#` and the length in characters.
_TEXTS = st.text('ab= #"\\${}[]()%\n,éß漢😀', max_size=12)
_KEYS = st.sampled_from(["a", "name", "long-name_2", "for", "null", "a b", "a=b", "# [{", '"', "${a}", "größe", "漢😀"])
_EXPRESSIONS = [
    "var.name",
    "var.names[0]",
    "-var.number + 1",
    "!var.flag && var.a >= 2",
    'var.a == "=" ? "yes" : null',
    '"${var.name}-${replace(var.name, ".", "=")}"',
    '"${join("(", ["[", "{"])}#"',
    '"%{if var.a == "]"}${var.b}%{endif}"',
    "{ left = { min = 0, max = -1 } }",
    '[{ label = "Alarm #1", value = var.a }]',
    '{ for k, v in var.all : k => "${v}=" if v != "=" }',
    '[for v in var.all : v == "a" ? "(" : ")"]',
    "{}",
    "[]",
]
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(-9, 9)
    | _TEXTS
    | st.sampled_from(_EXPRESSIONS).map(HclExpression),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=8,
)
_WORDS = st.text("abcdefgh_", min_size=1, max_size=12)
_OTHER_LINES = st.sampled_from(["", "# comment", "# a = [", '#"'])


@st.composite
def _bodies(draw: st.DrawFn, depth: int = 0, blocks: bool = True) -> Lines:
    """Draw the lines between two braces: arguments, comments, blank lines, objects, calls, and blocks where allowed."""
    lines: Lines = []
    for number in range(draw(st.integers(0, 8))):
        name = f"{draw(_WORDS)}_{number}"  # unique in a body
        kind = draw(st.sampled_from(["value", "value", "value", "other", "object", "call", "list", "block"]))
        if kind == "other":
            lines.append(draw(_OTHER_LINES))
        elif kind == "value" or depth == 3 or (kind == "block" and not blocks):
            lines += f"{name} = {hcl(draw(_VALUES))}".split("\n")
        else:
            first, last = {
                "object": (f"{name} = {{", "}"),
                "call": (f"{name} = merge(var.a, {{", "})"),
                "list": (f'{name} = ["=", {{', "}]"),
                "block": (f'{name} "a=b" {{', "}"),
            }[kind]
            body = draw(_bodies(depth + 1, blocks and kind == "block"))
            lines += [first, *(f"  {line}" if line else "" for line in body), last]
    return lines


def fmt_diff(terraform: str, folder: Path) -> str:
    """Return the changes that `terraform fmt` would make in a folder, and its messages."""
    environment = os.environ | {"TF_CLI_CONFIG_FILE": os.devnull}  # it may name a missing file
    command = [terraform, "fmt", "-write=false", "-diff", "-no-color", str(folder)]
    completed = subprocess.run(command, env=environment, text=True, stdout=PIPE, stderr=STDOUT, check=False)  # noqa: S603 -- the real Terraform
    return completed.stdout


@settings(max_examples=scaled(40, 4), suppress_health_check=list(HealthCheck))
@given(st.lists(_bodies(), min_size=5, max_size=40))
def test_fmt_leaves_aligned_text_unchanged(
    terraform: str, tmp_path_factory: pytest.TempPathFactory, bodies: list[Lines]
) -> None:
    # One run for many files, because the start of Terraform takes far longer than the formatting.
    folder = tmp_path_factory.mktemp("fmt")
    for number, body in enumerate(bodies):
        (folder / f"{number:02}.tf").write_text(align_equals("\n".join(body) + "\n"))
    assert fmt_diff(terraform, folder) == ""


def test_fmt_diff_shows_a_difference(terraform: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("a = 1\nlong_name = 2\n")
    assert fmt_diff(terraform, tmp_path).endswith("+a         = 1\n long_name = 2\n")
