"""Render a template and a context to the text of a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from owscale.console.text import closest
from owscale.errors import TemplateError
from owscale.fs.hashing import content_digest
from owscale.render import compiled_templates
from owscale.render.environment import environment_for, indent_continuations
from owscale.render.languages import LANGUAGES, UnfilteredValueError, language_of
from owscale.render.template_loader import SHIPPED_PREFIX, TEMPLATES, TemplateLoader, shipped_path

_LINE_HINT = "correct the template at this line"
_SYNTAX_HINT = "correct the template at this line; the syntax: https://jinja.palletsprojects.com/en/stable/templates/"


class Renderer:
    """Renders the templates of a directory.

    `overrides` maps template names to files that replace shipped templates; `overrides_shown` is their directory in
    messages.
    """

    def __init__(
        self, directory: Path = TEMPLATES, overrides: Mapping[str, Path] | None = None, overrides_shown: str = ""
    ) -> None:
        self._loader = TemplateLoader(directory, overrides or {}, overrides_shown)
        self._environments = _environments(self._loader)
        # With overrides, a name can stand for another file than the one that was compiled.
        compiled = None if overrides else compiled_templates.load(self._loader.shipped)
        self._compiled_environments = _environments(compiled) if compiled else None
        self._digests: dict[str, str] = {}

    @property
    def templates(self) -> tuple[str, ...]:
        """Names of the shipped templates, sorted."""
        return tuple(self._loader.shipped)

    def render(self, template: str, header: str, context: Mapping[str, Any]) -> str:
        """Return the text of a file, with its header, in the layout of its language.

        Raises TemplateError for a missing template, a syntax error, an undefined name or an unfiltered value.
        """
        language = language_of(template)
        body = self._render_compiled(language.name, template, context)
        if body is None:
            body = self._render_source(language.name, template, context)
        return language.header(header) + language.layout(f"\n\n{indent_continuations(body)}")

    def source_digest(self, template: str) -> str:
        """Return the digest of a template; for an override, together with the templates that it includes or extends."""
        if template not in self._digests:
            self._digests[template] = content_digest(self._sources(template).encode())
        return self._digests[template]

    def precompile(self) -> None:
        """Store the compiled form of the shipped templates for later renderers."""
        names: dict[str, list[str]] = {language.name: [] for language in LANGUAGES}
        for template in self.templates:
            names[language_of(template).name].append(template)
        environments = [(self._environments[language], templates) for language, templates in names.items()]
        compiled_templates.write(self._loader.shipped, environments)

    def _render_compiled(self, language: str, template: str, context: Mapping[str, Any]) -> str | None:
        """Render with the compiled templates; None where there are none, or where the template fails.

        A failure is repeated with the source, whose errors have a file and a line.
        """
        if self._compiled_environments is None:
            return None
        try:
            return self._compiled_environments[language].get_template(template).render(context)
        except Exception:
            return None

    def _render_source(self, language: str, template: str, context: Mapping[str, Any]) -> str:
        try:
            return self._environments[language].get_template(template).render(context)
        except TemplateError:
            raise
        except jinja2.TemplateNotFound as error:
            place = self._place(error, "")
            if not place:
                hint = "install owscale again, which has lost a template"
                raise TemplateError(f"{shipped_path(template)}: not found", hint=hint) from error
            similar = closest(str(error.name), self.templates)
            hint = f"did you mean {similar}?" if similar else f"name a shipped template, such as {self.templates[0]}"
            raise TemplateError(f"{place}: no template named {error.name}", hint=hint) from error
        except jinja2.TemplateSyntaxError as error:
            place = f"{self._loader.shown(error.filename or '')}:{error.lineno}"
            raise TemplateError(f"{place}: {error.message}", hint=_SYNTAX_HINT) from error
        except jinja2.UndefinedError as error:
            from owscale.render.errors import explain_undefined  # noqa: PLC0415 -- only a mistake needs it

            message, hint = explain_undefined(str(error), context)
            raise TemplateError(f"{self._place(error, template)}: {message}", hint=hint or _LINE_HINT) from error
        except RecursionError as error:
            raise TemplateError(
                f"{self._place(error, template)}: includes or extends itself",
                hint=f'to include the template that it replaces, write `{{% include "{SHIPPED_PREFIX}/{template}" %}}`',
            ) from error
        except Exception as error:  # a template can fail in as many ways as Python code
            message = str(error) or type(error).__name__
            hint = error.hint if isinstance(error, UnfilteredValueError) else _LINE_HINT
            raise TemplateError(f"{self._place(error, template)}: {message}", hint=hint) from error

    def _place(self, error: Exception, default: str) -> str:
        """Return file and line where a template failed: the last frame that Jinja rewrote to point into one."""
        place, frame = default, error.__traceback__
        while frame is not None:
            file = frame.tb_frame.f_code.co_filename
            if file.endswith(".j2"):
                place = f"{self._loader.shown(file)}:{frame.tb_lineno}"
            frame = frame.tb_next
        return place

    def _sources(self, template: str) -> str:
        """Return the text of a template; for an override, with the texts of the templates it includes or extends."""
        if template not in self._loader.overrides:
            return self._loader.shipped[template]
        from jinja2.meta import find_referenced_templates  # noqa: PLC0415 -- few deployments have overrides

        environment = self._environments[language_of(template).name]
        texts: dict[str, str] = {}
        pending = [template]
        while pending:
            name = pending.pop(0)
            if name in texts:
                continue
            texts[name] = self._loader.get_source(environment, name)[0]
            if name in self._loader.overrides:
                pending += sorted(filter(None, find_referenced_templates(environment.parse(texts[name]))))
        return "\0".join(texts.values())


def _environments(loader: jinja2.BaseLoader) -> dict[str, jinja2.Environment]:
    """Return the environment of each language by the language's name."""
    return {language.name: environment_for(language, loader) for language in LANGUAGES}
