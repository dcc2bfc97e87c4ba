"""The shipped templates: they only choose and print, and each value has the filter of its place."""

import re
from pathlib import Path

import pytest

from owscale.render.context import template_context
from owscale.render.documents.context import document_context
from owscale.render.template_files import TEMPLATES
from tests._support.cases import cases

_NAME = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
_TERM = rf'(?:not )?(?:"[a-z0-9_]+" in )?{_NAME}'
_PRINTED = {
    ".tf.j2": re.compile(rf"\{{\{{ {_NAME} \| hcl \}}\}}"),
    ".hcl.j2": re.compile(rf"\{{\{{ {_NAME} \| hcl \}}\}}"),
    ".md.j2": re.compile(rf"\{{\{{ {_NAME} \| (?:md|code|sh) \}}\}}"),
}
_TAG = re.compile(rf" *\{{% (?:if {_TERM}(?: (?:and|or) {_TERM})*|else|endif|for {_NAME} in {_NAME}|endfor) %\}}")
_PATHS = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_templates_only_choose_and_print(path: Path) -> None:
    """A tag is alone on its line, and is an `if` or a `for` over names. A printed value is a name with a filter.

    So there are no macros, includes, assignments or arithmetic: context.py computes the values for a template.
    """
    text, printed = path.read_text(), _PRINTED["".join(path.suffixes[-2:])]
    for line in text.splitlines():
        rest = printed.sub("", line).replace("%{http_code}", "")  # of curl
        assert _TAG.fullmatch(line) or not re.search(r"\{[{%#]|[}%#]\}", rest), line
    assert text.endswith("\n")
    assert not text.startswith("\n")


@pytest.mark.parametrize("name", ["README.md.j2", "RUNBOOK.md.j2"])
def test_filters_of_a_document_fit_their_place(name: str) -> None:
    """In a command every value is a word (`sh`); elsewhere it is text or a code span."""
    fence_language = ""
    for line in (TEMPLATES / name).read_text().splitlines():
        filters = set(re.findall(r"\| (md|code|sh) \}\}", line))
        fence = re.match(r" *```(\w*)$", line)
        if fence:
            fence_language = "" if fence_language else fence[1]
        else:
            assert filters <= {"bash": {"sh"}, "mermaid": {"md"}, "": {"md", "code"}}[fence_language], line


def test_every_name_of_the_context_is_used() -> None:
    (checked,) = cases()[0].checked()
    context = template_context(checked.deployment)
    documents = "".join(path.read_text() for path in _PATHS if path.name.endswith(".md.j2"))
    templates = "".join(path.read_text() for path in _PATHS)
    computed = context.keys() - vars(checked.deployment.spec).keys()
    assert not {name for name in computed if not _is_used(name, templates)}
    document_names = document_context(checked, "spec.yaml", context).keys() - context.keys()
    assert not {name for name in document_names if not _is_used(name, documents)}


def _is_used(name: str, text: str) -> bool:
    return re.search(rf"\{{[{{%][^}}]*(?<![\w.]){name}\b", text) is not None
