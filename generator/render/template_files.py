"""Read templates, without Jinja: those shipped with owscale, and the custom templates of a deployment."""

from collections.abc import Iterator
from pathlib import Path

from owscale import _generated
from owscale.errors import TemplateError
from owscale.fs import observed
from owscale.fs.files import os_error_hint
from owscale.fs.untrusted import MAX_TEMPLATE_BYTES, UnsafeFileError, read_untrusted

# A wheel has the templates inside the package, a checkout beside it.
_IN_PACKAGE = Path(_generated.PACKAGE, "templates")
TEMPLATES = _IN_PACKAGE
if observed.target_kind(_IN_PACKAGE) != observed.DIRECTORY:
    TEMPLATES = Path(observed.real_path(_generated.PACKAGE)).parent / "templates"
"""The directory of the shipped templates."""

SHIPPED_PREFIX = "owscale"
"""Prefix with which a custom template includes or extends a shipped one: `{% include "owscale/main.tf.j2" %}`."""


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


def read_templates(directory: Path) -> dict[str, str]:
    """Return the texts of all templates below a directory by name. Raises TemplateError if one cannot be read."""
    return {name: read_template(directory / name, shipped_path(name)) for name in template_names(directory)}


def read_template(path: Path, shown: str) -> str:
    """Return the text of a template; `shown` is its path in messages. Raises TemplateError if it cannot be read."""
    try:
        # An editor may write a byte order mark.
        return read_untrusted(path, MAX_TEMPLATE_BYTES).decode("utf-8-sig").replace("\r\n", "\n")
    except UnsafeFileError as error:
        raise TemplateError(f"{shown}: {error.problem}", hint=error.hint) from error
    except UnicodeDecodeError as error:
        raise TemplateError(f"{shown}: not UTF-8: {error.reason}", hint="save the file as UTF-8") from error
    except OSError as error:
        raise TemplateError(f"{shown}: {error.strerror}", hint=os_error_hint(error, shown)) from error
