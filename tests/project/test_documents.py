"""The documents of the repository are complete, and their links have targets."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import owscale
from owscale.cli.commands.tf.plan import SAVED
from owscale.plan_policy.result import Counts
from tests._support.cases import PROJECT

PACKAGE = Path(owscale.__file__).parent
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("benchmarks/*.md")])
MODULES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if path.name
    not in (
        "reference_docs.py",
        "upgrade_reference.py",
        "update_reference.py",
        "openwebui_variables.py",
        "precompute.py",
    )
    and "_generated" not in path.parts
)
"""Modules of commands for users; the others are for maintainers, who have a checkout."""
CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^()\s]+)\)")
PATH = re.compile(r"[\w.*-]+/(?:[\w./*-]+\.(?:j2|json|md|py|toml|txt|yaml)|[\w./*-]*/)?")
"""A file, or a directory with a slash at its end, as documents name it: below the project or below generator/."""
FOLDERS = (".ci/", "benchmarks/", "docs/", "generator/", "tests/")
HISTORY = ("CHANGELOG.md", "0015-package-layout.md", "0016-built-files.md")
"""Pages that name files of earlier releases."""
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub builds them."""
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_has_a_target(page: Path) -> None:
    links = [link for link in LINK.findall(CODE.sub("", page.read_text())) if "://" not in link]
    for link in links:
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        assert target.exists(), f"{link}: no such file"
        if anchor:
            assert anchor in anchors(target), f"{link}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_path_in_the_text_exists(page: Path) -> None:
    is_about_code = page.name in ("architecture.md", "contributing.md")
    for span in re.findall(r"`([^`\n]+)`", page.read_text()):
        path = re.sub(r"<\w+>", "*", span)
        if not PATH.fullmatch(path) or path.startswith((".venv/", "out/*", "tests/errors/")):
            continue
        if is_about_code or (path.startswith(FOLDERS) and page.name not in HISTORY):
            assert any(PROJECT.glob(path)) or any(PROJECT.glob(f"generator/{path}")), f"{span}: no such file"


def test_index_lists_every_page_once() -> None:
    index = (PROJECT / "docs/README.md").read_text()
    pages = sorted(page.name for page in PROJECT.glob("docs/*.md") if page.name != "README.md")
    assert sorted(link for link in LINK.findall(index) if "/" not in link) == pages


def test_architecture_lists_every_package_from_top_to_bottom() -> None:
    text = (PROJECT / "docs/architecture.md").read_text()
    listed = re.findall(r"^\| \d+ \| `(\w+)` \|", text, re.MULTILINE)
    modules = [path for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py"]
    names = {path.stem for path in modules if not path.name.startswith("__") and path.name != "templates"}
    assert set(listed) == names
    contract = (PROJECT / "pyproject.toml").read_text().partition('type = "layers"')[2].partition("]")[0]
    layers = [layer.split(" | ") for layer in re.findall(r'^  "([\w |]+)",$', contract, re.MULTILINE)]
    assert [name for layer in layers for name in layer] == listed
    assert [f"{number}" for number, layer in enumerate(layers, 1) for _ in layer] == re.findall(
        r"^\| (\d+) \| `\w+` \|", text, re.MULTILINE
    )


@pytest.mark.parametrize("path", sorted(PROJECT.glob("docs/adr/*.md")), ids=lambda path: path.stem)
def test_decision_record_has_its_number(path: Path) -> None:
    assert path.read_text().startswith(f"# {int(path.name[:4])}. ")
    assert [path] == sorted(path.parent.glob(f"{path.name[:4]}-*")), "two records have one number"


def test_quoted_result_of_a_plan_is_the_printed_one() -> None:
    text = (PROJECT / "docs/applying.md").read_text()
    assert f"\n{SAVED.format('owscale tf apply --env production')}\n" in text
    assert re.search(rf"^{re.escape(str(Counts(54, 14, 0, 1, 0, 0, 0)))}$", text, re.MULTILINE)


def _texts(module: Path) -> Iterator[str]:
    """Yield the text constants of a module without its docstrings."""
    tree = ast.parse(module.read_text())
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_no_text_for_users_names_a_file_that_only_a_checkout_has(module: Path) -> None:
    """A text that is only a path is allowed: the reference of a rule, to which `explain` adds where it is."""
    for text in _texts(module):
        assert PATH.fullmatch(text) or not re.search(r"(?<![\w/])(docs|generator|tests)/\w|`make ", text), text
