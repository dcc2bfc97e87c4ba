"""Render templates to text: the layout of values, the values that are refused, and messages for broken templates."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from owscale.errors import TemplateError
from owscale.render.hcl import HclExpression, quote
from owscale.render.renderer import Renderer

HEADER = "Generated."
Render = Callable[..., str]


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Return a function that renders the text of a template, and removes the header from the result."""

    def render(template: str, **names: Any) -> str:
        (tmp_path / "main.tf.j2").write_text(template)
        text = Renderer(tmp_path).render("main.tf.j2", HEADER, names)
        assert text.startswith(f"# {HEADER}\n\n")
        return text.removeprefix(f"# {HEADER}\n\n")

    return render


def render_error(render: Render, template: str, **names: Any) -> str:
    with pytest.raises(TemplateError) as error:
        render(template, **names)
    return str(error.value)


# --- layout --------------------------------------------------------------------------------------------------------


def test_header_comes_first(tmp_path: Path) -> None:
    (tmp_path / "main.tf.j2").write_text("locals {}\n")
    assert Renderer(tmp_path).render("main.tf.j2", HEADER, {}) == "# Generated.\n\nlocals {}\n"


def test_lines_of_tags_are_removed(render: Render) -> None:
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


def test_alignment_follows_the_lines_that_an_if_keeps(render: Render) -> None:
    template = "a = 1\n{% if long %}\nlong_name = 2\n{% endif %}\nbc = 3\n"
    assert render(template, long=True) == "a         = 1\nlong_name = 2\nbc        = 3\n"
    assert render(template, long=False) == "a  = 1\nbc = 3\n"


def test_value_of_several_lines_is_indented_like_its_line(render: Render) -> None:
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
        render(template, tags={"a": HclExpression("var.a"), "bcd": {"e": "\n"}}, wide=wide)
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
@pytest.mark.parametrize("wrap", [lambda text: text, lambda text: [text], lambda text: {"key": text, "k": 1}])
def test_text_of_a_spec_stays_a_literal(render: Render, text: str, wrap: Callable[[str], Any]) -> None:
    lines = render("  a = {{ x | hcl }}\n", x=wrap(text)).splitlines()
    assert sum(quote(text) in line for line in lines) == 1
    assert len(lines) == (4 if isinstance(wrap(text), dict) else 1)


def test_false_values_are_printed(render: Render) -> None:
    assert render("a = [{{ a | hcl }}, {{ b | hcl }}, {{ c | hcl }}]\n", a=0, b="", c=None) == 'a = [0, "", null]\n'


# --- refused values ------------------------------------------------------------------------------------------------


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
def test_undefined_names_are_refused(render: Render, use: str) -> None:
    message = render_error(render, f"locals {{\n  a = 1\n  b = {use}\n}}\n", spec={"a": 1})
    assert message.startswith("templates/main.tf.j2:3: ")
    assert "nope" in message


@pytest.mark.parametrize("use", ["x", "7 * 7", "'a'", "x | upper", "(x | hcl) ~ x", "x | hcl | upper"])
def test_unfiltered_values_are_refused(render: Render, use: str) -> None:
    message = render_error(render, f"# comment\na = {{{{ {use} }}}}\n", x="text")
    assert message.startswith("templates/main.tf.j2:2: ")
    assert message.endswith(" was printed without the hcl filter\n  hint: write {{ … | hcl }}")


def test_value_without_hcl_literal_is_refused(render: Render) -> None:
    message = render_error(render, "\n\na = {{ x | hcl }}\n", x={"a": b"text"})
    assert message == (
        "templates/main.tf.j2:3: no HCL for b'text', of type bytes\n  hint: correct the template at this line"
    )


@pytest.mark.parametrize(
    ("template", "message", "hint"),
    [
        (
            "\n{% if x\n",
            "templates/main.tf.j2:2: unexpected end of template, expected 'end of statement block'.",
            "correct the template at this line; the syntax: ",
        ),
        (
            "\n\n{{ x | hcll }}\n",
            "templates/main.tf.j2:3: No filter named 'hcll'.",
            "correct the template at this line; the syntax: ",
        ),
        (
            "{% include 'mian.tf.j2' %}\n",
            "templates/main.tf.j2:1: no template named mian.tf.j2",
            "did you mean main.tf.j2?",
        ),
        (
            "{% include '0' %}\n",
            "templates/main.tf.j2:1: no template named 0",
            "name a shipped template, such as `main.tf.j2`",
        ),
    ],
)
def test_message_for_a_broken_template_has_file_and_line(
    render: Render, template: str, message: str, hint: str
) -> None:
    assert render_error(render, template, x=1).startswith(f"{message}\n  hint: {hint}")


def test_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"^templates/modules/a/main\.tf\.j2: not found\n  hint: "):
        Renderer(tmp_path).render("modules/a/main.tf.j2", HEADER, {})


@pytest.mark.parametrize("template", ["../secret.j2", "/etc/passwd"])
def test_templates_outside_the_directory_are_not_found(tmp_path: Path, template: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "secret.j2").touch()
    with pytest.raises(TemplateError, match=": not found"):
        Renderer(tmp_path / "templates").render(template, HEADER, {})


# --- documents -----------------------------------------------------------------------------------------------------


def render_document(directory: Path, template: str, header: str = HEADER, **names: Any) -> str:
    (directory / "README.md.j2").write_text(template)
    return Renderer(directory).render("README.md.j2", header, names)


def test_document_is_not_aligned_and_has_its_header_in_a_comment(tmp_path: Path) -> None:
    text = "# {{ a | md }}\n\na = 1\nbcd = {{ c | code }}\n{% if c %}\n\n\n```bash\nls {{ c | sh }}\n```\n{% endif %}\n"
    expected = "<!-- Generated. -->\n\n# \\*\n\na = 1\nbcd = `x y`\n\n```bash\nls 'x y'\n```\n"
    assert render_document(tmp_path, text, a="*", c="x y") == expected


def test_header_cannot_end_the_comment_of_a_document(tmp_path: Path) -> None:
    assert render_document(tmp_path, "# a\n", "From a--><b>.yaml.") == "<!-- From a--&gt;<b&gt;.yaml. -->\n\n# a\n"


@pytest.mark.parametrize("use", ["x", "7 * 7", "x | upper", "(x | md) ~ x", "x | md | upper"])
def test_document_refuses_unfiltered_values(tmp_path: Path, use: str) -> None:
    with pytest.raises(TemplateError) as error:
        render_document(tmp_path, f"# a\n\n{{{{ {use} }}}}\n", x="text")
    assert str(error.value).startswith("templates/README.md.j2:3: ")
    assert str(error.value).endswith(" was printed without one of the filters md, code, sh\n  hint: write {{ … | md }}")


@pytest.mark.parametrize(("template", "foreign"), [("README.md.j2", "hcl"), ("main.tf.j2", "sh")])
def test_filters_of_the_other_language_do_not_exist(tmp_path: Path, template: str, foreign: str) -> None:
    (tmp_path / template).write_text(f"{{{{ x | {foreign} }}}}\n")
    with pytest.raises(TemplateError, match=f"No filter named '{foreign}'"):
        Renderer(tmp_path).render(template, HEADER, {"x": 1})


@pytest.mark.parametrize("use", ["nope | md", "x.nope | sh", "nope"])
def test_document_refuses_undefined_names(tmp_path: Path, use: str) -> None:
    with pytest.raises(TemplateError, match=r"^templates/README\.md\.j2:1: .*nope"):
        render_document(tmp_path, f"{{{{ {use} }}}}\n", x={"a": 1})
