"""The effective configuration of a deployment: every value, with its origin."""

from collections.abc import Iterator, Mapping

from owscale.spec.deployment import Deployment
from owscale.spec.document import Path, dotted
from owscale.spec.scalars import format_scalar
from owscale.spec.validation import child_values

_MAX_ALIGNED_WIDTH = 64  # characters; the comments of longer lines are not aligned with the others


def effective_config(deployment: Deployment) -> Iterator[str]:
    """Yield the lines of a spec that writes out every value; a comment on each line names the origin."""
    lines = [*_mapping(deployment, vars(deployment.spec), ())]
    lines += [("environments:", ""), (f"  {format_scalar(deployment.environment)}: {{}}", "")]
    width = max(len(text) for text, origin in lines if origin and len(text) <= _MAX_ALIGNED_WIDTH)
    for text, origin in lines:
        yield f"{text:<{width}}  # {origin}" if origin else text


def _mapping(deployment: Deployment, values: Mapping[str, object], path: Path) -> Iterator[tuple[str, str]]:
    """Yield each line with its origin, or "" if the line has no value."""
    indent = "  " * len(path)
    for name, value in values.items():
        key, child = f"{indent}{format_scalar(name)}:", (*path, name)
        if isinstance(value, tuple) and value:
            yield key, ""
            for index, item in enumerate(value):
                yield f"{indent}  - {format_scalar(item)}", _origin(deployment, (*child, index))
        elif children := child_values(value):
            yield key, ""
            yield from _mapping(deployment, children, child)
        else:
            text = "{}" if isinstance(value, dict) else "[]" if isinstance(value, tuple) else format_scalar(value)
            yield f"{key} {text}", _origin(deployment, child)


def _origin(deployment: Deployment, path: Path) -> str:
    """Return the file and line of a value and the environment that overrides it, or `default`."""
    location = deployment.document.locations.get(path)
    if location is None:
        return "default"
    place = f"{deployment.document.file}:{location.value.line}"
    return f"{place} ({dotted(location.path[:2])})" if location.path[0] == "environments" else place
