"""Expressions of HCL: owscale evaluates them as `terraform console` does."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from owscale.terraform.config.evaluation import Failure, Instance, evaluate_root_module
from owscale.terraform.config.functions import FUNCTIONS, LAZY_FUNCTIONS
from owscale.terraform.config.values import UNKNOWN

LOCALS = """
  list   = ["b", "a", "b"]
  map    = { k2 = "v2", k1 = "v1" }
  nested = { one = [{ id = 1, tags = { x = "y" } }, { id = 2, tags = { x = "z" } }] }
  number = 7
  none   = null
  text   = "a-b_c"
  yes    = true
"""

EXPRESSIONS = r"""
"plain"
"tab\tquote\"backslash\\ \u00e9 $${no} %%{no}"
"${local.text} ${local.number} ${local.yes} end"
"${local.list}"
local.map["k1"]
local.map.k2
local.nested.one[0].tags.x
local.nested.one[*].id
local.nested.one.*.id
local.nested.one[*].tags["x"]
local.none[*]
local.number[*]
1 + 2 * 3 - 4 / 2
(1 + 2) * 3 % 5
-local.number
!local.yes || local.number > 6 && local.number <= 7
local.text == "a-b_c" ? "same" : "other"
local.none == null ? 1 : 2
[1, 2.5, true, null, "x"]
{ a = 1, "b c" = 2, (local.text) = 3, if = 4 }
[for item in local.list : upper(item)]
[for index, item in local.list : "${index}${item}"]
[for key, item in local.map : "${key}=${item}"]
[for item in local.list : item if item != "a"]
{ for key, item in local.map : item => key }
{ for item in local.list : item => item... }
[for item in toset(local.list) : item]
abs(-3)
alltrue([true, true])
anytrue([false, true])
base64encode("é")
can(local.map.missing)
ceil(1.2)
chomp("a\n")
coalesce(null, "", "a")
compact(["a", "", "b"])
concat(["a"], [], ["b"])
contains(local.list, "a")
distinct(local.list)
element(local.list, 4)
endswith("abc", "bc")
flatten([["a"], [["b"]]])
floor(1.8)
format("%s-%03d-%5.2f-%-4s|%%", "a", 7, 1.5, "b")
join(",", local.list)
jsondecode("{\"a\":[1,null]}")
jsonencode({ b = [1, true, null], a = "é<&>" })
keys(local.map)
length(local.list)
length("abc")
lookup(local.map, "missing", "default")
lower("ABC")
max(1, 3, 2)
merge(local.map, { k1 = "new" }, null)
min(1, 3, 2)
nonsensitive("a")
one(["a"])
range(1, 4)
range(3)
regex("^[a-z]+", "abc1")
regex("([a-z])([0-9])", "a1")
replace("1.2.3", ".", "-")
replace("abc", "/[ab]/", "x")
reverse(["a", "b"])
nonsensitive(sensitive("a"))
setunion(["b"], ["a"])
slice(["a", "b", "c"], 1, 3)
sort(["b", "a"])
split(",", "a,b")
startswith("abc", "ab")
substr("abcdef", 1, 3)
sha1("a version \u00e9")
parseint("1fB", 16)
parseint(substr(sha1("terraform-0001"), 0, 7), 16)
sum([1, 2])
tobool("true")
tolist(toset(["b", "a"]))
tomap({ a = "b" })
tonumber("7")
toset(["b", "a", "b"])
tostring(7)
trim("--a--", "-")
trimprefix("ab", "a")
trimspace(" a ")
trimsuffix("ab", "b")
try(local.map.missing, local.nested.one[5], "default")
upper("abc")
urlencode("a b/c+d")
values(local.map)
zipmap(["a", "b"], [1, 2])
""".strip().splitlines()


def evaluate(expression: str) -> Any:
    text = f'locals {{{LOCALS}}}\nresource "x" "y" {{\n  value = {expression}\n}}\n'
    [instance] = evaluate_root_module({"main.tf": text}, lambda _address: UNKNOWN, {}).instances()
    assert isinstance(instance, Instance)
    return instance.arguments["value"]


def test_values_are_those_of_terraform(terraform: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(f"locals {{{LOCALS}}}\n")
    line = f"jsonencode([{', '.join(EXPRESSIONS)}])\n"
    command = [terraform, "console"]
    done = subprocess.run(command, input=line, capture_output=True, text=True, cwd=tmp_path, check=True)  # noqa: S603 -- our own expressions
    expected = json.loads(json.loads(done.stdout))
    assert {text: evaluate(text) for text in EXPRESSIONS} == dict(zip(EXPRESSIONS, expected, strict=True))


def test_every_function_is_tested() -> None:
    text = "\n".join(EXPRESSIONS)
    assert [name for name in {*FUNCTIONS, *LAZY_FUNCTIONS} if f"{name}(" not in text] == []


@pytest.mark.parametrize(
    ("expression", "reason", "is_unsupported"),
    [
        ('cidrhost("10.0.0.0/8", 1)', "the function cidrhost", True),
        ("provider::aws::arn_parse(1)", "the function provider::aws::arn_parse", True),
        ('"%{ if true }a%{ endif }"', "a template directive", True),
        ("path.module", "the name path.module", True),
        ("local.missing", "the name local.missing", True),
        ("local.map.missing", "no attribute missing", False),
        ("local.list[9]", "no such element", False),
        ("tonumber(local.text)", "tonumber fails", False),
        ("1 + local.text", "operands of the wrong type", False),
    ],
)
def test_other_expressions_fail(expression: str, reason: str, is_unsupported: bool) -> None:
    value = evaluate(expression)
    assert isinstance(value, Failure)
    assert (value.reason, value.is_unsupported) == (reason, is_unsupported)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("z.missing.id", None),
        ('"a${ephemeral.b.c.d}"', UNKNOWN),
        ("[ephemeral.b.c.d, 1]", [UNKNOWN, 1]),
        ("length([ephemeral.b.c.d, 1])", 2),
        ("jsonencode([ephemeral.b.c.d, 1])", UNKNOWN),
        ("concat([ephemeral.b.c.d], [1])", [UNKNOWN, 1]),
        ("ephemeral.b.c.d ? 1 : 2", UNKNOWN),
        ("[for each in ephemeral.b.c : each]", UNKNOWN),
        ("ephemeral.b.c[*].d", UNKNOWN),
        ("ephemeral.b.c == 1", UNKNOWN),
        ("{ (ephemeral.b.c) = 1 }", UNKNOWN),
        ("-ephemeral.b.c", UNKNOWN),
    ],
)
def test_unknown_values_stay_unknown(expression: str, value: Any) -> None:
    if value is None:
        assert isinstance(evaluate(expression), Failure)
    else:
        assert evaluate(expression) == value


MODULES = {
    "main.tf": """
variable "zone" {
  type    = string
  default = "a"
}

module "many" {
  source   = "./modules/each"
  for_each = toset(["x", "y"])

  name  = each.key
  rules = { r = { port = "80" } }
}

module "one" {
  source = "./modules/each"

  name   = "${var.zone}-${module.many["x"].name}"
  number = null
  rules  = {}
}
""",
    "modules/each/main.tf": """
variable "name" {
  type = string
}

variable "number" {
  type     = number
  default  = 5
  nullable = false
}

variable "rules" {
  type = map(object({ port = number, cidr = optional(string), tags = optional(list(string), ["t"]) }))
}

resource "aws_x" "this" {
  for_each = var.rules

  port = each.value.port
  cidr = each.value.cidr
  tags = each.value.tags

  dynamic "rule" {
    for_each = each.value.tags
    content {
      name = rule.value
    }
  }
}

resource "aws_y" "this" {
  count = 1

  name   = "${var.name}-${count.index}"
  number = var.number
  links  = values(aws_x.this)[*].id

  lifecycle {
    ignore_changes = [links]
  }
}

output "name" {
  value = aws_y.this[0].name
}
""",
}


def test_modules_are_evaluated() -> None:
    planned = {
        'module.many["x"].aws_y.this[0]': {"name": "planned"},
        'module.many["x"].aws_x.this["r"]': {"id": UNKNOWN},
    }
    root = evaluate_root_module(MODULES, lambda address: planned.get(address, UNKNOWN), {"zone": "z"})
    instances = {each.address: each for each in root.instances() if isinstance(each, Instance)}
    assert sorted(instances) == [
        'module.many["x"].aws_x.this["r"]',
        'module.many["x"].aws_y.this[0]',
        'module.many["y"].aws_x.this["r"]',
        'module.many["y"].aws_y.this[0]',
        "module.one.aws_y.this[0]",
    ]
    assert instances['module.many["y"].aws_x.this["r"]'].arguments == {
        "port": 80,
        "cidr": None,
        "tags": ["t"],
        "rule": [{"name": "t"}],
    }
    assert instances['module.many["x"].aws_y.this[0]'].arguments["links"] == [UNKNOWN]
    one = instances["module.one.aws_y.this[0]"]
    assert one.arguments == {"name": "z-planned-0", "number": 5, "links": []}
    assert one.ignored == {"links"}


def test_cycle_is_invalid() -> None:
    text = 'locals {\n  a = local.b\n  b = local.a\n}\nresource "x" "y" {\n  value = local.a\n}\n'
    [instance] = evaluate_root_module({"main.tf": text}, lambda _address: UNKNOWN, {}).instances()
    assert isinstance(instance, Instance)
    assert instance.arguments["value"] == Failure("x.y", "a cycle", is_unsupported=False)
