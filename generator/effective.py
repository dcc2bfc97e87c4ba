"""A spec as it holds in one environment, each value with where it came from."""

from collections.abc import Iterator, Mapping

from generator.deployment import Deployment
from generator.document import Path, dotted
from generator.scalars import written
from generator.validation import entries

_WIDEST = 64  # of the lines whose comments stand in one column


def effective(deployment: Deployment) -> Iterator[str]:
    """The lines of a spec that says all of it; the origins are comments, so that it is a spec itself."""
    lines = [*_mapping(deployment, vars(deployment.spec), ())]
    lines += [("environments:", ""), (f"  {written(deployment.environment)}: {{}}", "")]
    width = max(len(text) for text, origin in lines if origin and len(text) <= _WIDEST)
    for text, origin in lines:
        yield f"{text:<{width}}  # {origin}" if origin else text


def _mapping(deployment: Deployment, held: Mapping[str, object], path: Path) -> Iterator[tuple[str, str]]:
    """Each line, with its origin where it has a value."""
    indent = "  " * len(path)
    for name, value in held.items():
        key, below = f"{indent}{written(name)}:", (*path, name)
        if isinstance(value, tuple) and value:
            yield key, ""
            for index, item in enumerate(value):
                yield f"{indent}  - {written(item)}", _origin(deployment, (*below, index))
        elif inner := entries(value):
            yield key, ""
            yield from _mapping(deployment, inner, below)
        else:
            text = "{}" if isinstance(value, dict) else "[]" if isinstance(value, tuple) else written(value)
            yield f"{key} {text}", _origin(deployment, below)


def _origin(deployment: Deployment, path: Path) -> str:
    """Where the file writes a value, and the environment that overrides it there."""
    located = deployment.document.places.get(path)
    if located is None:
        return "default"
    place = f"{deployment.document.file}:{located.value.line}"
    return f"{place} ({dotted(located.path[:2])})" if located.path[0] == "environments" else place
