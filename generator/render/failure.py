"""Describe why a template cannot be rendered, with its file and line."""

from typing import NamedTuple

import jinja2
from jinja2.exceptions import SecurityError

from owscale.console.text import suggest
from owscale.render.languages import UnfilteredValueError
from owscale.render.template_files import SHIPPED_PREFIX, shipped_path
from owscale.render.template_loader import TemplateLoader

_LINE_HINT = "correct the template at this line"
_SYNTAX_HINT = "correct the template at this line; the syntax: https://jinja.palletsprojects.com/en/stable/templates/"


class TemplateFailure(NamedTuple):
    """The failure of a template: the place, the problem, and a hint.

    With `is_undefined`, the problem is Jinja's message about an undefined name, which `render/errors.py` explains.
    """

    place: str
    problem: str
    hint: str
    is_undefined: bool = False


def describe_failure(error: BaseException, template: str, loader: TemplateLoader) -> TemplateFailure:
    """Return the description of an exception that rendering a template raised."""
    name = loader.shown(template)
    match error:
        case jinja2.TemplateNotFound():
            if not (place := _place(error, "")):
                return _not_found(template)
            hint = suggest(str(error.name), loader.list_templates(), "name a shipped template, such as `main.tf.j2`")
            return TemplateFailure(place, f"no template named {error.name}", hint)
        case jinja2.TemplateSyntaxError():
            place = f"{error.filename or name}:{error.lineno}"
            return TemplateFailure(place, error.message or "syntax error", _SYNTAX_HINT)
        case jinja2.UndefinedError():
            return TemplateFailure(_place(error, name), str(error), _LINE_HINT, is_undefined=True)
        case SecurityError():
            hint = (
                "use only names of the spec, filters, conditions and loops: a template has no access to Python itself"
            )
            return TemplateFailure(_place(error, name), str(error).rstrip("."), hint)
        case RecursionError():
            problem = "recursion: the template includes or extends itself, or calls a macro too deeply"
            hint = f'to include the template that it replaces, write `{{% include "{SHIPPED_PREFIX}/{template}" %}}`'
            return TemplateFailure(_place(error, name), problem, hint)
        case UnfilteredValueError():
            return TemplateFailure(_place(error, name), str(error), error.hint)
        case MemoryError():
            return TemplateFailure(_place(error, name), "needs too much memory", "build shorter texts and lists")
    return TemplateFailure(_place(error, name), str(error) or type(error).__name__, _LINE_HINT)


def _not_found(template: str) -> TemplateFailure:
    return TemplateFailure(shipped_path(template), "not found", "install owscale again, which has lost a template")


def _place(error: BaseException, default: str) -> str:
    """Return the file and line of the last stack frame that belongs to a template; `default` if there is none."""
    place, frame = default, error.__traceback__
    while frame is not None:
        file, template = frame.tb_frame.f_code.co_filename, frame.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, jinja2.Template):  # a frame that Jinja has not rewritten to point into the template
            place = f"{file}:{template.get_corresponding_lineno(frame.tb_lineno)}"
        elif file.endswith(".j2"):
            place = f"{file}:{frame.tb_lineno}"
        frame = frame.tb_next
    return place
