"""Templates and contexts to text; pure: reads templates, writes nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from generator.errors import OwscaleError
from generator.hcl import Hcl, aligned, hcl

# The editable install finds templates/ beside the package; the wheel carries them inside (pyproject.toml).
_PACKAGE = Path(__file__).resolve().parent
TEMPLATES = next((p for p in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if p.is_dir()), _PACKAGE)


class TemplateError(OwscaleError):
    """A template is broken; the message names its file, its line and what is missing."""


class Renderer:
    """One Jinja environment over one folder of templates."""

    def __init__(self, folder: Path = TEMPLATES) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder),
            autoescape=False,  # noqa: S701 -- HCL, not HTML: `finalize` refuses whatever is not escaped for HCL
            finalize=_only_hcl,
            keep_trailing_newline=True,
            lstrip_blocks=True,
            trim_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._environment.filters["hcl"] = _hcl

    def render(self, template: str, header: str, context: Mapping[str, Any]) -> str:
        """The file that a template gives, as `terraform fmt` would leave it.

        Raises TemplateError for a missing template, a syntax error, an undefined name or an unfiltered value.
        """
        try:
            body = self._environment.get_template(template).render(context)
        except jinja2.TemplateNotFound as error:
            raise TemplateError(f"{error.name}: template not found") from error
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(f"{error.name}:{error.lineno}: {error.message}") from error
        except (jinja2.UndefinedError, TypeError) as error:
            raise TemplateError(f"{template}:{_line_of(error)}: {error}") from error
        return aligned(f"{header}\n{_indented(body)}")


def _hcl(value: object) -> Hcl:
    # Jinja raises with the missing name when an undefined value becomes text; hcl() knows of a type alone.
    return hcl(str(value) if isinstance(value, jinja2.Undefined) else value)


def _only_hcl(value: object) -> object:
    if isinstance(value, jinja2.Undefined):
        return value  # Jinja raises with the missing name when it prints this
    if not isinstance(value, Hcl):
        raise TypeError(f"{value!r} was printed without the hcl filter: write {{{{ … | hcl }}}}")
    return value.replace("\n", _CONTINUED)


# A value knows nothing of the line it is printed on, so its line ends travel as this mark, which no HCL text
# holds (hcl.quoted escapes it), until the line's indentation is known.
_CONTINUED = "\x00"


def _indented(body: str) -> str:
    lines = []
    for line in body.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        lines.append(line.replace(_CONTINUED, "\n" + indent))
    return "\n".join(lines)


def _line_of(error: Exception) -> int:
    """The template's line: the last frame that Jinja rewrote to point into the template."""
    line, frame = 0, error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename.endswith(".j2"):
            line = frame.tb_lineno
        frame = frame.tb_next
    return line
