"""secret_rules.json, against the detect-secrets that the tests install."""

import re
from typing import Any

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from owscale.console.secret_texts import entropy, find_secrets, rules
from owscale.workflow.secret_rules import ADDED, EXCLUDED, required_literals, secret_rules

PLUGINS: dict[str, Any] = get_mapping_from_secret_type_to_class()
PATTERNS = [
    pytest.param(kind, regex, id=f"{kind}-{number}")
    for kind, plugin in sorted(PLUGINS.items())
    if issubclass(plugin, RegexBasedDetector) and kind not in EXCLUDED
    for number, regex in enumerate(plugin.denylist)
    if regex.pattern not in EXCLUDED
]
ADDED_PATTERNS = [pytest.param(kind, re.compile(text), id=f"{kind}-{i}") for i, (kind, text) in enumerate(ADDED)]


def test_file_is_that_of_the_installed_detect_secrets() -> None:
    assert rules() == secret_rules(), "run `python -m owscale.workflow.secret_rules`"


def test_each_exclusion_names_a_kind_or_a_pattern() -> None:
    patterns = {regex.pattern for plugin in PLUGINS.values() for regex in getattr(plugin, "denylist", ())}
    assert set(EXCLUDED) <= patterns | set(PLUGINS)


@pytest.mark.parametrize(("kind", "regex"), [*PATTERNS, *ADDED_PATTERNS])
@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_each_text_that_a_pattern_finds_is_found(kind: str, regex: re.Pattern[str], data: st.DataObject) -> None:
    """The literals that spare most texts the pattern are in every match of it."""
    alphabet = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
    text = data.draw(st.from_regex(regex, fullmatch=True, alphabet=alphabet))
    match = regex.search(text)
    assert match
    literals = required_literals(regex.pattern if not regex.flags & re.VERBOSE else f"(?x){regex.pattern}")
    assert literals
    assert all(any(literal in text.lower() for literal in alternatives) for alternatives in literals)
    groups = [group for group in match.groups() if group]
    if all(
        re.search(r"[A-Za-z0-9]{4}", part) and not re.search(r"[{}<>$]|arn:|sha(256|512):", part) for part in groups
    ):
        assert find_secrets(text, "id"), kind


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("ab+cd", [["cd"], ["a"], ["b"]]),
        ("(?:AB|cde)x?", [["ab", "cde"]]),
        ("a(?:b|)c", [["a"], ["c"]]),
        ("(?:ab)*[xy]", []),
        ("(?:ab){2,3}[xy]", [["ab"]]),
        ("x(?=abc)", [["x"]]),
    ],
)
def test_literals_are_in_every_match(pattern: str, literals: list[list[str]]) -> None:
    assert required_literals(pattern) == literals


@given(text=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", min_size=1, max_size=60))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_entropy_is_that_of_detect_secrets(text: str) -> None:
    assert entropy(text) == pytest.approx(Base64HighEntropyString().calculate_shannon_entropy(text))
