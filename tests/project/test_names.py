"""Names: one class for each name."""

import ast
from collections import defaultdict

from tests._support.cases import PROJECT


def test_no_two_public_classes_have_the_same_name() -> None:
    modules = defaultdict(list)
    for module in PROJECT.joinpath("generator").rglob("*.py"):
        for node in ast.parse(module.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                modules[node.name].append(str(module.relative_to(PROJECT)))
    assert {name: places for name, places in modules.items() if len(places) > 1} == {}
