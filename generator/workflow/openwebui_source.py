"""Find the environment variables that the source of a module of Open WebUI reads."""

import ast
import re
from collections.abc import Iterable, Iterator

_READ = re.compile(r"environ\.(get|pop|setdefault)$|getenv$")


def variables_of_module(source: str) -> Iterator[str]:
    """Yield the names of the variables that a module reads.

    A function can get the name of the variable as an argument or from a dictionary, so the arguments of its calls and
    the keys of its dictionaries count too.
    """
    if "environ" not in source and "getenv" not in source:
        return
    tree = ast.parse(source)
    yield from _texts(_names_read(tree))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    indirect = [node for node in functions if any(isinstance(name, ast.Name) for name in _names_read(node))]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for function in indirect:
        yield from _texts(arg for call in calls if ast.unparse(call.func) == function.name for arg in call.args[:1])
        yield from _texts(key for node in ast.walk(function) if isinstance(node, ast.Dict) for key in node.keys)


def _texts(nodes: Iterable[ast.expr | None]) -> Iterator[str]:
    """Yield the values of the nodes that are texts."""
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _names_read(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions that name a variable: `os.getenv(NAME)`, `os.environ[NAME]`, `NAME in os.environ`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _READ.search(ast.unparse(node.func)):
            yield node.args[0]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
            yield node.slice
        elif isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]).endswith("environ"):
            yield node.left
