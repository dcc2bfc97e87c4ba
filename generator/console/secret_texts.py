"""Passwords, keys and tokens within a text.

secret_rules.json beside this file has the patterns; `python -m owscale.workflow.secret_rules` writes it. Each pattern
has literals that every match contains; it is compiled only for a text with these literals.
"""

import functools
import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from owscale.fs import observed

FILE = Path(__file__).with_name("secret_rules.json")

# Few runs need the patterns that are texts: `re` compiles them when they are used.
_WINDOW, _OVERLAP = 4096, 1024
"""Length of the part of a text that a pattern searches at once, and of the overlap of two parts, in characters. The
time is therefore linear in the length of a text."""
_PUBLIC = re.compile(r"arn:aws[\w-]*:[\w-]*:[\w-]*:\d*:[\w/:.*+-]+|sha(?:256|384|512)(?::[0-9a-f]+|-[A-Za-z0-9+/=]+)")
"""ARNs (of secrets too), digests of images, and hashes of scripts in a Content-Security-Policy."""
_PLACEHOLDER = r"(?is)[$%]?\{.*\}|<.*>|\$\w+|[^A-Za-z0-9]+|true|false|none|null|arn:.*"
_QUOTED = re.compile(r"[\"']([A-Za-z0-9+/=_\\-]{16,})[\"']")
_TOKEN = re.compile(r"[A-Za-z0-9+/=_\\-]{16,}")
_UUID = r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_LONG_RUN = r"[A-Za-z0-9]{16}"
_MIN_HEX_LENGTH = 32
_MIN_LENGTH = 8
_IDENTIFIER_NAME = re.compile(
    r"(?:^|[^A-Za-z0-9])(?:ids?|sha[0-9]*|hash|digest|checksum|commit|revision)$", re.IGNORECASE
)
"""Names of random texts that are no secrets, such as `OAUTH_CLIENT_ID`. detect-secrets ignores `_id` as well:
https://github.com/Yelp/detect-secrets/blob/v1.5.0/detect_secrets/filters/heuristic.py"""
_NAMED = (
    r"(?i)(?:(?<![a-z0-9:])(?:password|passwd|secret|token)|_(?:keys?|token|secrets?|password|passwd|credentials))"
    r"(?:_json|_?[0-9]+)?[\"']?\s*[:=]\s*(?!arn:|[\"']arn:|true\b|false\b)(\"[^\"]*\"?|'[^']*'?|[^\s,}#\"'][^,}#]*)"
)
"""A line of YAML with a value whose name shows that it is a secret."""


class SecretText(NamedTuple):
    """A part of a text that looks like a secret, from `start` to `end`, and its kind, such as `GitHub Token`."""

    start: int
    end: int
    kind: str


@functools.lru_cache(maxsize=4096)  # the environments of a spec share most texts
def find_secrets(text: str, name: str = "") -> tuple[SecretText, ...]:
    """Return the secrets in a text, sorted. `name` is the key of the text: random characters of an ID are no secret."""
    public = _without_public_parts(text)
    found = set(_matches(public))
    if not _IDENTIFIER_NAME.search(name):
        tokens = [match.span(1) for match in _QUOTED.finditer(public)]
        if _TOKEN.fullmatch(public.strip()):
            tokens.append((0, len(text)))
        found |= set(_random_texts(public, tokens))
    return tuple(sorted(found))


@functools.lru_cache(maxsize=1024)  # many diagnostics have the same message
def mask_secrets(text: str, *, keep_length: bool = False) -> str:
    """Return a text without its secrets, nor any part that looks random: asterisks replace them."""
    if len(text) < _MIN_LENGTH:
        return text
    public = _without_public_parts(text)
    spans = {*_matches(public), *_random_texts(public, [match.span() for match in _TOKEN.finditer(public)])}
    position, parts = 0, []
    for start, end, _ in sorted(spans):
        if end > position:
            begin = max(start, position)
            parts += [text[position:begin], "*" * (end - begin) if keep_length else "***"]
            position = end
    return "".join((*parts, text[position:]))


def mask_source(line: str) -> str:
    """Return a line of a spec with asterisks of equal length for secrets, also for values with the name of a secret."""
    for start, end in [match.span(1) for match in re.finditer(_NAMED, line)]:
        line = f"{line[:start]}{'*' * (end - start)}{line[end:]}"
    return mask_secrets(line, keep_length=True)


def _without_public_parts(text: str) -> str:
    """Return a text of the same length without ARNs and digests."""
    if "arn:" not in text and "sha" not in text:
        return text
    return _PUBLIC.sub(lambda match: " " * len(match[0]), text)


def _matches(text: str) -> Iterator[SecretText]:
    lower = text.lower()
    present = [patterns for literal, patterns in _patterns().items() if literal in lower]
    for pattern in dict.fromkeys(itertools.chain(*present)):
        if not pattern.is_possible(lower):
            continue
        for start in range(0, max(len(text) - _OVERLAP, 1), _WINDOW - _OVERLAP):
            for match in pattern.regex.finditer(text, start, start + _WINDOW):
                if not re.fullmatch(_PLACEHOLDER, match[match.lastindex or 0]):
                    yield SecretText(match.start(), match.end(), pattern.kind)


def _random_texts(text: str, spans: list[tuple[int, int]]) -> Iterator[SecretText]:
    for start, end in spans:
        part = text[start:end]
        for kind, charset, limit in _entropy_limits():
            if set(part) <= charset and _is_random(part) and entropy(part) > limit:
                yield SecretText(start, end, kind)
                break


def _is_random(text: str) -> bool:
    """Whether a text of many different characters is random, and no UUID or words such as the name of a model."""
    if re.search(_UUID, text) or not any(map(str.isdigit, text)) or not any(map(str.isalpha, text)):
        return False
    if all(character in "0123456789abcdefABCDEF" for character in text):
        return len(text) >= _MIN_HEX_LENGTH
    return bool(re.search(_LONG_RUN, text))


def entropy(text: str) -> float:
    """Return the bits of information of each character, by the frequencies of the characters in the text."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


@functools.cache
def rules() -> Any:
    """Return the content of the file."""
    return json.loads(observed.read_bytes(FILE))


class _Pattern:
    def __init__(self, rule: dict[str, Any]) -> None:
        self.kind: str = rule["kind"]
        self._rule = rule

    def is_possible(self, text: str) -> bool:
        """Whether a text in lower case is long enough for a match, and has the literals of one."""
        return len(text) >= self._rule["min_length"] and all(
            any(literal in text for literal in literals) for literals in self._rule["literals"]
        )

    @functools.cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self._rule["pattern"])


@functools.cache
def _patterns() -> dict[str, list[_Pattern]]:
    """Return the patterns by each literal of which a match has one."""
    patterns: dict[str, list[_Pattern]] = {}
    for pattern, rule in ((_Pattern(rule), rule) for rule in rules()["patterns"]):
        for literal in rule["literals"][0]:
            patterns.setdefault(literal, []).append(pattern)
    return patterns


@functools.cache
def _entropy_limits() -> tuple[tuple[str, frozenset[str], float], ...]:
    return tuple((rule["kind"], frozenset(rule["characters"]), rule["limit"]) for rule in rules()["entropy"])
