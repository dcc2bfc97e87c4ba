"""Write `domain/openwebui/variables.json`: the environment variables that each release of Open WebUI reads.

The command is `python -m owscale.workflow.openwebui_variables WHEEL…`, for maintainers. Releases that the file already
has stay: a new release needs its own wheel only.
"""

import ast
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from owscale.console.versions import version_numbers
from owscale.domain.openwebui.read_variables import FILE, read_variables, releases_read
from owscale.fs.files import atomic_write

_WHEEL = re.compile(r"open_webui-(?P<release>\d+\.\d+\.\d+)-[^/]*\.whl$")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")
_READ = re.compile(r"environ\.(get|pop|setdefault)$|getenv$")


def main(wheels: list[str], file: Path = FILE) -> None:
    """Add the releases of the given wheels to the file."""
    known = read_variables(file)
    releases = set(releases_read(file))
    names = {release: {name for name, read in known.items() if release in read.releases} for release in releases}
    modules = {name: read.module for name, read in known.items()}
    for wheel in sorted(wheels, key=lambda path: version_numbers(_release(path))):
        release = _release(wheel)
        found = variables_of_wheel(wheel)
        names[release] = set(found)
        is_newest = release == max(names, key=version_numbers)
        modules = modules | found if is_newest else found | modules
    ordered = sorted(names, key=version_numbers)
    variables = {name: [_ranges(name, ordered, names), modules[name]] for name in sorted(set().union(*names.values()))}
    lines = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in variables.items())
    text = f'{{\n "releases": {json.dumps(ordered)},\n "variables": {{\n' + ",\n".join(lines) + "\n }\n}\n"
    atomic_write(file, text.encode())


def _release(wheel: str) -> str:
    match = _WHEEL.search(wheel)
    if match is None:
        raise SystemExit(f"{wheel}: not a wheel of open-webui")
    return match["release"]


def _ranges(name: str, releases: list[str], names: dict[str, set[str]]) -> list[list[str]]:
    """Return the runs of releases that read a variable, each as its first and last release."""
    runs: list[list[str]] = []
    previous_reads = False
    for release in releases:
        reads = name in names[release]
        if reads and previous_reads:
            runs[-1][1] = release
        elif reads:
            runs.append([release, release])
        previous_reads = reads
    return runs


def variables_of_wheel(wheel: str) -> dict[str, str]:
    """Return the variables that a wheel reads, each with the module that reads it first."""
    found: dict[str, str] = {}
    with zipfile.ZipFile(wheel) as archive:
        paths = [path for path in archive.namelist() if path.endswith(".py") and "/test/" not in path]
        # env.py and config.py come first: other modules read few variables, and some of the same.
        for path in sorted(paths, key=lambda path: (path.count("/"), path != "open_webui/env.py", path)):
            for name in variables_of_module(archive.read(path).decode()):
                if _VARIABLE.fullmatch(name):
                    found.setdefault(name, path.removeprefix("open_webui/"))
    return found


def variables_of_module(source: str) -> Iterator[str]:
    """Yield the names of the variables that a module reads.

    A function may read the variable that its argument names, or those that the keys of a dictionary name: the
    arguments of its calls count, and its dictionaries.
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


if __name__ == "__main__":
    main(sys.argv[1:])
