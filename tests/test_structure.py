"""The arrows of design: who may import whom."""

import ast
from pathlib import Path

import pytest

import generator

PACKAGE = Path(generator.__file__).parent

# A module, or a package as a whole, and what it may import of the project; deeper is to the right.
MAY_IMPORT = {
    "__main__": {"cli"},
    "cli": {"dispatch", "options", "stamp"},
    "dispatch": {"errors", "report"},
    "options": {"argument_types", "arguments"},
    "arguments": {"argument_types", "arguments_tf"},
    "commands": {
        "catalogue",
        "changes",
        "commands",
        "cost",
        "deployment",
        "document",
        "effective",
        "errors",
        "facts",
        "git",
        "offers",
        "output",
        "plan",
        "proof",
        "reference",
        "render",
        "report",
        "source",
        "stages",
        "terraform",
        "validation",
        "verify",
    },
    "stages": {
        "changes",
        "checks",
        "custom",
        "deployment",
        "errors",
        "git",
        "manifest",
        "output",
        "render",
        "report",
        "source",
        "stages",
        "stamp",
    },
    "arguments_tf": {"argument_types"},
    "argument_types": set(),
    "verify": {"errors", "facts", "model", "report", "terraform", "verify"},
    "proof": {"errors", "model", "plan", "proof", "report"},
    "plan": {"errors", "plan", "report"},
    "terraform": {"errors", "report", "terraform"},
    "report": {"catalogue", "diagnostics", "errors", "report"},
    "changes": {
        "addresses",
        "changes",
        "cost",
        "deployment",
        "document",
        "errors",
        "facts",
        "model",
        "output",
        "scalars",
        "validation",
    },
    "offers": {"errors", "facts"},
    "effective": {"deployment", "document", "scalars", "validation"},
    "reference": {"catalogue", "compiling", "model", "validation"},
    "catalogue": {"checks", "deployment", "diagnostics"},
    "manifest": {"context", "custom", "deployment", "documents", "files"},
    "documents": {"checks", "cost", "deployment", "documents", "errors", "facts", "hcl", "markdown", "model"},
    "cost": {"cost", "errors", "facts", "markdown", "model"},
    "custom": {"deployment", "errors", "files"},
    "files": set(),
    "context": {"deployment", "facts", "hcl", "model"},
    "checks": {"checks", "deployment", "diagnostics", "document", "errors", "facts", "model"},
    "facts": {"errors", "facts", "model"},
    "deployment": {"diagnostics", "document", "errors", "model", "model_errors", "validation"},
    "model_errors": {"diagnostics", "document", "validation"},
    "source": {"diagnostics", "document", "errors", "scalars", "spec_text", "yaml_errors"},
    "spec_text": {"diagnostics", "document"},
    "document": {"diagnostics"},
    "yaml_errors": set(),
    "render": {"bytecode", "errors", "kinds", "template_errors"},
    "bytecode": {"cache"},
    "kinds": {"hcl", "markdown"},
    "template_errors": {"validation"},
    "hcl": set(),
    "markdown": set(),
    "output": {"errors", "output", "stamp"},
    "stamp": {"cache", "stamp"},
    "addresses": {"addresses", "errors"},
    "git": {"errors"},
    "validation": {"compiling", "model"},
    "compiling": {"model"},
    "model": {"model", "scalars"},
    "scalars": set(),
    "cache": set(),
    "errors": {"diagnostics"},
    "diagnostics": set(),
}


def _imports(path: Path) -> set[str]:
    """The first names below `generator` that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ImportFrom(module="generator"):
                found |= {alias.name for alias in node.names} - {"__version__"}
            case ast.ImportFrom(module=str(module)) if module.startswith("generator."):
                found.add(module.split(".")[1])
            case ast.Import():
                found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("generator.")}
    return found


def _files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert _imports(path) <= MAY_IMPORT[part]


def test_nothing_goes_round() -> None:
    above: dict[str, set[str]] = {}
    for part in reversed(MAY_IMPORT):
        below = MAY_IMPORT[part] - {part}
        assert below <= above.keys(), f"{part} is above what it imports"
        above[part] = below


def test_models_are_built_for_their_documents_alone() -> None:
    """Building them takes longer than a run: what names their types asks for them in annotations alone (ADR 11)."""
    for path in _files():
        needs_them = path.parent.name == "model" or path.name in {"compiling.py", "reference.py"}
        tree = ast.parse(path.read_text())
        at_once = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        assert needs_them or not any((node.module or "").startswith("generator.model.") for node in at_once), path
        assert needs_them or not any(node.module == "generator.model" for node in at_once), path


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("boto3", "aws.py"),
        ("hcl2", "scopes.py"),
        ("jinja2", "render.py"),
        ("python_terraform", "binary.py"),
        ("yaml", "source.py"),
    ],
)
def test_library_has_one_home(library: str, home: str) -> None:
    homes = {home} | {"source.py": {"scalars.py", "yaml_errors.py"}, "render.py": {"bytecode.py"}}.get(home, set())
    users = {path.name for path in _files() if f"import {library}\n" in path.read_text()}
    assert users == homes


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_outgrows_one_idea(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250
