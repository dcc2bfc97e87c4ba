"""Find the variables of a release of Open WebUI whose values only seed settings in its database.

Open WebUI stores such a setting when it starts with a database that does not have it. Later starts read the database:
`PersistentConfig(…)` up to 0.9.5, `ConfigVar(…)` in 0.9.6, and the dictionary `DEFAULT_CONFIG` from 0.10.0 on, all in
open_webui/config.py of the published package.
"""

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from owscale.domain.openwebui.database_settings import OAUTH
from owscale.workflow.openwebui_source import variables_of_module

_CONFIG = "config.py"
_SETTING_CLASSES = {"PersistentConfig", "ConfigVar"}
_DEFAULTS = "DEFAULT_CONFIG"
_FALLBACKS = {_DEFAULTS, "DEFAULT_USER_PERMISSIONS"}
"""Constants that other modules use only for values that the database lacks (open_webui/routers/users.py)."""


class _Seed(NamedTuple):
    """A setting with its path in the database, and the expression of its first value."""

    path: str
    value: ast.expr


def settings_of_package(modules: Mapping[str, str]) -> dict[str, str]:
    """Return the path of the setting that each variable seeds, for variables that have no other effect.

    `modules` has the source of each module of the package by its path. A variable that another module reads, or that
    reaches another module through a constant of config.py, has an effect of its own and is left out.
    """
    config = ast.parse(modules.get(_CONFIG, ""))
    reads = _Reads(config)
    seeds = list(_seeds(config))
    objects = _setting_objects(config)
    elsewhere = {path: source for path, source in modules.items() if path != _CONFIG}
    effective = {name for source in elsewhere.values() for name in variables_of_module(source)}
    for source in elsewhere.values():
        for constant in _used_constants(source) - objects - _FALLBACKS:
            effective |= reads.of_name(constant)
    settings: dict[str, str] = {}
    for seed in sorted(seeds, key=lambda seed: seed.path.startswith(OAUTH)):  # other settings count first
        for variable in sorted(reads.of_expression(seed.value) - effective):
            settings.setdefault(variable, seed.path)
    return settings


class _Reads:
    """The environment variables on which the constants of a module depend.

    A constant that is a setting itself has the value of the database, so it depends on none.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._by_name: dict[str, set[str]] = {}
        for node in _statements(tree.body):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                base = target.value if isinstance(target, ast.Subscript) else target
                if isinstance(base, ast.Name) and node.value is not None and not _is_setting(node.value):
                    self._by_name.setdefault(base.id, set()).update(self.of_expression(node.value))

    def of_name(self, name: str) -> set[str]:
        return self._by_name.get(name, set())

    def of_expression(self, expression: ast.expr) -> set[str]:
        """Return the variables that an expression reads, itself or through constants before it."""
        found = set(variables_of_module(f"import os\n{ast.unparse(expression)}"))
        names = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
        return found.union(*map(self.of_name, names))


def _statements(body: list[ast.stmt]) -> Iterator[ast.Assign | ast.AnnAssign]:
    """Yield the assignments of a module in their order, also those inside of `if`, `try`, `for` and `with`."""
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            yield node
        elif isinstance(node, ast.If | ast.Try | ast.For | ast.With):
            yield from _statements(node.body)
            yield from _statements(getattr(node, "orelse", []))
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)


def _setting_objects(tree: ast.Module) -> set[str]:
    """Return the names of the constants that are settings themselves."""
    return {
        target.id
        for node in _statements(tree.body)
        if isinstance(node, ast.Assign) and _is_setting(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _is_setting(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SETTING_CLASSES


def _seeds(tree: ast.Module) -> Iterator[_Seed]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[_, ast.Constant(value=str(path)), value]):
                if name in _SETTING_CLASSES:
                    yield _Seed(path, value)
    for statement in _statements(tree.body):
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict):
            names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
            for key, value in zip(statement.value.keys, statement.value.values, strict=True):
                if _DEFAULTS in names and isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield _Seed(key.value, value)


def _used_constants(source: str) -> set[str]:
    """Return the constants of config.py that a module uses, except as the default of a setting.

    `Config.get('ui.default_user_role', DEFAULT_USER_ROLE)` and a pair of a path and its default, as in
    open_webui/utils/oauth.py, use the constant only if the database has no value.
    """
    if "open_webui.config" not in source:
        return set()
    tree = ast.parse(source)
    imported, defaults, used = set(), set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="open_webui.config"):
                imported |= {alias.name for alias in node.names}
            case ast.Tuple(elts=[ast.Constant(value=str()), ast.Name() as name]):
                defaults.add(id(name))
            case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str()), ast.Name() as name]):
                defaults.add(id(name))
            case ast.Name(ctx=ast.Load()):
                used.add((node.id, id(node)))
    return {name for name, identity in used if name in imported and identity not in defaults}
