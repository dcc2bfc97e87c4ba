"""Look up the effects of a key."""

from collections.abc import Iterator, Sequence

from owscale.spec.effects.model import UNKNOWN, Change, Effect
from owscale.spec.effects.table import EFFECTS

_ANY_ENTRY = "<name>"


def effects_of(key: str) -> tuple[Effect, ...]:
    """Return the effects of a key such as `redis.nodes` or `service.egress.<name>.cidr`; the first that holds counts.

    The name of an entry may stand for `<name>`. The result is empty for a section and for an unknown key.
    """
    return EFFECTS.get(key) or EFFECTS.get(_table_key(key.split(".")), ())


def effect_of_change(change: Change) -> Effect:
    """Return the effect of one changed key. Raises KeyError where the table lacks the key."""
    effects = EFFECTS[_table_key([str(segment) for segment in change.path])]
    return next(effect for effect in effects if effect.when is None or effect.when.holds(change))


def effect_lines(key: str) -> list[str]:
    """Return lines about the effects of a key, for `owscale explain` and editors; none for a section."""
    return [line for effect in effects_of(key) for line in _lines(effect, is_only=len(effects_of(key)) == 1)]


def _lines(effect: Effect, *, is_only: bool) -> Iterator[str]:
    condition = f"{effect.when.text}: " if effect.when else "" if is_only else "otherwise: "
    yield f"{condition}{effect.text}"
    if effect.source.startswith("https://"):
        yield f"  See {effect.source}"
    elif effect.source == UNKNOWN:
        yield "  No document of AWS describes it; try it where nobody depends on it"


def _table_key(segments: Sequence[str]) -> str:
    """Return the key of the table for a path: the longest beginning of the path that the table has."""
    for length in range(len(segments), 0, -1):
        for key in EFFECTS:
            parts = key.split(".")
            if len(parts) == length and all(
                part in (_ANY_ENTRY, segment) for part, segment in zip(parts, segments, strict=False)
            ):
                return key
    return ".".join(segments)
