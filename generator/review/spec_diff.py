"""The keys that differ between two versions of a spec, defaults included."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from owscale.console.secret_texts import mask_source
from owscale.spec.deployment import Deployment
from owscale.spec.document import Path, dotted
from owscale.spec.effects.lookup import effect_of_change
from owscale.spec.effects.model import Change, Effect
from owscale.spec.scalars import format_scalar
from owscale.spec.validation import ValidationError, child_values, validate

ENVIRONMENTS: Path = ("environments",)
_ABSENT: Any = object()


@dataclass(frozen=True)
class KeyChange:
    """A key with its values before and after, and whether each value is the default.

    `effect` is the effect of the change on a deployment that exists. `location` is the file and line of the key after
    the change, or before it for a removed key; a renamed environment has a file without a line.
    `affected_addresses` are the resources that this key alone changes. It is None if the spec is invalid unless other
    keys change too, and for `custom`, because only one of the two versions has its files.
    """

    path: Path
    before: Any
    after: Any
    before_is_default: bool
    after_is_default: bool
    location: str
    effect: Effect
    affected_addresses: tuple[str, ...] | None = ()

    @property
    def name(self) -> str:
        """The key as text, such as `service.instances`."""
        return dotted(self.path)

    @property
    def before_text(self) -> str:
        """The value before, as a spec writes it; `-` if there was none."""
        return self._text(self.before, self.before_is_default)

    @property
    def after_text(self) -> str:
        """The value after, as a spec writes it; `-` if there is none."""
        return self._text(self.after, self.after_is_default)

    def _text(self, value: Any, is_default: bool) -> str:
        """Return a value without its secrets: specs of an earlier release of owscale may contain some."""
        name = f"{self.path[-1]}: "
        return mask_source(f"{name}{format_value(value, is_default)}").removeprefix(name)


def format_value(value: Any, is_default: bool) -> str:
    """Return a value as a spec writes it."""
    if value is _ABSENT:
        return "-"
    text = f"[{', '.join(map(format_scalar, value))}]" if isinstance(value, tuple) else format_scalar(value)
    return f"{text} (the default)" if is_default else text


def changed_keys(before: Deployment, after: Deployment) -> Iterator[KeyChange]:
    """Yield each key that differs, in the order of the models; first comes a renamed environment."""
    if before.environment != after.environment:
        yield _renamed_environment(before, after)
    old_values, new_values = (dict(_leaf_values(vars(deployment.spec), ())) for deployment in (before, after))
    for path in dict.fromkeys((*old_values, *new_values)):
        old, new = old_values.get(path, _ABSENT), new_values.get(path, _ABSENT)
        if old != new:
            document = (after if _is_written(after, path) else before).document
            yield KeyChange(
                path,
                old,
                new,
                before_is_default=old is not _ABSENT and not _is_written(before, path),
                after_is_default=new is not _ABSENT and not _is_written(after, path),
                location=f"{document.file}:{document.locate(path).key.line}",
                effect=effect_of_change(Change(before.spec, after.spec, _or_none(old), _or_none(new), path)),
            )


def _renamed_environment(before: Deployment, after: Deployment) -> KeyChange:
    old, new = before.environment, after.environment
    effect = effect_of_change(Change(before.spec, after.spec, old, new, ENVIRONMENTS))
    return KeyChange(
        ENVIRONMENTS,
        old,
        new,
        before_is_default=False,
        after_is_default=False,
        location=after.document.file,
        effect=effect,
    )


def with_single_change(before: Deployment, after: Deployment, path: Path) -> Deployment | None:
    """Return `before` with one key as `after` has it; None if that is invalid."""
    if path == ENVIRONMENTS:
        return before._replace(environment=after.environment)
    document = before.document.with_key_of(after.document, path)
    try:
        return before._replace(spec=validate(document.data), document=document)
    except ValidationError:
        return None


def _or_none(value: Any) -> Any:
    return None if value is _ABSENT else value


def _is_written(deployment: Deployment, path: Path) -> bool:
    """Return whether the spec has the key, so that its value is not a default."""
    return path in deployment.document


def _leaf_values(section: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield the path and the value of each scalar and each list; an unset key has none."""
    for name, value in section.items():
        if (children := child_values(value)) is not None:
            yield from _leaf_values(children, (*path, name))
        elif value is not None:
            yield (*path, name), value
