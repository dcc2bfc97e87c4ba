"""Templates that are not part of owscale: the same output as owscale's own, and no harm whatever they contain."""

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from owscale.errors import TemplateError
from owscale.render.file_list import RenderedFile, build_contexts, plan_files
from owscale.render.hcl import HclExpression
from owscale.render.overrides import Overrides
from owscale.render.renderer import Renderer
from owscale.render.sandbox import protocol
from owscale.render.sandbox import renderer as sandbox
from owscale.render.sandbox.renderer import SandboxedRenderer
from tests._support.cases import Case, cases
from tests._support.project import Project

NAME = "main.tf.j2"


def render(template: str, context: dict[str, Any] | None = None, name: str = NAME) -> str:
    return SandboxedRenderer({}, {name: template}, "own").render(name, "Generated.", context or {})


def failure(template: str, context: dict[str, Any] | None = None) -> str:
    with pytest.raises(TemplateError) as error:
        render(template, context)
    return str(error.value)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_output_is_the_same_as_without_the_sandbox(case: Case) -> None:
    """Every shipped template as an own one: all values of a context survive the way to the process and back."""
    shipped = Renderer()
    own = SandboxedRenderer({}, shipped.texts, "own")
    for checked in case.checked():
        for file in plan_files(build_contexts(checked, "spec.yaml"), Overrides(), shipped.templates):
            assert isinstance(file, RenderedFile)
            expected = shipped.render(file.template, "Generated.", file.context)
            assert own.render(file.template, "Generated.", file.context) == expected, file.path
            assert own.source_digest(file.template) == shipped.source_digest(file.template)


HOSTILE = {
    "an endless loop": (
        "\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        ":2: takes more",
    ),
    "a huge text": ("\n\n{{ ('x' * 10**9) | hcl }}", "needs too much memory"),
    "a huge text without a filter": ("{{ 'x' * 10**8 }}", ""),
    "a huge number": ("{{ (10**(10**10)) | hcl }}", "takes more than 1 s"),
    "a huge range": ("\n{{ range(10**9) | list | hcl }}", ":2: Range too big"),
    "a long output": (
        "\n{% for a in range(9999) %}{% for b in range(999) %}aaaaaaaaaa{% endfor %}{% endfor %}",
        ":2: its output is longer than 4,194,304 characters",
    ),
    "a padded text": ("{{ ('%1000000000d' | format(1)) | hcl }}", "needs too much memory"),
    "a formatted text": ("{{ '{:1000000000}'.format(1) | hcl }}", "needs too much memory"),
    "a recursive macro": (
        "\n{% macro a() %}{{ a() }}{% endmacro %}{{ a() | hcl }}",
        ":2: recursion: the template includes or extends itself, or calls",
    ),
    "deep brackets": (
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " | hcl }}",
        "recursion: the template includes or extends itself, or calls",
    ),
    "deep lists": ("{{ " + "[" * 90 + "]" * 90 + " | hcl }}", ""),
    "deep blocks": ("{% if true %}" * 3000 + "{% endif %}" * 3000, ""),
    "the class of a text": (
        "\n{{ ''.__class__.__mro__ | hcl }}",
        ":2: access to attribute '__class__' of 'str' object is unsafe",
    ),
    "the class by a filter": ("{{ ''|attr('__class__')|attr('__mro__') | hcl }}", "has no __mro__"),
    "globals of a function": ("{{ lipsum.__globals__ | hcl }}", "unsafe"),
    "globals of a macro": ("{% macro a() %}{% endmacro %}{{ a.__init__.__globals__ | hcl }}", "unsafe"),
    "builtins of a cycler": ("{{ cycler.__init__.__globals__.os.popen('id').read() | hcl }}", "unsafe"),
    "the frame of a generator": ("{{ (range(3) | map('string')).gi_frame | hcl }}", "unsafe"),
    "a format that reads attributes": ("{{ '{0.__class__.__init__.__globals__}'.format(name) | hcl }}", "unsafe"),
    "a format_map": ("{{ '{a.__class__}'.format_map({'a': name}) | hcl }}", "unsafe"),
    "a format through a filter": ("{{ (['{0.__class__}'] | map('format', name) | list) | hcl }}", ""),
    "a change of the context": ("{{ items.append('x') | hcl }}", "unsafe"),
    "a change of a mapping": ("{{ mapping.update({'x': 1}) | hcl }}", "unsafe"),
    "a file": ("{% include '/etc/passwd' %}", "no template named /etc/passwd"),
    "a file above": ("{% include '../../../../etc/passwd' %}", "no template named ../../../../etc/passwd"),
    "an endless text": ("{{ ('a' * 40000 ~ '!') | urlize | hcl }}", ""),
    "an import": ("{% import 'os' as os %}{{ os.environ | hcl }}", "no template named os"),
}


@pytest.mark.parametrize(("template", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_template_is_an_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch, template: str, message: str
) -> None:
    monkeypatch.setattr(protocol, "CPU_SECONDS", 1)
    started = time.monotonic()
    context = {"name": "chat", "items": ["a"], "mapping": {"a": "b"}}
    if message:
        text = failure(template, context)
        assert text.startswith(f"own/{NAME}")
        assert message in text
    else:
        with suppress(TemplateError):
            assert len(render(template, context)) < protocol.MAX_FILE_CHARACTERS
    assert time.monotonic() - started < sandbox.WALL_SECONDS
    assert context == {"name": "chat", "items": ["a"], "mapping": {"a": "b"}}
    assert render("{{ name | hcl }}", context) == '# Generated.\n\n"chat"', "the next template is rendered"


def test_process_has_no_credentials_and_opens_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a template had escaped from Jinja: its code runs in the process itself."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    process = sandbox._Process({"shipped": {}, "own": {NAME: "{{ name | hcl }}"}, "own_shown": "own", "cpu_seconds": 1})
    assert process.ask({"template": NAME, "header": "x", "context": ["m", {"name": "a"}]})["text"]
    pid = process._process.pid
    if Path("/proc/self").exists():
        assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
        assert os.readlink(f"/proc/{pid}/cwd") == "/"
        limits = Path(f"/proc/{pid}/limits").read_text()
        for name, value in (("open files", 0), ("file size", 0), ("core file size", 0), ("address space", 512 << 20)):
            [line] = [line for line in limits.splitlines() if line.lower().startswith(f"max {name}")]
            assert line.split()[-3:-1] == [str(value)] * 2, line
    process.stop()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0" * 8,
        b"\xff" * 8,
        b"\0\0\0\0\0\0\0\2{}",
        b"\0\0\0\0\0\0\0\4null",
        b"\0\0\0\0\0\0\0\1{",
        b"\0\0\0\0\0\0\0\7[[[[[[[",
    ],
    ids=["no answer", "empty", "too long", "no fields", "null", "no JSON", "open brackets"],
)
def test_answer_of_a_process_is_not_trusted(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    """As if a template had escaped, and answered in the place of the process."""
    start = f"import os, sys; os.write(1, {answer!r})"
    monkeypatch.setattr(sandbox, "_START", start)
    template = f"{{# {answer.hex()} #}}"
    assert f"own/{NAME}: the " in failure(template)


def test_process_that_is_silent_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_START", "import time; time.sleep(600)")
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.5)
    large = {"name": "x" * 1_000_000}  # more than a pipe holds; the process does not read it
    assert failure("{# silent #}", large).startswith(f"own/{NAME}: takes more than 0.5 s")


def test_template_that_exceeds_a_limit_again_and_again_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    template = "{# again #}{% for a in range(9999) %}{% for b in range(999) %}aaaa{% endfor %}{% endfor %}"
    messages = {failure(template) for _ in range(3)}
    monkeypatch.setattr(sandbox.SandboxedRenderer, "_ask", lambda *_: pytest.fail("tried again"))
    assert {failure(template)} == messages


def test_results_do_not_depend_on_earlier_ones() -> None:
    template = "{% set ns = namespace(n=0) %}{% for a in items %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n | hcl }}"
    assert [render(template, {"items": ["a"] * n})[-1] for n in (3, 1, 2, 3)] == ["3", "1", "2", "3"]


@pytest.mark.parametrize("value", ["'a b' | wordwrap(1)", "lipsum(1)", "[1] | pprint", "[1] | tojson", "'a' | urlize"])
def test_filter_opens_no_module_when_it_is_used(value: str) -> None:
    assert render(f"{{{{ ({value} ~ '') | hcl }}}}")


def test_values_survive_the_way_to_the_process() -> None:
    value = {"a": [1, 1.5, None, True, "é\ud800", HclExpression("module.a")], "l": ["m", {"b": ("s", "x", {})}]}
    there = protocol.from_json(json.loads(json.dumps(protocol.to_json(value))))
    assert there == {"a": value["a"], "l": ["m", {"b": ["s", "x", {}]}]}
    assert isinstance(there["a"][-1], HclExpression)
    with pytest.raises(TypeError):
        protocol.to_json(object())


def test_check_and_diff_render_a_hostile_template_in_the_sandbox(git_project: Project) -> None:
    git_project.change_spec("name: minimal", "name: minimal\ncustom: {templates: own}")
    file = git_project.spec.parent / "own/outputs.tf.j2"
    file.parent.mkdir()
    file.write_text("{{ cycler.__init__.__globals__.os.system('touch /tmp/owscale-escaped') | hcl }}\n")
    for words in (("check",), ("generate",), ("diff", "--base", "main")):
        assert git_project.run(*words) == 1
        assert "spec/own/outputs.tf.j2:1: access to attribute '__init__'" in git_project.stderr
        assert "hint: use only names of the spec, filters, conditions and loops" in git_project.stderr
    assert not Path("/tmp/owscale-escaped").exists()  # noqa: S108 -- where the template would write
