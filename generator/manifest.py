"""The whole output as one table: which file comes from which template, and when."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator import documents
from generator.context import context
from generator.custom import Custom
from generator.deployment import Deployment
from generator.files import ALWAYS, FILES


class Rendered(NamedTuple):
    """A file to render: its path in the deployment's folder, its template, where that stands, and the names to use."""

    path: str
    template: str
    source: str
    context: Mapping[str, Any]


class Copied(NamedTuple):
    """A file of the user's own to copy: its path in the deployment's folder, and where it stands."""

    path: str
    source: str
    content: bytes


def manifest(deployment: Deployment, custom: Custom, origin: str) -> Iterator[Rendered | Copied]:
    """Every file of a deployment, in the order of their paths; `origin` is its spec as generated files name it."""
    names = context(deployment)
    told = documents.context(deployment, origin, names)
    for path, choice in sorted(FILES.items()):
        if choice is ALWAYS or names[choice]:
            template = f"{path}.j2"
            yield Rendered(path, template, custom.shown(template), told if path.endswith(".md") else names)
    for path in sorted(custom.extra):
        yield Copied(path, f"{custom.extra_shown}/{path}", custom.content(path))
