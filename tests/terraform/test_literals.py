"""Terraform reads the literals of `hcl()` as the same values."""

import json
import os
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from owscale.render.hcl import align_equals, hcl

SPECIAL_TEXTS = [
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
    '"\u0301 \n\u0338 ${\u0338',  # combining marks after escaped characters
    "true",
    "null",
    "010",
    "1e3",
]
NUMBERS = [0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63), 0.1, 2.0, -0.0, -2.5, 1e21, 1e-7, 1e100, 5e-324, 1 / 3]

# Without unassigned characters: Python and Terraform normalize by different versions of Unicode.
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cn"])) | st.text('$%{}"\\\n~ a')
_KEYS = _TEXTS.map(lambda text: unicodedata.normalize("NFC", text))  # so that no two keys become equal
# Terraform computes with 512 bits: it rounds larger integers, and prints larger numbers with other digits.
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**100), 2**100) | st.floats(-1e100, 1e100) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=10,
)
# Terraform takes most of a second to start, so one example has many values.
_batches = settings(max_examples=10, suppress_health_check=list(HealthCheck))


def run(terraform: str, folder: Path, *arguments: str) -> str:
    environment = os.environ | {"TF_CLI_CONFIG_FILE": os.devnull}  # it may name a missing file
    command = [terraform, f"-chdir={folder}", *arguments]
    completed = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)  # noqa: S603 -- the real Terraform
    assert completed.returncode == 0, completed.stderr
    return completed.stdout


def read_back(terraform: str, folder: Path, values: list[Any]) -> list[Any]:
    """Return the values that Terraform reads from the literals."""
    (folder / "main.tf").write_text(align_equals(f'output "values" {{\n  value = {hcl(values)}\n}}\n'))
    run(terraform, folder, "apply", "-auto-approve", "-no-color")
    result: list[Any] = json.loads(run(terraform, folder, "output", "-json", "values"))
    return result


def as_terraform_value(value: Any) -> Any:
    """Return a value as Terraform represents it: strings in NFC, and 2 for 2.0."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case float() if value.is_integer():
            return int(value)
        case list():
            return [as_terraform_value(item) for item in value]
        case dict():
            return {as_terraform_value(key): as_terraform_value(item) for key, item in value.items()}
    return value


def as_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True)  # as text, because True equals 1 in Python


def test_special_texts_are_read_back(terraform: str, tmp_path: Path) -> None:
    """Terraform normalizes every string to NFC, and changes nothing else."""
    assert read_back(terraform, tmp_path, SPECIAL_TEXTS) == [
        unicodedata.normalize("NFC", text) for text in SPECIAL_TEXTS
    ]


@_batches
@given(st.lists(_TEXTS, min_size=300, max_size=300))
def test_random_texts_are_read_back(terraform: str, tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    values = read_back(terraform, tmp_path_factory.mktemp("texts"), texts)
    assert values == [unicodedata.normalize("NFC", text) for text in texts]


def test_keys_are_read_back(terraform: str, tmp_path: Path) -> None:
    """The keys include keywords of Terraform and texts that need quotes."""
    keys = [*SPECIAL_TEXTS, "for", "if", "in", "null", "true", "false", "each", "var.name", "a-b", "_", "2nd"]
    mapping = dict.fromkeys(keys, 1)
    assert read_back(terraform, tmp_path, [mapping]) == [as_terraform_value(mapping)]


def test_numbers_are_read_back(terraform: str, tmp_path: Path) -> None:
    assert as_json(read_back(terraform, tmp_path, NUMBERS)) == as_json(as_terraform_value(NUMBERS))


@_batches
@given(st.lists(_VALUES, min_size=20, max_size=100))
def test_random_values_are_read_back(
    terraform: str, tmp_path_factory: pytest.TempPathFactory, values: list[Any]
) -> None:
    result = read_back(terraform, tmp_path_factory.mktemp("values"), values)
    assert as_json(result) == as_json(as_terraform_value(values))
