"""Write the file of `domain/openwebui/` about the database schema of each release of Open WebUI.

The command is `python -m owscale.workflow.openwebui_releases WHEEL…`, for maintainers. Releases that the file already
has stay: a new release needs its own wheel only. It lists the sentences of a changelog about schema and rolling updates
for which `domain/openwebui/cautions.py` has no entry.
"""

import ast
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from owscale.console.streams import write
from owscale.console.versions import version_numbers
from owscale.domain.openwebui.cautions import CAUTIONS
from owscale.domain.openwebui.release_catalogue import FILE, schemas
from owscale.fs.files import atomic_write

_WHEEL = re.compile(r"open_webui-(?P<release>\d+\.\d+\.\d+)-[^/]*\.whl$")
_REVISIONS = "open_webui/migrations/versions/"
_AT_START = ("rename_prefix", "repair_config_rows", "seed_registered_defaults")
"""Functions of open_webui/config.py that write stored configuration at each start, outside Alembic."""
_CAUTION = re.compile(
    r"^- .*(?:rolling updates|update all instances|instances? should be updated|downgrad)", re.IGNORECASE
)


@dataclass(frozen=True)
class _Package:
    """The part of a wheel about the database: its revisions from the oldest on, by id, with titles and digests."""

    titles: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    at_start: tuple[str, ...] = ()
    raises: bool = False
    warnings: tuple[str, ...] = ()


def main(wheels: list[str], file: Path = FILE) -> list[str]:
    """Add the releases of the given wheels to the file, and return the sentences that a person has to review."""
    packages = {_release(wheel): _read_wheel(wheel) for wheel in wheels}
    digests: dict[str, Mapping[str, str]] = {}
    details: dict[str, dict[str, Any]] = {}
    titles: dict[str, str] = {}
    if file.exists():
        titles = json.loads(file.read_bytes())["titles"]
        for release, schema in schemas(file).items():
            digests[release] = schema.digests
            details[release] = {"at_start": schema.at_start, "raises": schema.raises}
    for release in sorted(packages, key=version_numbers):
        package = packages[release]
        titles |= package.titles
        digests[release] = package.digests
        details[release] = {"at_start": package.at_start, "raises": package.raises}
    atomic_write(file, _format(titles, digests, details).encode())
    schemas.cache_clear()
    reviewed = {caution.release for caution in CAUTIONS}
    return [
        f"{release}: cautions.py has no entry for: {sentence}"
        for release, package in packages.items()
        if release not in reviewed
        for sentence in package.warnings
    ]


def _format(titles: Mapping[str, str], digests: Mapping[str, Mapping[str, str]], details: Mapping[str, Any]) -> str:
    """Return the file: of each release only the revisions that are new, or whose code differs from the one before."""
    entries = {}
    before: Mapping[str, str] = {}
    for release in sorted(digests, key=version_numbers):
        after = digests[release]
        if list(after)[: len(before)] != list(before):
            raise SystemExit(f"{release}: its chain of revisions does not continue that of the release before")
        changed = {id_: digest for id_, digest in after.items() if before.get(id_) != digest}
        entries[release] = {"digests": changed, **details[release]}
        before = after
    ordered_titles = {id_: titles[id_] for id_ in before}
    return f'{{\n "titles": {{\n{_lines(ordered_titles)}\n }},\n "releases": {{\n{_lines(entries)}\n }}\n}}\n'


def _lines(values: Mapping[str, Any]) -> str:
    return ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in values.items())


def _release(wheel: str) -> str:
    match = _WHEEL.search(wheel)
    if match is None:
        raise SystemExit(f"{wheel}: not a wheel of open-webui")
    return match["release"]


def _read_wheel(wheel: str) -> _Package:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        modules = {
            PurePosixPath(name).name: archive.read(name).decode()
            for name in names
            if name.startswith(_REVISIONS) and name.endswith(".py")
        }
        config = archive.read("open_webui/config.py").decode()
        changelog = archive.read("open_webui/CHANGELOG.md").decode() if "open_webui/CHANGELOG.md" in names else ""
    trees = {name: ast.parse(source) for name, source in modules.items()}
    sources = {_assigned(tree, "revision"): (name, tree) for name, tree in trees.items()}
    order = _chain({revision: _assigned(tree, "down_revision") for revision, (_, tree) in sources.items()}, wheel)
    config_tree = ast.parse(config)
    return _Package(
        {id_: _title(*sources[id_]) for id_ in order},
        {id_: code_digest(sources[id_][1]) for id_ in order},
        _changes_at_start(config_tree),
        _raises(config_tree),
        tuple(_warnings(changelog, _release(wheel))),
    )


def _assigned(tree: ast.Module, name: str) -> Any:
    """Return the value that a module assigns to a name, such as the id of the revision."""
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and target.id == name:
            return ast.literal_eval(node.value) if node.value else None
    return None


def _chain(down_revisions: Mapping[str, str | None], wheel: str) -> list[str]:
    """Return the revisions from the oldest to the head. Exits where they are not one line."""
    following = {down: revision for revision, down in down_revisions.items()}
    order = []
    revision = following.get(None)
    while revision is not None:
        order.append(revision)
        revision = following.get(revision)
    if len(order) != len(down_revisions):
        raise SystemExit(f"{wheel}: its revisions are not one chain")
    return order


def _title(name: str, tree: ast.Module) -> str:
    """Return the first line of the docstring of a revision, or the words of its file name."""
    first = (ast.get_docstring(tree) or "").partition("\n")[0].strip().rstrip(".")
    return first or name.removesuffix(".py").partition("_")[2].replace("_", " ")


def code_digest(tree: ast.Module) -> str:
    """Return a digest of the code of a revision, without its formatting, comments, docstrings, imports and types.

    The code that takes the revision back is not in it either: Open WebUI never runs it.
    """
    tree.body = [
        statement
        for statement in tree.body
        if not isinstance(statement, ast.Import | ast.ImportFrom)
        and not (isinstance(statement, ast.FunctionDef) and statement.name == "downgrade")
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef):
            node.body = [_without_type(statement) for statement in node.body if not _is_text(statement)]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return hashlib.sha256(ast.unparse(ast.fix_missing_locations(tree)).encode()).hexdigest()[:12]


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is only a text, such as a docstring."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _without_type(statement: ast.stmt) -> ast.stmt:
    """Return an assignment without the type of its name."""
    if isinstance(statement, ast.AnnAssign) and statement.value:
        return ast.Assign([statement.target], statement.value)
    return statement


def _changes_at_start(config: ast.Module) -> tuple[str, ...]:
    """Return the functions that change stored configuration at each start: those that config.py defines or calls."""
    names = {node.name for node in ast.walk(config) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    names |= {
        node.func.attr
        for node in ast.walk(config)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    return tuple(name for name in _AT_START if name in names)


def _raises(config: ast.Module) -> bool:
    """Whether `run_migrations` of config.py raises the error of a migration, instead of only logging it."""
    for node in ast.walk(config):
        if isinstance(node, ast.FunctionDef) and node.name == "run_migrations":
            handlers = [handler for handler in ast.walk(node) if isinstance(handler, ast.ExceptHandler)]
            return not handlers or any(isinstance(inner, ast.Raise) for each in handlers for inner in ast.walk(each))
    return True


def _warnings(changelog: str, release: str) -> Iterator[str]:
    section = re.search(rf"^## \[{re.escape(release)}\].*?(?=^## \[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    for line in section[0].splitlines() if section else ():
        if _CAUTION.search(line):
            yield line.removeprefix("- ")


if __name__ == "__main__":
    write(sys.stderr, "".join(f"{line}\n" for line in main(sys.argv[1:])))
