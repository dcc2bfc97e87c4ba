"""Every key of a spec has its effects, and each effect its source."""

import pytest

from owscale.spec.effects.model import KIND_MEANINGS, PLAN, UNKNOWN, Effect
from owscale.spec.effects.table import EFFECTS
from owscale.spec.key_reference import key_references
from tests._support.emulator.planned_changes import CHANGES

_EFFECTS = [(key, number, effect) for key, effects in EFFECTS.items() for number, effect in enumerate(effects)]


def test_table_has_the_keys_of_the_schema() -> None:
    assert list(EFFECTS) == [key for key, reference in key_references().items() if not reference["keys"]]


def test_every_key_is_changed_in_the_emulator() -> None:
    assert {change.key for change in CHANGES} == EFFECTS.keys()


def test_every_kind_is_used() -> None:
    assert {effect.kind for _, _, effect in _EFFECTS} == KIND_MEANINGS.keys()


@pytest.mark.parametrize("key", EFFECTS)
def test_last_effect_of_a_key_is_unconditional(key: str) -> None:
    *others, last = EFFECTS[key]
    assert last.when is None
    assert all(effect.when for effect in others)


@pytest.mark.parametrize(("key", "number", "effect"), _EFFECTS)
def test_effect_is_consistent(key: str, number: int, effect: Effect) -> None:  # noqa: ARG001 -- they name the test
    assert effect.source in (PLAN, UNKNOWN) or effect.source.startswith("https://docs.aws.amazon.com/")
    if effect.kind == "nothing":
        assert effect.plan == ()
    elif effect.kind != "needs a step":
        assert effect.plan
    assert "|" not in effect.text  # the documents show it in a table
