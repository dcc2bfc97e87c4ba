"""The documents of the repository are complete, and their links have targets."""

import re
from pathlib import Path

import pytest

import owscale
from tests._support.cases import PROJECT

PACKAGE = Path(owscale.__file__).parent
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("benchmarks/*.md")])
CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^()\s]+)\)")
PATH = re.compile(r"[\w.*-]+/(?:[\w./*-]+\.(?:j2|json|md|py|toml|txt|yaml)|[\w./*-]*/)?")
"""A file, or a directory with a slash at its end, as documents name it: below the project or below generator/."""
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


@pytest.mark.parametrize("name", ["architecture.md", "contributing.md"])
def test_every_path_in_the_text_exists(name: str) -> None:
    for span in re.findall(r"`([^`\n]+)`", (PROJECT / "docs" / name).read_text()):
        path = re.sub(r"<\w+>", "*", span)
        if PATH.fullmatch(path) and not path.startswith((".venv/", "out/*", "tests/errors/")):
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
