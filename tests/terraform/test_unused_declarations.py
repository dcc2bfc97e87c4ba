"""Every variable, local value and data source of the generated modules is used, and every variable has a type.

The rules of tflint's recommended preset that `terraform validate` lacks; tflint itself is in no package registry.
https://github.com/terraform-linters/tflint-ruleset-terraform/tree/main/docs/rules
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import pytest

from owscale.terraform.config.parser import labelled, mappings, parse_file
from tests._support.cases import Case, cases

_IGNORED = re.compile(r'# tflint-ignore: terraform_unused_declarations # (?:\S+ ){3,}\S+\ndata "(\w+)" "(\w+)"')
_COMMENT = re.compile(r"^\s*#.*", re.MULTILINE)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_declaration_is_used(case: Case) -> None:
    assert list(_problems(case.texts())) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('variable "a" {\n  type = string\n}\n', "var.a is not used"),
        ('variable "a" {\n}\noutput "b" {\n  value = var.a\n}\n', "var.a has no type"),
        ("locals {\n  a = 1\n}\n", "local.a is not used"),
        ('data "aws_vpc" "a" {\n  id = "vpc-1"\n}\n', "data.aws_vpc.a is not used"),
        ('# tflint-ignore: terraform_unused_declarations\ndata "aws_vpc" "a" {\n}\n', "data.aws_vpc.a is not used"),
        ('variable "a" {\n  type = string\n}\n# var.a\n', "var.a is not used"),
        ('output "a" {\n  value = "${aws_vpc.b.id}"\n}\n', "an expression is only an interpolation"),
        ('output "a" {\n  value = aws_vpc.b.*.id\n}\n', "an attribute-only splat"),
    ],
)
def test_unused_declaration_is_found(text: str, problem: str) -> None:
    assert list(_problems({"m/main.tf": text})) == [f"m: {problem}"]


def _problems(files: Mapping[str, str]) -> Iterator[str]:
    modules = defaultdict[str, dict[str, str]](dict)
    for path, text in files.items():
        if path.endswith(".tf"):
            modules[str(PurePosixPath(path).parent)][path] = text
    for module, texts in modules.items():
        code = _COMMENT.sub("", "\n".join(texts.values()))
        for path, text in texts.items():
            blocks = parse_file(path, text)
            names = [f"local.{name}" for body in mappings(blocks.get("locals")) for name in body]
            for (name,), body in labelled(blocks.get("variable"), 1):
                names.append(f"var.{name}")
                if "type" not in body:
                    yield f"{module}: var.{name} has no type"
            ignored = set(_IGNORED.findall(text))
            names += [f"data.{'.'.join(each)}" for each, _ in labelled(blocks.get("data"), 2) if each not in ignored]
            yield from (f"{module}: {name} is not used" for name in names if not _is_used(name, code))
        if re.search(r'= "\$\{[^"{}]*\}"$', code, re.MULTILINE):
            yield f"{module}: an expression is only an interpolation"
        if re.search(r"\w\.\*\.\w", code):
            yield f"{module}: an attribute-only splat"


def _is_used(name: str, code: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}(?![\w-])", code) is not None
