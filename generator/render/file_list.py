"""The files of a deployment: one for each template, some of them conditional, and the custom files of its spec."""

import functools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from owscale.render.context import template_context
from owscale.render.documents.context import document_context
from owscale.render.template_files import TEMPLATES, template_names
from owscale.rules.checked import CheckedDeployment

if TYPE_CHECKING:
    from owscale.render.overrides import Overrides

CONDITIONS = {
    ".terraform.lock.hcl": "has_lock_file",
    "modules/autoscaling/": "has_autoscaling",
    "modules/load_balancer/access_logs.tf": "has_managed_log_bucket",
    "modules/monitoring/alarms_database.tf": "has_alarm_on_database",
    "modules/monitoring/alarms_files.tf": "has_alarm_on_files",
    "modules/service/migration.tf": "has_migration",
}
"""Files, or directories of files, that a deployment has only if a condition of context.py is true."""


class RenderedFile(NamedTuple):
    """A file to render: its path, the name and the location of its template, and the context.

    `is_own` is true if the template is not part of owscale.
    """

    path: str
    template: str
    source: str
    context: dict[str, Any]
    is_own: bool = False


class CopiedFile(NamedTuple):
    """A custom file to copy: its path, its location, and its content."""

    path: str
    source: str
    content: bytes


@functools.cache
def generated_paths() -> tuple[str, ...]:
    """Return the paths of all files that the shipped templates can generate, sorted."""
    return tuple(name.removesuffix(".j2") for name in template_names(TEMPLATES))


class Contexts(NamedTuple):
    """The variables for the templates of a deployment: for HCL, and more for documents."""

    hcl: dict[str, Any]
    documents: dict[str, Any]


def build_contexts(checked: CheckedDeployment, spec_path: str) -> Contexts:
    """Return the contexts of a deployment; `spec_path` is the path of the spec in generated files."""
    context = template_context(checked.deployment)
    return Contexts(context, document_context(checked, spec_path, context))


def plan_files(
    contexts: Contexts, overrides: "Overrides", templates: Iterable[str]
) -> Iterator[RenderedFile | CopiedFile]:
    """Yield every file of a deployment, in the order of the shipped `templates`, then the custom files."""
    left_out = tuple(prefix for prefix, condition in CONDITIONS.items() if not contexts.hcl[condition])
    for template in templates:
        path = template.removesuffix(".j2")
        if not path.startswith(left_out):
            is_own = template in overrides.templates
            file_context = contexts.documents if path.endswith(".md") else contexts.hcl
            yield RenderedFile(path, template, overrides.template_path(template), file_context, is_own)
    for path in sorted(overrides.extra):
        yield CopiedFile(path, f"{overrides.extra_path}/{path}", overrides.extra_content(path))
