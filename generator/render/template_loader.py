"""Read templates: those shipped with owscale, and the overrides of a deployment."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import jinja2

from owscale import _generated
from owscale.errors import TemplateError
from owscale.fs import observed

# A wheel has the templates inside the package, a checkout beside it.
_IN_PACKAGE = Path(_generated.PACKAGE, "templates")
TEMPLATES = _IN_PACKAGE
if observed.target_kind(_IN_PACKAGE) != observed.DIRECTORY:
    TEMPLATES = Path(observed.real_path(_generated.PACKAGE)).parent / "templates"
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
    return sorted(_names_below(str(directory), ""))


def _names_below(directory: str, prefix: str) -> Iterator[str]:
    try:
        entries = observed.scan(directory)
    except OSError:  # without a template, the message is that it is not found
        return
    for name, kind in entries:
        if kind == observed.DIRECTORY:
            yield from _names_below(f"{directory}/{name}", f"{prefix}{name}/")
        elif name.endswith(".j2"):
            yield prefix + name


def _read(path: str, shown: str) -> str:
    try:
        return observed.read_text(path)
    except UnicodeDecodeError as error:
        raise TemplateError(f"{shown}: not UTF-8: {error.reason}") from error
    except OSError as error:
        raise TemplateError(f"{shown}: {error.strerror}") from error
