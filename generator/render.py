"""Templates and contexts to text; pure: reads templates, writes nothing."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta

from generator.errors import OwscaleError
from generator.kinds import HCL, MARKDOWN, Kind, kind_of
from generator.template_errors import missing

# The editable install finds templates/ beside the package; the wheel carries them inside (pyproject.toml).
_PACKAGE = Path(__file__).resolve().parent
TEMPLATES = next((p for p in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if p.is_dir()), _PACKAGE)


OWN = "owscale"
"""A template that takes the place of owscale's may include or extend that one: `{% include "owscale/main.tf.j2" %}`."""


class TemplateError(OwscaleError):
    """A template is broken; the message names its file, its line and what is missing."""


class Renderer:
    """A Jinja environment for each kind of template; templates that a deployment brings along, by name, come first.

    `shown` is the folder of these as messages name it.
    """

    def __init__(self, folder: Path = TEMPLATES, custom: Mapping[str, Path] | None = None, shown: str = "") -> None:
        self._folder, self._custom = folder, custom or {}
        self._shown = {str(path): f"{shown}/{name}" for name, path in self._custom.items()}
        own = jinja2.FileSystemLoader(folder)
        self._loader = jinja2.ChoiceLoader(
            [jinja2.FunctionLoader(self._load_custom), own, jinja2.PrefixLoader({OWN: own})]
        )
        self._environments = {kind.finished: _environment(kind, self._loader) for kind in (HCL, MARKDOWN)}

    def render(self, template: str, header: str, context: Mapping[str, Any]) -> str:
        """The file that a template gives, in its language's layout: HCL as `terraform fmt` would leave it.

        Raises TemplateError for a missing template, a syntax error, an undefined name or an unfiltered value.
        """
        kind = kind_of(template)
        try:
            body = self._environments[kind.finished].get_template(template).render(context)
        except TemplateError:
            raise
        except jinja2.TemplateNotFound as error:
            place = self._place(error, "")
            told = f"{place}: no template is called {error.name}" if place else f"templates/{template}: is missing"
            raise TemplateError(told) from error
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(f"{self._named(error.filename or '')}:{error.lineno}: {error.message}") from error
        except jinja2.UndefinedError as error:
            raise TemplateError(f"{self._place(error, template)}: {missing(str(error), context)}") from error
        except Exception as error:  # a template can go wrong in as many ways as Python code
            raise TemplateError(f"{self._place(error, template)}: {_words(error)}") from error
        return kind.laid_out(f"{kind.header(header)}\n{_indented(body)}")

    def sources(self, template: str) -> str:
        """The text of a template, and after it those that one of the deployment's own includes or extends."""
        environment = self._environments[kind_of(template).finished]
        texts: dict[str, str] = {}
        pending = [template]
        while pending:
            name = pending.pop(0)
            if name in texts:
                continue
            texts[name] = self._loader.get_source(environment, name)[0]
            if name in self._custom:
                parsed = environment.parse(texts[name])
                pending += sorted(filter(None, jinja2.meta.find_referenced_templates(parsed)))
        return "\0".join(texts.values())

    def _load_custom(self, template: str) -> tuple[str, str, None] | None:
        path = self._custom.get(template)
        if path is None:
            return None
        try:
            return path.read_text(encoding="utf-8"), str(path), None
        except UnicodeDecodeError as error:
            raise TemplateError(f"{self._named(str(path))}: is not UTF-8: {error.reason}") from error
        except OSError as error:
            raise TemplateError(f"{self._named(str(path))}: {error.strerror}") from error

    def _place(self, error: Exception, template: str) -> str:
        """Where a template failed: the last frame that Jinja rewrote to point into one."""
        place, frame = template, error.__traceback__
        while frame is not None:
            file = frame.tb_frame.f_code.co_filename
            if file.endswith(".j2"):
                place = f"{self._named(file)}:{frame.tb_lineno}"
            frame = frame.tb_next
        return place

    def _named(self, file: str) -> str:
        """A template's file as messages name it."""
        if file in self._shown:
            return self._shown[file]
        return (
            f"templates/{Path(file).relative_to(self._folder).as_posix()}"
            if file.startswith(f"{self._folder}/")
            else file
        )


def _words(error: Exception) -> str:
    """What went wrong in a template; some exceptions say nothing."""
    if isinstance(error, RecursionError):
        return "includes or extends itself"
    return str(error) or type(error).__name__


def _environment(kind: Kind, loader: jinja2.BaseLoader) -> jinja2.Environment:
    def only_finished(value: object) -> object:
        if isinstance(value, jinja2.Undefined):
            return value  # Jinja raises with the missing name when it prints this
        if not isinstance(value, kind.finished):
            raise TypeError(kind.unfiltered(value))
        return value.replace("\n", _CONTINUED)

    environment = jinja2.Environment(
        loader=loader,
        autoescape=False,  # noqa: S701 -- not HTML: `finalize` refuses whatever is not escaped for the language
        finalize=only_finished,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {name: _defined(function) for name, function in kind.filters.items()}
    return environment


def _defined(function: Callable[[Any], str]) -> Callable[[Any], str]:
    # Jinja raises with the missing name when an undefined value becomes text; a filter knows of a type alone.
    return lambda value: function(str(value) if isinstance(value, jinja2.Undefined) else value)


# A value knows nothing of the line it is printed on, so its line ends travel as this mark, which no filter lets
# through (hcl.quoted escapes it), until the line's indentation is known.
_CONTINUED = "\x00"


def _indented(body: str) -> str:
    lines = []
    for line in body.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        lines.append(line.replace(_CONTINUED, "\n" + indent))
    return "\n".join(lines)
