"""Templates to text: what may be printed, where it stands, and what is said of a broken template."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.files import FILES
from generator.hcl import Ref, quoted
from generator.render import TEMPLATES, Renderer, TemplateError

HEADER = "Generated."
Render = Callable[..., str]


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Renders the text of a template, and hands back what comes after the header."""

    def render(template: str, **names: Any) -> str:
        (tmp_path / "main.tf.j2").write_text(template)
        text = Renderer(tmp_path).render("main.tf.j2", HEADER, names)
        assert text.startswith(f"# {HEADER}\n\n")
        return text.removeprefix(f"# {HEADER}\n\n")

    return render


def refused(render: Render, template: str, **names: Any) -> str:
    with pytest.raises(TemplateError) as error:
        render(template, **names)
    return str(error.value)


# --- what comes out -----------------------------------------------------------------------------------------------


def test_header_comes_first(tmp_path: Path) -> None:
    (tmp_path / "main.tf.j2").write_text("locals {}\n")
    assert Renderer(tmp_path).render("main.tf.j2", HEADER, {}) == "# Generated.\n\nlocals {}\n"


def test_tags_leave_no_line_behind(render: Render) -> None:
    template = """\
locals {
  {% for name in names %}
  # {{ name | hcl }}
  {% if name == "b" %}
  chosen = {{ name | hcl }}
  {% endif %}
  {% endfor %}
}
"""
    assert render(template, names=["a", "b"]) == 'locals {\n  # "a"\n  # "b"\n  chosen = "b"\n}\n'


@pytest.mark.parametrize("shown", [True, False])
def test_text_ends_with_one_line_end(render: Render, shown: bool) -> None:
    assert render("a = 1\n{% if shown %}\n\nb = 2\n{% endif %}\n", shown=shown).endswith(("1\n", "\n\nb = 2\n"))


def test_a_line_left_out_moves_its_neighbours(render: Render) -> None:
    template = "a = 1\n{% if long %}\nlong_name = 2\n{% endif %}\nbc = 3\n"
    assert render(template, long=True) == "a         = 1\nlong_name = 2\nbc        = 3\n"
    assert render(template, long=False) == "a  = 1\nbc = 3\n"


def test_a_value_of_several_lines_follows_the_indentation_of_its_line(render: Render) -> None:
    template = """\
tags = {{ tags | hcl }}
module "a" {
  name = "a"
  tags = {{ tags | hcl }}
  nested {
    list = concat([{{ tags | hcl }}], {{ wide | hcl }})
  }
}
"""
    wide = ["x" * 60, "y" * 60]
    assert (
        render(template, tags={"a": Ref("var.a"), "bcd": {"e": "\n"}}, wide=wide)
        == f"""\
tags = {{
  a = var.a
  bcd = {{
    e = "\\n"
  }}
}}
module "a" {{
  name = "a"
  tags = {{
    a = var.a
    bcd = {{
      e = "\\n"
    }}
  }}
  nested {{
    list = concat([{{
      a = var.a
      bcd = {{
        e = "\\n"
      }}
    }}], [
      "{wide[0]}",
      "{wide[1]}",
    ])
  }}
}}
"""
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{ 7*7 }}",
        "{% raw %}",
        "{# comment #}",
        "{{ x | hcl }}",
        '${file("/etc/passwd")}',
        "%{ for a in b }",
        '" }\nresource "null_resource" "x" {',
        "a = 1",
        "\n",
        "\x00",
        "line\r\nend",
        "\N{LINE SEPARATOR}",
        "# comment",
    ],
)
@pytest.mark.parametrize("hold", [lambda text: text, lambda text: [text], lambda text: {"key": text, "k": 1}])
def test_text_of_a_spec_stays_a_literal(render: Render, text: str, hold: Callable[[str], Any]) -> None:
    lines = render("  a = {{ x | hcl }}\n", x=hold(text)).splitlines()
    assert sum(quoted(text) in line for line in lines) == 1
    assert len(lines) == (4 if isinstance(hold(text), dict) else 1)


def test_false_values_are_values(render: Render) -> None:
    assert render("a = [{{ a | hcl }}, {{ b | hcl }}, {{ c | hcl }}]\n", a=0, b="", c=None) == 'a = [0, "", null]\n'


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "use",
    [
        "{{ nope }}",
        "{{ nope | hcl }}",
        "{{ nope.deeper | hcl }}",
        "{{ spec.nope | hcl }}",
        "{{ spec.nope.deeper | hcl }}",
        "{% if nope %}{% endif %}",
        "{% if not spec.nope %}{% endif %}",
        "{% for x in nope %}{% endfor %}",
    ],
)
def test_undefined_names(render: Render, use: str) -> None:
    message = refused(render, f"locals {{\n  a = 1\n  b = {use}\n}}\n", spec={"a": 1})
    assert message.startswith("templates/main.tf.j2:3: ")
    assert "nope" in message


@pytest.mark.parametrize("use", ["x", "7 * 7", "'a'", "x | upper", "(x | hcl) ~ x", "x | hcl | upper"])
def test_unfiltered_values(render: Render, use: str) -> None:
    message = refused(render, f"# comment\na = {{{{ {use} }}}}\n", x="text")
    assert message.startswith("templates/main.tf.j2:2: ")
    assert message.endswith(" was printed without the hcl filter: write {{ … | hcl }}")


def test_values_without_a_literal(render: Render) -> None:
    message = refused(render, "\n\na = {{ x | hcl }}\n", x={"a": b"text"})
    assert message == "templates/main.tf.j2:3: no HCL for b'text', of type bytes"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("\n{% if x\n", "templates/main.tf.j2:2: unexpected end of template, expected 'end of statement block'."),
        ("\n\n{{ x | hcll }}\n", "templates/main.tf.j2:3: No filter named 'hcll'."),
        ("{% include 'gone.tf.j2' %}\n", "templates/main.tf.j2:1: no template is called gone.tf.j2"),
    ],
)
def test_broken_templates(render: Render, template: str, message: str) -> None:
    assert refused(render, template, x=1) == message


def test_missing_template(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"^templates/modules/a/main\.tf\.j2: is missing$"):
        Renderer(tmp_path).render("modules/a/main.tf.j2", HEADER, {})


@pytest.mark.parametrize("template", ["../secret.j2", "/etc/passwd"])
def test_templates_come_from_the_folder_alone(tmp_path: Path, template: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "secret.j2").touch()
    with pytest.raises(TemplateError, match=": is missing"):
        Renderer(tmp_path / "templates").render(template, HEADER, {})


# --- documents ----------------------------------------------------------------------------------------------------


def document(folder: Path, template: str, header: str = HEADER, **names: Any) -> str:
    (folder / "README.md.j2").write_text(template)
    return Renderer(folder).render("README.md.j2", header, names)


def test_a_document_is_not_aligned_and_has_its_header_in_a_comment(tmp_path: Path) -> None:
    text = "# {{ a | md }}\n\na = 1\nbcd = {{ c | code }}\n{% if c %}\n\n\n```bash\nls {{ c | sh }}\n```\n{% endif %}\n"
    shown = "<!-- Generated. -->\n\n# \\*\n\na = 1\nbcd = `x y`\n\n```bash\nls 'x y'\n```\n"
    assert document(tmp_path, text, a="*", c="x y") == shown


def test_header_of_a_document_cannot_be_left(tmp_path: Path) -> None:
    assert document(tmp_path, "# a\n", "From a--><b>.yaml.") == "<!-- From a--&gt;<b&gt;.yaml. -->\n\n# a\n"


@pytest.mark.parametrize("use", ["x", "7 * 7", "x | upper", "(x | md) ~ x", "x | md | upper"])
def test_unfiltered_values_of_a_document(tmp_path: Path, use: str) -> None:
    with pytest.raises(TemplateError) as error:
        document(tmp_path, f"# a\n\n{{{{ {use} }}}}\n", x="text")
    assert str(error.value).startswith("templates/README.md.j2:3: ")
    said = " was printed without one of the filters md, code, sh: write {{ … | md }}"
    assert str(error.value).endswith(said)


@pytest.mark.parametrize(("template", "foreign"), [("README.md.j2", "hcl"), ("main.tf.j2", "sh")])
def test_filters_of_the_other_kind_are_none(tmp_path: Path, template: str, foreign: str) -> None:
    (tmp_path / template).write_text(f"{{{{ x | {foreign} }}}}\n")
    with pytest.raises(TemplateError, match=f"No filter named '{foreign}'"):
        Renderer(tmp_path).render(template, HEADER, {"x": 1})


@pytest.mark.parametrize("use", ["nope | md", "x.nope | sh", "nope"])
def test_undefined_names_of_a_document(tmp_path: Path, use: str) -> None:
    with pytest.raises(TemplateError, match=r"^templates/README\.md\.j2:1: .*nope"):
        document(tmp_path, f"{{{{ {use} }}}}\n", x={"a": 1})


# --- the templates ------------------------------------------------------------------------------------------------

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
    """A tag stands alone on its line and is an `if` or a `for` over names; what is printed is a name, filtered.

    So there are no macros, includes, assignments or arithmetic: what a template needs is worked out in context.py.
    """
    text, printed = path.read_text(), _PRINTED["".join(path.suffixes[-2:])]
    for line in text.splitlines():
        shown = printed.sub("", line).replace("%{http_code}", "")  # curl's
        assert _TAG.fullmatch(line) or not re.search(r"\{[{%#]|[}%#]\}", shown), line
    assert text.endswith("\n")
    assert not text.startswith("\n")


@pytest.mark.parametrize("name", ["README.md.j2", "RUNBOOK.md.j2"])
def test_filters_of_a_document_are_those_of_the_place(name: str) -> None:
    """In a command every value is a word of it, `sh`; elsewhere it is text or a code span, and never a command."""
    fence = ""
    for line in (TEMPLATES / name).read_text().splitlines():
        filters = set(re.findall(r"\| (md|code|sh) \}\}", line))
        opened = re.match(r" *```(\w*)$", line)
        if opened:
            fence = "" if fence else opened[1]
        else:
            assert filters <= {"bash": {"sh"}, "mermaid": {"md"}, "": {"md", "code"}}[fence], line


def test_every_template_is_in_the_manifest_and_every_file_has_one() -> None:
    assert {path.relative_to(TEMPLATES).as_posix() for path in _PATHS} == {f"{file}.j2" for file in FILES}
