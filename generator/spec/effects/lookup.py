"""Look up the effects of a key."""

from collections.abc import Iterator, Sequence

from owscale.spec.document import dotted
from owscale.spec.effects.model import UNKNOWN, Change, Effect
from owscale.spec.effects.table import EFFECTS
from owscale.spec.validation import NAME


def effects_of(key: str) -> tuple[Effect, ...]:
    """Return the effects of a key such as `redis.nodes` or `service.egress.<name>.cidr`; the first that holds counts.

    The key may have the name of an entry in the place of `<name>`. The result is empty for a section and for an
    unknown key.
    """
    return EFFECTS.get(key) or EFFECTS.get(table_key(key.split(".")), ())


def effect_of_change(change: Change) -> Effect:
    """Return the effect of one changed key. Raises KeyError if the table lacks the key."""
    effects = EFFECTS[table_key(change.path)]
    return next(effect for effect in effects if effect.when is None or effect.when.holds(change))


def effect_lines(key: str) -> list[str]:
    """Return lines about the effects of a key, for `owscale explain` and editors; none for a section."""
    return [line for effect in effects_of(key) for line in _lines(effect, is_only=len(effects_of(key)) == 1)]


def _lines(effect: Effect, *, is_only: bool) -> Iterator[str]:
    condition = f" ({effect.when.text})" if effect.when else "" if is_only else " (otherwise)"
    yield f"{effect.kind}{condition}: {effect.description}"
    if effect.source.startswith("https://"):
        yield f"  See {effect.source}"
    elif effect.source == UNKNOWN:
        yield "  AWS does not document the effect on users; try the change in a test environment first"


def table_key(path: Sequence[str | int]) -> str:
    """Return the key of the table for a path: the longest beginning of the path that the table has."""
    for length in range(len(path), 0, -1):
        for key in EFFECTS:
            parts = key.split(".")
            pairs = zip(parts, path, strict=False)
            if len(parts) == length and all(part in (NAME, segment) for part, segment in pairs):
                return key
    return dotted(tuple(path))
