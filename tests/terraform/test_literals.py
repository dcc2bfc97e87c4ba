"""Terraform reads back what hcl() wrote."""

import json
import os
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.hcl import aligned, hcl

NASTY = [
    "",
    " ",
    " a  b ",
    'say "hi"',
    "it's",
    "C:\\temp\\new\\",
    "\\",
    '\\"',
    "\\u0041",
    "line\nline\r\nline\r",
    "\t",
    "${var.name}",
    '${file("/etc/passwd")}',
    "%{ if true }a%{ endif }",
    *("$" * dollars + "{a}" for dollars in range(2, 6)),
    *("%" * percents + "{a}" for percents in range(2, 6)),
    "$%{",
    "%${",
    "\\${",
    "\\$${a}",
    '"${"',
    "a$",
    "a%",
    "$ {",
    "${~ a ~}",
    "{{ 7*7 }}",
    "{% raw %}",
    "{# a #}",
    "# a",
    "// a",
    "/* a */",
    "<<EOT",
    "EOT\n",
    "a = 1",
    '" }\nresource "null_resource" "a" {}\n',
    "".join(map(chr, range(0x20))),
    "\x7f\x80\x85\xa0\xad",
    "\u200b\u200d\u200e\u202e\u2028\u2029\u2066\ufeff\ufffd\ufffe",
    "Zürich 漢字 العربية 😀",
    "👩\u200d🚀 👍🏽 🇨🇭",
    "\ue000\U000e0001\U0010ffff",
    "e\u0301 \u212b \u0344",  # not in NFC
    '"\u0301 \n\u0338 ${\u0338',  # marks after what is escaped
    "true",
    "null",
    "010",
    "1e3",
]
NUMBERS = [0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63), 0.1, 2.0, -0.0, -2.5, 1e21, 1e-7, 1e100, 5e-324, 1 / 3]

# Which characters compose, Python and Terraform know for the Unicode of their day alone: none that is unassigned.
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cn"])) | st.text('$%{}"\\\n~ a')
_KEYS = _TEXTS.map(lambda text: unicodedata.normalize("NFC", text))  # so that no two become one
# Terraform computes with 512 bits: it prints larger numbers in other digits, and loses some of an integer's.
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**100), 2**100) | st.floats(-1e100, 1e100) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=10,
)
# Terraform takes most of a second to start, so an example is many values.
_batches = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def run(terraform: str, folder: Path, *arguments: str) -> str:
    environment = os.environ | {"TF_CLI_CONFIG_FILE": os.devnull}  # it may name a missing file
    command = [terraform, f"-chdir={folder}", *arguments]
    ran = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)  # noqa: S603 -- the real Terraform
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def read_back(terraform: str, folder: Path, values: list[Any]) -> list[Any]:
    """The values as Terraform has them after it read their literals."""
    (folder / "main.tf").write_text(aligned(f'output "values" {{\n  value = {hcl(values)}\n}}\n'))
    run(terraform, folder, "apply", "-auto-approve", "-no-color")
    result: list[Any] = json.loads(run(terraform, folder, "output", "-json", "values"))
    return result


def expected(value: Any) -> Any:
    """A value as Terraform has it: its strings are always in NFC, and 2.0 is 2."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case float() if value.is_integer():
            return int(value)
        case list():
            return [expected(item) for item in value]
        case dict():
            return {expected(key): expected(item) for key, item in value.items()}
    return value


def as_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True)  # as text, where True is not 1


def test_nasty_texts_survive(terraform: str, tmp_path: Path) -> None:
    """Unchanged but for NFC, which is how Terraform normalizes every string."""
    assert read_back(terraform, tmp_path, NASTY) == [unicodedata.normalize("NFC", text) for text in NASTY]


@_batches
@given(st.lists(_TEXTS, min_size=300, max_size=300))
def test_any_text_survives(terraform: str, tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Unchanged but for NFC, which is how Terraform normalizes every string."""
    found = read_back(terraform, tmp_path_factory.mktemp("texts"), texts)
    assert found == [unicodedata.normalize("NFC", text) for text in texts]


def test_keys_survive(terraform: str, tmp_path: Path) -> None:
    """In NFC too, and whether they are texts that need quotes or words that mean something to Terraform."""
    keys = [*NASTY, "for", "if", "in", "null", "true", "false", "each", "var.name", "a-b", "_", "2nd"]
    mapping = dict.fromkeys(keys, 1)
    assert read_back(terraform, tmp_path, [mapping]) == [expected(mapping)]


def test_numbers_survive(terraform: str, tmp_path: Path) -> None:
    assert as_json(read_back(terraform, tmp_path, NUMBERS)) == as_json(expected(NUMBERS))


@_batches
@given(st.lists(_VALUES, min_size=20, max_size=100))
def test_any_value_survives(terraform: str, tmp_path_factory: pytest.TempPathFactory, values: list[Any]) -> None:
    found = read_back(terraform, tmp_path_factory.mktemp("values"), values)
    assert as_json(found) == as_json(expected(values))
