"""The keys of two specs that differ, defaults written out."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from generator.deployment import Deployment
from generator.document import Path, dotted
from generator.scalars import written
from generator.validation import ValidationError, entries, validated

_MISSING: Any = object()


@dataclass(frozen=True)
class KeyChange:
    """A key with another value, None where there is none: before and after, and whether each is the default.

    `place` is where the file writes it now, or wrote it. `reaches` has the addresses that this key alone changes, or
    None where it cannot stand alone.
    """

    path: Path
    before: Any
    after: Any
    before_is_default: bool
    after_is_default: bool
    place: str
    reaches: tuple[str, ...] | None = ()

    @property
    def name(self) -> str:
        return dotted(self.path)

    @property
    def was(self) -> str:
        return shown(self.before, self.before_is_default)

    @property
    def becomes(self) -> str:
        return shown(self.after, self.after_is_default)


def shown(value: Any, is_default: bool) -> str:
    """A value as a spec writes it."""
    if value is _MISSING:
        return "-"
    text = f"[{', '.join(map(written, value))}]" if isinstance(value, tuple) else written(value)
    return f"{text} (the default)" if is_default else text


def changed(before: Deployment, after: Deployment) -> Iterator[KeyChange]:
    """Each key that differs, in the order of the model."""
    old, new = dict(_leaves(vars(before.spec), ())), dict(_leaves(vars(after.spec), ()))
    for path in dict.fromkeys((*old, *new)):
        one, other = old.get(path, _MISSING), new.get(path, _MISSING)
        if one != other:
            side = after if path in after.document.places else before
            place = f"{side.document.file}:{side.document.locate(path).key.line}"
            defaults = (
                one is not _MISSING and not _stands(before, path),
                other is not _MISSING and not _stands(after, path),
            )
            yield KeyChange(path, one, other, *defaults, place)


def only(before: Deployment, after: Deployment, path: Path) -> Deployment | None:
    """The deployment before, with one key as it is after; None where the two do not go together."""
    data = deepcopy(before.document.data)
    value: Any = after.document.data
    for segment in path:
        value = value.get(segment, _MISSING) if isinstance(value, dict) else _MISSING
    target: Any = data
    for segment in path[:-1]:
        if not isinstance(target.get(segment), dict):
            target[segment] = {}
        target = target[segment]
    if value is _MISSING:
        target.pop(path[-1], None)
    else:
        target[path[-1]] = deepcopy(value)
    try:
        spec = validated(data)
    except ValidationError:
        return None
    return before._replace(spec=spec, document=before.document._replace(data=data), found=None)


def _stands(deployment: Deployment, path: Path) -> bool:
    return path in deployment.document.places


def _leaves(held: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    """Every plain value and list with its path."""
    for name, value in held.items():
        if (inner := entries(value)) is not None:
            yield from _leaves(inner, (*path, name))
        elif value is not None:
            yield (*path, name), value
