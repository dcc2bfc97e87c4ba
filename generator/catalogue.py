"""The catalogue of diagnostics: what each code is about, why it matters, what triggers it and what mends it."""

import json
from dataclasses import asdict, dataclass
from typing import NamedTuple

from generator.checks import RULES, together
from generator.deployment import SHAPE_CODES
from generator.diagnostics import Severity

_YAML = "https://yaml.org/spec/1.2.2/"


@dataclass(frozen=True)
class Entry:
    """What there is to say of one code; see `Rule`, of which this is all but the check."""

    code: str
    severity: Severity
    why: str
    reference: str
    example: str
    mend: str


class _Shown(NamedTuple):
    reference: str = ""
    example: str = ""
    mend: str = ""


_BESIDE_RULES = {
    "S101": _Shown(
        _YAML,
        "alarms: {cpu_percent: 85 # no closing brace",
        "alarms: {cpu_percent: 85}",
    ),
    "S102": _Shown("docs/spec.md", "redis: {nods: 2}", "redis: {nodes: 2}"),
    "S103": _Shown(
        "docs/spec.md",
        "existing: {peers: {ollama: {port: 11434}}} # and which security group?",
        "existing: {peers: {ollama: {port: 11434, security_group: sg-33333333}}}",
    ),
    "S104": _Shown(f"{_YAML}#3213-node-comparison", "autoscaling: {max: 10, max: 12}", "autoscaling: {max: 12}"),
    "S105": _Shown(
        f"{_YAML}#3222-anchors-and-aliases",
        "autoscaling: {min: &least 2, max: 10}",
        "autoscaling: {min: 2, max: 10}",
    ),
    "S106": _Shown(
        "https://yaml.org/type/bool.html",
        "alarms: {at_maximum: on}",
        "alarms: {at_maximum: true}",
    ),
    "S107": _Shown("docs/spec.md", 'redis: {nodes: "2"}', "redis: {nodes: 2}"),
    "S108": _Shown("docs/spec.md", "redis: {nodes: 7}", "redis: {nodes: 6}"),
    "S401": _Shown(
        "https://developer.hashicorp.com/terraform/language/backend/s3",
        "environments:\n  production: {}\n  staging:\n    service: {name: chat-staging}",
        "environments:\n  production: {}\n  staging:\n    service: {name: chat-staging}\n"
        "    state: {key: staging.tfstate}",
    ),
    "S402": _Shown(
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
        "environments:\n  production: {}\n  staging:\n    state: {key: staging.tfstate}",
        "environments:\n  production: {}\n  staging:\n    service: {name: chat-staging}\n"
        "    state: {key: staging.tfstate}",
    ),
    "S403": _Shown(
        "docs/spec.md",
        "# in a second spec\nname: minimal # as in the first\nservice: {name: other}\nstate: {key: other.tfstate}",
        "# in a second spec\nname: other\nservice: {name: other}\nstate: {key: other.tfstate}",
    ),
}
"""The codes that no rule stands for."""


def catalogue() -> list[Entry]:
    """Every diagnostic, sorted by code."""
    entries = [
        Entry(code, "error", why, *_BESIDE_RULES.get(code, _Shown()))
        for code, why in (SHAPE_CODES | together.WHY).items()
    ]
    entries += [
        Entry(rule.code, rule.severity, rule.why, rule.reference, rule.example, rule.mend) for rule in RULES.values()
    ]
    return sorted(entries, key=lambda entry: entry.code)


def as_json() -> str:
    """generator/catalogue.json: the same by code, for `owscale explain CODE`, which does not wait for the rules."""
    by_code = {entry.code: asdict(entry) for entry in catalogue()}
    return json.dumps(by_code, indent=2, ensure_ascii=False) + "\n"
