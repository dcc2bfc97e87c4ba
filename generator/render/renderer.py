"""Render a shipped template and a context to the text of a file."""

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from owscale.fs.hashing import content_digest
from owscale.render import compiled_templates
from owscale.render.environment import environment_for, indent_continuations
from owscale.render.languages import LANGUAGES, language_of
from owscale.render.template_files import TEMPLATES, read_templates
from owscale.render.template_loader import TemplateLoader

_TAG = re.compile(r"\{[{%#]")


class Renderer:
    """Renders the templates of a directory in this process: only for templates that are part of owscale."""

    def __init__(self, directory: Path = TEMPLATES) -> None:
        self._loader = TemplateLoader(read_templates(directory))
        self._environments = _environments(self._loader)
        compiled = compiled_templates.load(self._loader.shipped)
        environments = _environments(compiled) if compiled else {}
        self._get_compiled = {name: functools.cache(each.get_template) for name, each in environments.items()}
        self._digests: dict[str, str] = {}
        self._constant_texts: dict[str, str] = {}

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts of the templates by name."""
        return self._loader.shipped

    @property
    def templates(self) -> tuple[str, ...]:
        """Names of the templates, sorted."""
        return tuple(self._loader.shipped)

    def render(self, template: str, header: str, context: dict[str, Any]) -> str:
        """Return the text of a file, with its header, in the layout of its language.

        Raises TemplateError for a missing template, a syntax error, an undefined name or an unfiltered value.
        """
        language = language_of(template)
        text = self._constant_texts.get(template)
        if text is None:
            source = self._loader.shipped.get(template)
            is_constant = source is not None and not _TAG.search(source)
            body = source if is_constant else self._render_compiled(language.name, template, context)
            if body is None:
                body = self._render_source(language.name, template, context)
            text = language.layout(f"\n\n{indent_continuations(body)}")
            if is_constant:  # all deployments have this text
                self._constant_texts[template] = text
        return language.header(header) + text

    def source_digest(self, template: str) -> str:
        """Return the digest of a template."""
        if template not in self._digests:
            self._digests[template] = content_digest(self._loader.shipped[template].encode())
        return self._digests[template]

    def precompile(self) -> None:
        """Store the compiled form of the templates for later renderers."""
        names: dict[str, list[str]] = {language.name: [] for language in LANGUAGES}
        for template in self.templates:
            names[language_of(template).name].append(template)
        environments = [(self._environments[language], templates) for language, templates in names.items()]
        compiled_templates.write(self._loader.shipped, environments)

    def _render_compiled(self, language: str, template: str, context: dict[str, Any]) -> str | None:
        """Render with the compiled templates; None if there are none, or if the template fails.

        A failure is repeated with the source, whose errors have a file and a line. A shared context is not copied for
        each file, and lacks the functions of Jinja, which no shipped template calls.
        """
        if not self._get_compiled:
            return None
        try:
            compiled = self._get_compiled[language](template)
            return "".join(compiled.root_render_func(compiled.new_context(context, shared=True)))
        except Exception:
            return None

    def _render_source(self, language: str, template: str, context: dict[str, Any]) -> str:
        try:
            return self._environments[language].get_template(template).render(context)
        except Exception as error:  # a template can fail in as many ways as Python code
            from owscale.render.errors import template_error  # noqa: PLC0415 -- only a mistake needs it

            raise template_error(error, template, self._loader, context) from error


def _environments(loader: jinja2.BaseLoader) -> dict[str, jinja2.Environment]:
    """Return the environment of each language by the language's name."""
    return {language.name: environment_for(language, loader) for language in LANGUAGES}
