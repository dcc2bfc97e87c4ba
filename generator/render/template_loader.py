"""Give the texts of templates to Jinja."""

from collections.abc import Mapping

import jinja2

from owscale.render.template_files import SHIPPED_PREFIX, shipped_path


class TemplateLoader(jinja2.BaseLoader):
    """Gives Jinja the texts of templates by name: own ones first, then the shipped ones.

    `own_shown` is the directory of the custom templates in messages.
    """

    def __init__(self, shipped: Mapping[str, str], own: Mapping[str, str] | None = None, own_shown: str = "") -> None:
        self.shipped = shipped
        self.own = own or {}
        self._own_shown = own_shown

    def shown(self, template: str) -> str:
        """Return the path of a template in messages."""
        return f"{self._own_shown}/{template}" if template in self.own else shipped_path(template)

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, None]:  # noqa: ARG002 -- Jinja passes the environment to every loader
        """Return the text and the file of a template to Jinja."""
        if template in self.own:
            return self.own[template], self.shown(template), None
        name = template if template in self.shipped else template.removeprefix(f"{SHIPPED_PREFIX}/")
        if name not in self.shipped:
            raise jinja2.TemplateNotFound(template)
        return self.shipped[name], shipped_path(name), None

    def list_templates(self) -> list[str]:
        """Return the names of the shipped templates to Jinja."""
        return sorted(self.shipped)
