"""Compiled templates: they are used while they are current, and are invisible otherwise."""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import jinja2
import pytest

from owscale import _generated
from owscale.errors import TemplateError
from owscale.render import compiled_templates
from owscale.render.file_list import RenderedFile, build_contexts, plan_files
from owscale.render.overrides import Overrides
from owscale.render.renderer import Renderer
from owscale.render.template_files import TEMPLATES
from tests._support.cases import Case, cases

SOURCES = {
    "main.tf.j2": "locals {\n  name = {{ name | hcl }}\n}\n",
    "modules/a/main.tf.j2": "{% if name %}\n# {{ name | hcl }}\n{% endif %}\n",
    "README.md.j2": "# {{ name | md }}\n",
}


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Replace `_generated/` of the checkout with a directory that does not exist yet."""
    directory = tmp_path / "generated"
    monkeypatch.setattr(_generated, "DIRECTORY", str(directory))
    return directory


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    directory = tmp_path / "templates"
    for name, text in SOURCES.items():
        _write(directory / name, text)
    return directory


@pytest.fixture
def compiled(generated: Path, templates: Path) -> Path:
    """Compile the templates, and return the directory of their modules."""
    Renderer(templates).precompile()
    return generated / "templates"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _render(templates: Path) -> dict[str, str]:
    renderer = Renderer(templates)
    return {name: renderer.render(name, "Generated.", {"name": "chat"}) for name in renderer.templates}


def _forbid_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_template(*_: object, **__: object) -> NoReturn:
        pytest.fail("a template was compiled")

    monkeypatch.setattr(jinja2.Environment, "compile", compile_template)


# --- current ------------------------------------------------------------------------------------------------------


def test_current_modules_are_used_without_compiling(
    generated: Path, templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_source = _render(templates)
    Renderer(templates).precompile()
    _forbid_compiling(monkeypatch)
    assert _render(templates) == from_source
    assert any(generated.rglob("*.py"))


def test_two_renderers_share_the_modules(compiled: Path, templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _forbid_compiling(monkeypatch)
    assert compiled.is_dir()
    assert _render(templates) == _render(templates)


def test_no_module_is_removed_with_a_renderer(compiled: Path, templates: Path) -> None:
    assert compiled.is_dir()
    _render(templates)
    modules = [value for name, value in sys.modules.items() if name.startswith("_jinja2_module_templates_")]
    gc.collect()
    assert modules
    for module in modules:
        assert module.__path__  # ReferenceError once the loader is gone


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_output_is_the_same_as_from_source(generated: Path, case: Case) -> None:
    from_source, renderer = Renderer(), Renderer()
    assert not generated.exists()
    renderer.precompile()
    from_modules = Renderer()
    for checked in case.checked():
        for file in plan_files(build_contexts(checked, "spec.yaml"), Overrides(), renderer.templates):
            assert isinstance(file, RenderedFile)
            expected = from_source.render(file.template, "Generated.", file.context)
            assert from_modules.render(file.template, "Generated.", file.context) == expected, file.path


# --- outdated -----------------------------------------------------------------------------------------------------


def test_edit_of_a_template_counts_at_once(compiled: Path, templates: Path) -> None:
    assert compiled.is_dir()
    _write(templates / "main.tf.j2", "# edited\n")
    assert _render(templates)["main.tf.j2"] == "# Generated.\n\n# edited\n"


def test_new_and_deleted_templates_count_at_once(compiled: Path, templates: Path) -> None:
    assert compiled.is_dir()
    _write(templates / "outputs.tf.j2", "# new\n")
    (templates / "modules/a/main.tf.j2").unlink()
    assert sorted(_render(templates)) == ["README.md.j2", "main.tf.j2", "outputs.tf.j2"]
    with pytest.raises(TemplateError, match=r"^templates/modules/a/main\.tf\.j2: not found\n  hint: "):
        Renderer(templates).render("modules/a/main.tf.j2", "x", {"name": "a"})


def _is_current(templates: Path) -> bool:
    return compiled_templates.load(Renderer(templates)._loader.shipped) is not None


@pytest.mark.parametrize("source", compiled_templates.COMPILE_TIME_SOURCES)
def test_edit_of_a_compile_time_source_invalidates(
    generated: Path, templates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    package = tmp_path / "package"
    for name in compiled_templates.COMPILE_TIME_SOURCES:
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(_generated.PACKAGE, name), package / name)
    monkeypatch.setattr(_generated, "PACKAGE", str(package))
    Renderer(templates).precompile()
    assert generated.is_dir()
    assert _is_current(templates)
    with (package / source).open("a") as file:
        file.write("# edited\n")
    assert not _is_current(templates)
    Renderer(templates).precompile()
    assert _is_current(templates)


def test_another_version_of_jinja_invalidates(compiled: Path, templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled.is_dir()
    assert _is_current(templates)
    monkeypatch.setattr(jinja2, "__version__", "0.0")
    assert not _is_current(templates)


def test_compile_time_sources_are_complete() -> None:
    """Every module of owscale that the environments use is part of the digest."""
    script = (
        "import sys, owscale.render.environment;"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('owscale') and not hasattr(m, '__path__')))"
    )
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 -- our own code
    names = {os.path.relpath(file, _generated.PACKAGE) for file in process.stdout.split()}
    assert names | {"render/compiled_templates.py"} == set(compiled_templates.COMPILE_TIME_SOURCES)


# --- missing or damaged -------------------------------------------------------------------------------------------


def _damage_modules(change: Callable[[str], str]) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        for module in directory.glob("*.py"):
            module.write_text(change(module.read_text()))

    return damage


def _replace_digest(content: bytes) -> Callable[[Path], object]:
    return lambda directory: (directory / "sources.digest").write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": shutil.rmtree,
    "without digest": lambda directory: os.remove(directory / "sources.digest"),
    "digest of another version": _replace_digest(b"0" * 32),
    "binary digest": _replace_digest(b"\xff\xfe"),
    "without modules": lambda directory: [*map(os.remove, directory.glob("*.py"))],
    "without one module": lambda directory: os.remove(min(directory.glob("*.py"))),
    "empty modules": _damage_modules(lambda _: ""),
    "binary modules": _damage_modules(lambda _: "\0"),
    "syntax errors": _damage_modules(lambda text: f"{text}\ndef root(:\n"),
    "failing modules": _damage_modules(lambda text: f"{text}\nraise SystemError\n"),
    "without their last line": _damage_modules(lambda text: text.rstrip().rpartition("\n")[0]),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_missing_or_damaged_modules_fall_back_silently(
    compiled: Path, templates: Path, damage: Callable[[Path], object], capfd: pytest.CaptureFixture[str]
) -> None:
    expected = _render(templates)
    shutil.rmtree(compiled / "__pycache__", ignore_errors=True)
    damage(compiled)
    assert _render(templates) == expected
    assert capfd.readouterr() == ("", "")


def test_interrupted_precompile_leaves_nothing_current(
    compiled: Path, templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    assert compiled.is_dir()
    monkeypatch.setattr(jinja2.Environment, "compile_templates", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Renderer(templates).precompile()
    assert not _is_current(templates)


def test_precompile_removes_modules_of_deleted_templates(compiled: Path, templates: Path) -> None:
    (templates / "modules/a/main.tf.j2").unlink()
    Renderer(templates).precompile()
    assert len(list(compiled.glob("*.py"))) == len(SOURCES) - 1


# --- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("\n\na = {{ nmae | hcl }}\n", "templates/main.tf.j2:3: nmae is undefined\n  hint: did you mean name?"),
        ("\na = {{ name }}\n", "templates/main.tf.j2:2: 'chat' was printed without the hcl filter"),
        ("{{ 1 // 0 }}\n", "templates/main.tf.j2:1: "),
        ("\n\n\n{{ name // 0 | hcl }}\n", "templates/main.tf.j2:4: "),
        ("\n{% include 'gone.tf.j2' %}\n", "templates/main.tf.j2:2: no template named gone.tf.j2"),
        ("{% include 'main.tf.j2' %}\n", "templates/main.tf.j2:1: recursion: the template includes or extends itself"),
    ],
)
def test_error_messages_are_the_same_as_from_source(
    generated: Path, templates: Path, template: str, message: str
) -> None:
    _write(templates / "main.tf.j2", template)
    from_source = _failure(templates)
    assert from_source.startswith(message)
    assert not generated.exists()
    Renderer(templates).precompile()
    assert _is_current(templates)
    assert _failure(templates) == from_source


def _failure(templates: Path) -> str:
    with pytest.raises(TemplateError) as error:
        Renderer(templates).render("main.tf.j2", "Generated.", {"name": "chat"})
    return str(error.value)


def test_shipped_templates_can_be_precompiled(generated: Path) -> None:
    Renderer().precompile()
    assert len(list((generated / "templates").glob("*.py"))) == len(list(TEMPLATES.rglob("*.j2")))
