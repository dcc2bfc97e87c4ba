"""Write `console/secret_rules.json`: patterns that find secrets in a text.

The command is `python -m owscale.workflow.secret_rules`, for maintainers. Most patterns come from detect-secrets
(https://github.com/Yelp/detect-secrets, Apache-2.0), whose import takes longer than a run of owscale. `ADDED` has
formats that it lacks, and `EXCLUDED` has its formats that are no secrets in a spec.
"""

import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.high_entropy_strings import HighEntropyStringsPlugin
from detect_secrets.plugins.keyword import DENYLIST

from owscale.console.secret_texts import FILE
from owscale.fs.files import atomic_write

EXCLUDED = {
    "Public IP (ipv4)": "an address is no secret",
    r'(?:\s|=|:|"|^)AP[\dABCDEF][a-zA-Z0-9]{8,}(?:\s|"|$)': "tags begin with regions such as APAC",
}
"""Kinds and patterns of detect-secrets that are not used, each with the reason."""

_STRONG_NAMES = (
    *DENYLIST,
    *("passphrase", "credentials?", "access_?key", "signing_?key", "encryption_?key"),
    *("access_?token", "api_?token", "auth_?token", "bot_?token", "refresh_?token"),
)
_WEAK_NAMES = ("(?<![a-z0-9])key", "(?<![a-z0-9])token", "signature", "sig")
"""Names whose value is a secret, and names whose value is one if it contains a digit."""
_QUOTE = r"\\?[\"']"
"""A quote, with a backslash where a text in JSON contains JSON."""
_WITH_DIGIT = r"(?=[^\s\"',;&]{0,400}[0-9])"
_PREFIXES = "gsk_|hf_|pplx-|tvly-(?:dev-|prod-)?|xai-|jina_|r8_|glsa_"
_PREFIXES_OF_WORDS = "nvapi-|github_pat_|pcsk_|lsv2_|xapp-"


def _assignments() -> Iterator[tuple[str, str]]:
    """Yield patterns of a value after the name of a secret: `password=...`, `"key": "..."`, `api-key: ...`."""
    strong = "|".join(name.replace("_?", "[_-]?") for name in _STRONG_NAMES)
    weak = "|".join(_WEAK_NAMES)
    for names, value in ((strong, r"[^\s\"'&,;]{4,400}"), (weak, _WITH_DIGIT + r"[^\s\"'&,;]{8,400}")):
        name = rf"(?i)(?<![a-z0-9])[a-z0-9_-]{{0,40}}?(?:{names})s?"
        yield "value of a password, key or token", rf"{name}(?:{_QUOTE})?\s?(?:=|%3D)\s?(?:{_QUOTE})?({value})"
        yield "value of a password, key or token", rf"{name}{_QUOTE}\s{{0,3}}:\s{{0,3}}{_QUOTE}({value})"
        yield "value of a password, key or token", rf"{name}\s?:\s{{0,3}}{_WITH_DIGIT}({value})"


ADDED = (
    # The password of a URL may contain reserved characters, and the user may be missing, as in URLs of Redis:
    # https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1
    ("password in a URL", r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/?#\"'<>@:]{0,200}:([^\s/?#\"'<>]{1,400})@"),
    # https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2, also URL-encoded, as OpenTelemetry requires:
    # https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables
    (
        "authorization header",
        (
            r"\b(?i:bearer|basic)(?:\s|%20|\+){1,3}"
            r"(?=[\w.~+/=-]{0,400}(?:[0-9]|[a-z][A-Z]))([\w.~+/=-]{8,})"
        ),
    ),
    (
        "authorization header",
        (
            rf"(?i)authorization(?:{_QUOTE})?\s{{0,3}}[:=]\s{{0,3}}"
            rf"(?:{_QUOTE})?{_WITH_DIGIT}([^\s\"',;]{{8,}})"
        ),
    ),
    # Keys of model providers and of services that Open WebUI calls; they begin with a prefix of the provider:
    # https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml
    ("API key", r"(?<![A-Za-z0-9])sk-(?=[A-Za-z0-9_-]{0,200}[0-9])[A-Za-z0-9_-]{8,}"),
    ("API key", rf"(?<![A-Za-z0-9])(?:{_PREFIXES})[A-Za-z0-9]{{20,}}"),
    ("API key", rf"(?<![A-Za-z0-9])(?:{_PREFIXES_OF_WORDS})(?=[A-Za-z0-9_-]{{0,200}}[0-9])[A-Za-z0-9_-]{{20,}}"),
    ("API key", r"(?<![A-Za-z0-9])fc-[0-9a-f]{32}"),
    ("Google API key", r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}"),
    ("client secret of Microsoft Entra", r"(?<![A-Za-z0-9_~.])[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}"),
    # https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook,
    # https://discord.com/developers/docs/resources/webhook; open_webui/utils/webhook.py posts to both
    ("webhook URL", r"(?i)https://[\w.-]{1,100}\.webhook\.office\.com/webhookb2/([\w/@-]{8,})"),
    ("webhook URL", r"(?i)https://discord(?:app)?\.com/api/webhooks/([0-9]{1,20}/[\w-]{8,})"),
    ("webhook URL", r"(?i)https://hooks\.slack\.com/(?:workflows|triggers)/([\w/]{8,})"),
    # The whole key and the whole token, so that no part remains where they are masked.
    ("private key", r"BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY[-\\\sA-Za-z0-9+/=:,]{0,3500}"),
    ("JSON Web Token", r"eyJ[A-Za-z0-9_=-]{8,}\.[A-Za-z0-9_=-]{8,}(?:\.[A-Za-z0-9_.+/=-]*)?"),
    ("private key", r"LS0tLS1CRUdJTi[A-Za-z0-9+/=]{20,}"),  # PEM in base64
    *_assignments(),
)  # fmt: skip
"""The kind and the pattern of each format that detect-secrets lacks. A group of a pattern is the secret."""


def secret_rules() -> dict[str, Any]:
    """Return the content of the file."""
    patterns: list[tuple[str, str]] = []
    entropy = []
    plugins: dict[str, Any] = get_mapping_from_secret_type_to_class()
    for kind, plugin in sorted(plugins.items()):
        if issubclass(plugin, RegexBasedDetector) and kind not in EXCLUDED:
            patterns += [(kind, _inline_flags(regex)) for regex in plugin.denylist if regex.pattern not in EXCLUDED]
        elif issubclass(plugin, HighEntropyStringsPlugin):
            detector = plugin()
            characters = "".join(sorted(set(detector.charset)))
            entropy.append({"kind": "random characters", "characters": characters, "limit": detector.entropy_limit})
    return {
        "source": f"detect-secrets {version('detect-secrets')}",
        "patterns": [
            {
                "kind": kind,
                "pattern": pattern,
                "literals": required_literals(pattern),
                "min_length": _parsed(pattern).getwidth()[0],
            }
            for kind, pattern in (*patterns, *ADDED)
        ],
        "entropy": sorted(entropy, key=lambda rule: len(rule["characters"])),
    }


def _inline_flags(regex: re.Pattern[str]) -> str:
    """Return a pattern with its flags inline: the file has no field for them."""
    flags = "".join(letter for letter, flag in (("i", re.IGNORECASE), ("x", re.VERBOSE)) if regex.flags & flag)
    return f"(?{flags}){regex.pattern}" if flags else regex.pattern


def required_literals(pattern: str) -> list[list[str]]:
    """Return lists of texts in lower case: every match of a pattern contains a text of each list.

    The list that matches the fewest texts comes first. The result is empty if no text is required.
    """
    return [sorted(literals) for literals in sorted(_literals(_parsed(pattern)), key=_rank)]


def _parsed(pattern: str) -> Any:
    from re import _parser  # noqa: PLC0415 -- the parser has no public name

    return _parser.parse(pattern)


def _literals(parsed: Any) -> set[frozenset[str]]:
    """Return sets of texts; every match contains a text of each set."""
    found: set[frozenset[str]] = set()
    run = ""
    for operation, argument in (*parsed, ("END", None)):
        if (name := str(operation)) == "LITERAL":
            run += chr(argument).lower()
            continue
        if run:
            found.add(frozenset({run}))
            run = ""
        if name == "SUBPATTERN" or (name in {"MAX_REPEAT", "MIN_REPEAT"} and argument[0] > 0):
            found |= _literals(argument[-1])
        elif name == "BRANCH":
            branches = [_literals(branch) for branch in argument[1]]
            if all(branches):
                found.add(frozenset().union(*(min(branch, key=_rank) for branch in branches)))
    return found


def _rank(literals: frozenset[str]) -> tuple[int, int, list[str]]:
    """Return the sort key of a set: sets with long texts come first, then sets with few texts."""
    return -min(map(len, literals)), len(literals), sorted(literals)


def main() -> None:
    """Write the file."""
    text = json.dumps(secret_rules(), indent=1, ensure_ascii=False)
    atomic_write(FILE, f"{text}\n".encode())


if __name__ == "__main__":
    main()
