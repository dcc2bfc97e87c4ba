"""Read templates: those shipped with owscale, and the overrides of a deployment."""

import os
from collections.abc import Mapping
from pathlib import Path

import jinja2

from owscale import _generated
from owscale.errors import TemplateError
from owscale.fs.files import os_error_hint

# A wheel has the templates inside the package, a checkout beside it.
_IN_PACKAGE = Path(_generated.PACKAGE, "templates")
TEMPLATES = _IN_PACKAGE if _IN_PACKAGE.is_dir() else Path(_generated.PACKAGE).resolve().parent / "templates"
"""The directory of the shipped templates."""

SHIPPED_PREFIX = "owscale"
"""Prefix with which an override includes or extends the template it replaces: `{% include "owscale/main.tf.j2" %}`."""


class TemplateLoader(jinja2.BaseLoader):
    """The templates by name: overrides first, then the shipped ones, which are read once for all deployments.

    `overrides` maps template names to files; `overrides_shown` is their directory in messages.
    """

    def __init__(self, directory: Path, overrides: Mapping[str, Path], overrides_shown: str) -> None:
        self.overrides = overrides
        self.shipped = {name: _read(f"{directory}/{name}", shipped_path(name)) for name in template_names(directory)}
        self._shown = {str(path.absolute()): f"{overrides_shown}/{name}" for name, path in overrides.items()}

    def shown(self, file: str) -> str:
        """Return the path of a template's file for messages."""
        return self._shown.get(file, file)

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, None]:  # noqa: ARG002 -- Jinja's signature
        """Return the text and the file of a template to Jinja."""
        if template in self.overrides:
            file = str(self.overrides[template].absolute())  # absolute, so that it never equals a shipped path
            return _read(file, self.shown(file)), file, None
        name = template if template in self.shipped else template.removeprefix(f"{SHIPPED_PREFIX}/")
        if name not in self.shipped:
            raise jinja2.TemplateNotFound(template)
        return self.shipped[name], shipped_path(name), None

    def list_templates(self) -> list[str]:
        """Return the names of the shipped templates to Jinja."""
        return sorted(self.shipped)


def shipped_path(name: str) -> str:
    """Return the path of a shipped template in messages and in generated files."""
    return f"templates/{name}"


def template_names(directory: Path) -> list[str]:
    """Return the names of all templates below a directory, sorted."""
    root = str(directory)
    paths = (f"{parent}/{file}" for parent, _, files in os.walk(root) for file in files if file.endswith(".j2"))
    return sorted(path.removeprefix(f"{root}/") for path in paths)


def _read(path: str, shown: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise TemplateError(f"{shown}: not UTF-8: {error.reason}", hint="save the file as UTF-8") from error
    except OSError as error:
        raise TemplateError(f"{shown}: {error.strerror}", hint=os_error_hint(error, shown)) from error
