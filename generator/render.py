"""Templates and contexts to text; pure: reads templates, writes nothing but what it compiled, into the cache."""

import contextlib
import functools
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2

from generator.bytecode import bytecode, key
from generator.errors import OwscaleError
from generator.kinds import HCL, MARKDOWN, Kind, kind_of

# The editable install finds templates/ beside the package; the wheel carries them inside (pyproject.toml).
_PACKAGE = Path(__file__).resolve().parent
TEMPLATES = next((p for p in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if p.is_dir()), _PACKAGE)

# What Jinja calls when it compiles, for a constant is printed then, and what it is told: both shape the code.
_SHAPING = [_PACKAGE / name for name in ("hcl.py", "kinds.py", "markdown.py", "render.py")]

OWN = "owscale"
"""A template that takes the place of owscale's may include or extend that one: `{% include "owscale/main.tf.j2" %}`."""


class TemplateError(OwscaleError):
    """A template is broken; the message names its file, its line and what is missing."""


class Renderer:
    """A Jinja environment for each kind of template; templates that a deployment brings along, by name, come first.

    `shown` is the folder of these as messages name it.
    """

    def __init__(self, folder: Path = TEMPLATES, custom: Mapping[str, Path] | None = None, shown: str = "") -> None:
        self._loader = _Loader(folder, custom or {}, shown)
        self._environments = {kind.finished: _environment(kind, self._loader) for kind in (HCL, MARKDOWN)}

    def render(self, template: str, header: str, context: Mapping[str, Any]) -> str:
        """The file that a template gives, in its language's layout: HCL as `terraform fmt` would leave it.

        Raises TemplateError for a missing template, a syntax error, an undefined name or an unfiltered value.
        """
        kind = kind_of(template)
        try:
            body = _rendered(self._environments[kind.finished].get_template(template), context)
        except TemplateError:
            raise
        except jinja2.TemplateNotFound as error:
            place = self._place(error, "")
            told = f"{place}: no template is called {error.name}" if place else f"templates/{template}: is missing"
            raise TemplateError(told) from error
        except jinja2.TemplateSyntaxError as error:
            place = f"{self._loader.named(error.filename or '')}:{error.lineno}"
            raise TemplateError(f"{place}: {error.message}") from error
        except jinja2.UndefinedError as error:
            from generator.template_errors import missing  # noqa: PLC0415 -- only a mistake waits for it

            raise TemplateError(f"{self._place(error, template)}: {missing(str(error), context)}") from error
        except Exception as error:  # a template can go wrong in as many ways as Python code
            raise TemplateError(f"{self._place(error, template)}: {_words(error)}") from error
        return kind.header(header) + kind.laid_out(f"\n\n{_indented(body)}")

    def sources(self, template: str) -> str:
        """The text of a template, and after it those that one of the deployment's own includes or extends."""
        if template not in self._loader.custom:
            return self._loader.own[template]
        from jinja2.meta import find_referenced_templates  # noqa: PLC0415 -- few deployments have templates of their own

        environment = self._environments[kind_of(template).finished]
        texts: dict[str, str] = {}
        pending = [template]
        while pending:
            name = pending.pop(0)
            if name in texts:
                continue
            texts[name] = self._loader.get_source(environment, name)[0]
            if name in self._loader.custom:
                pending += sorted(filter(None, find_referenced_templates(environment.parse(texts[name]))))
        return "\0".join(texts.values())

    def _place(self, error: Exception, template: str) -> str:
        """Where a template failed: the last frame that Jinja rewrote to point into one."""
        place, frame = template, error.__traceback__
        while frame is not None:
            file = frame.tb_frame.f_code.co_filename
            if file.endswith(".j2"):
                place = f"{self._loader.named(file)}:{frame.tb_lineno}"
            frame = frame.tb_next
        return place


class _Loader(jinja2.BaseLoader):
    """The templates: `custom` first, then owscale's, read once, so that all deployments of a run are of the same."""

    def __init__(self, folder: Path, custom: Mapping[str, Path], shown: str) -> None:
        self.custom = custom
        self.own = {name: _text(path, _stands(name)) for name, path in _templates(folder)}
        self._shown = {str(path.absolute()): f"{shown}/{name}" for name, path in custom.items()}

    def named(self, file: str) -> str:
        """A template's file as messages name it."""
        return self._shown.get(file, file)

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, None]:  # noqa: ARG002 -- Jinja's
        """For Jinja: the text of a template and where it stands."""
        if template in self.custom:
            file = str(self.custom[template].absolute())  # so that it is never taken for one of owscale's
            return _text(file, self.named(file)), file, None
        name = template if template in self.own else template.removeprefix(f"{OWN}/")
        if name not in self.own:
            raise jinja2.TemplateNotFound(template)
        return self.own[name], _stands(name), None


def _stands(name: str) -> str:
    """Where a template of owscale's is, as messages and Jinja name it."""
    return f"templates/{name}"


def _templates(folder: Path) -> Iterator[tuple[str, str]]:
    """Every template below a folder by its path in it."""
    for here, _, files in os.walk(folder):
        for path in (f"{here}/{file}" for file in files if file.endswith(".j2")):
            yield path[len(str(folder)) + 1 :], path


def _text(path: str | Path, shown: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TemplateError(f"{shown}: is not UTF-8: {error.reason}") from error
    except OSError as error:
        raise TemplateError(f"{shown}: {error.strerror}") from error


def _rendered(template: jinja2.Template, context: Mapping[str, Any]) -> str:
    """What the template's own method gives, without its copies of the context, a tenth of all the work."""
    names = template.new_context({**template.environment.globals, **context}, shared=True)
    try:
        return "".join(template.root_render_func(names))
    except Exception:  # whatever it is comes once more
        return template.render(context)  # which tells the line of the template


def _words(error: Exception) -> str:
    """What went wrong in a template; some exceptions say nothing."""
    if isinstance(error, RecursionError):
        return "includes or extends itself"
    return str(error) or type(error).__name__


def _environment(kind: Kind, loader: _Loader) -> jinja2.Environment:
    def only_finished(value: object) -> object:
        if isinstance(value, kind.finished):
            return value.replace("\n", _CONTINUED)
        if isinstance(value, jinja2.Undefined):
            return value  # Jinja raises with the missing name when it prints this
        raise TypeError(kind.unfiltered(value))

    own = {name: text for name, text in loader.own.items() if kind_of(name) is kind}
    shaping = (path.read_bytes() for path in _SHAPING if path.exists())
    compiled = bytecode(key(own, shaping), frozenset(map(_stands, own)))
    environment = jinja2.Environment(
        loader=loader,
        bytecode_cache=compiled,
        autoescape=False,  # noqa: S701 -- not HTML: `finalize` refuses whatever is not escaped for the language
        finalize=only_finished,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {name: _filtering(function) for name, function in kind.filters.items()}
    if compiled.empty and own:
        for name in own:  # all of them, as they are kept together
            with contextlib.suppress(Exception):  # what is wrong with one is told when it is needed
                environment.get_template(name)
        compiled.save()
    return environment


def _filtering(function: Callable[[Any], str]) -> Callable[[Any], str]:
    of_text = functools.lru_cache(maxsize=4096)(function)  # a text comes again in other files, and in other deployments

    def filtered(value: object) -> str:
        if type(value) is str:
            return of_text(value)
        # Jinja raises with the missing name when an undefined value becomes text; a filter knows of a type alone.
        return function(str(value) if isinstance(value, jinja2.Undefined) else value)

    return filtered


# A value knows nothing of the line it is printed on, so its line ends travel as this mark, which no filter lets
# through (hcl.quoted escapes it), until the line's indentation is known.
_CONTINUED = "\x00"


def _indented(body: str) -> str:
    if _CONTINUED not in body:
        return body
    lines = body.split("\n")
    for number, line in enumerate(lines):
        if _CONTINUED in line:
            indent = line[: len(line) - len(line.lstrip())]
            lines[number] = line.replace(_CONTINUED, "\n" + indent)
    return "\n".join(lines)
