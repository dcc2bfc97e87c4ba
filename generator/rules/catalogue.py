"""Catalogue of all diagnostics: the check of each code, its rationale, an example and its fix."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from owscale.diagnostics.model import Severity
from owscale.rules import cross_deployment
from owscale.rules.definitions import accept
from owscale.rules.registry import Rule, all_rules
from owscale.spec.document import Path
from owscale.spec.schema_codes import SCHEMA_CODES
from owscale.spec.validation import key_of_path
from owscale.spec.yaml_parser import YamlParser

_YAML = "https://yaml.org/spec/1.2.2/"
_OWN_RESOURCES_OF_A_SPEC = """\
existing:
  database: {url_secret_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:other-AbCdEf'}
  files: {access_point: fsap-44444444}"""
_OWN_RESOURCES = "\n".join(f"    {line}" for line in _OWN_RESOURCES_OF_A_SPEC.splitlines())


@dataclass(frozen=True)
class CatalogueEntry:
    """The description of one code. `owscale.rules.registry.Rule` describes the fields.

    `keys` are the keys that the code is about, such as `redis.nodes`; none for an error that any key can have.
    `is_acceptable`: whether a spec may accept the code with a reason; with `needs_place`, one place at a time.
    """

    code: str
    severity: Severity
    checks: str
    rationale: str
    reference: str
    example: str
    fixed_example: str
    keys: tuple[str, ...] = ()
    is_acceptable: bool = False
    needs_place: bool = False

    @property
    def grade(self) -> str:
        """The severity, and whether the error can be accepted; every warning of a rule can."""
        is_acceptable_error = self.is_acceptable and self.severity == "error"
        return "error that can be accepted" if is_acceptable_error else self.severity


class _Description(NamedTuple):
    checks: str
    reference: str
    example: str
    fixed_example: str


_DESCRIPTIONS = {
    "S101": _Description(
        "Checks that the file can be read and is a YAML mapping.",
        _YAML,
        "alarms: {cpu_percent: 85 # no closing brace",
        "alarms: {cpu_percent: 85}",
    ),
    "S102": _Description(
        "Checks that every key is a key of the spec.",
        "docs/spec.md",
        "redis: {nods: 2}",
        "redis: {nodes: 2}",
    ),
    "S103": _Description(
        "Checks that every required key is present.",
        "docs/spec.md",
        "existing: {peers: {ollama: {port: 11434}}} # security_group is required",
        "existing: {peers: {ollama: {port: 11434, security_group: sg-33333333}}}",
    ),
    "S104": _Description(
        "Checks that no mapping has a key twice.",
        f"{_YAML}#3213-node-comparison",
        "autoscaling: {max: 10, max: 12}",
        "autoscaling: {max: 12}",
    ),
    "S105": _Description(
        "Checks that the file has no anchors, aliases, merge keys or tags.",
        f"{_YAML}#3222-anchors-and-aliases",
        "autoscaling: {min: &minimum 2, max: 10}",
        "autoscaling: {min: 2, max: 10}",
    ),
    "S106": _Description(
        "Checks that no unquoted value means something else in another version of YAML.",
        "https://yaml.org/type/bool.html",
        "alarms: {at_maximum: on}",
        "alarms: {at_maximum: true}",
    ),
    "S107": _Description(
        "Checks that every value has the type of its key, such as a whole number or a list.",
        "docs/spec.md",
        'redis: {nodes: "2"}',
        "redis: {nodes: 2}",
    ),
    "S108": _Description(
        "Checks that every value has the format and is within the bounds of its key.",
        "docs/spec.md",
        "redis: {nodes: 7}",
        "redis: {nodes: 6}",
    ),
    "S401": _Description(
        "Checks that no two deployments have the same state file.",
        "https://developer.hashicorp.com/terraform/language/backend/s3",
        f"environments:\n  production: {{}}\n  staging:\n    service: {{name: chat-staging}}\n{_OWN_RESOURCES}",
        "environments:\n  production: {}\n  staging:\n    service: {name: chat-staging}\n"
        f"    state: {{key: staging.tfstate}}\n{_OWN_RESOURCES}",
    ),
    "S402": _Description(
        "Checks that no two deployments of one account have the same service name, or names that give both the same "
        "resource, such as `chat` and `chat-migration`.",
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
        f"environments:\n  production: {{}}\n  staging:\n    state: {{key: staging.tfstate}}\n{_OWN_RESOURCES}",
        "environments:\n  production: {}\n  staging:\n    service: {name: chat-staging}\n"
        f"    state: {{key: staging.tfstate}}\n{_OWN_RESOURCES}",
    ),
    "S403": _Description(
        "Checks that no two specs write to the same output folder.",
        "docs/spec.md",
        "# in a second spec\nname: minimal # as in the first\nservice: {name: other}\nstate: {key: other.tfstate}\n"
        f"{_OWN_RESOURCES_OF_A_SPEC}",
        f"# in a second spec\nname: other\nservice: {{name: other}}\nstate: {{key: other.tfstate}}\n"
        f"{_OWN_RESOURCES_OF_A_SPEC}",
    ),
}
"""Descriptions of the codes without a rule of their own: schema errors and conflicts between deployments."""


def catalogue() -> list[CatalogueEntry]:
    """Return the entries of all diagnostics, sorted by code."""
    entries = [
        _entry_without_rule(code, rationale)
        for code, rationale in (SCHEMA_CODES | cross_deployment.CONFLICT_CODES).items()
    ]
    entries += [
        CatalogueEntry(
            rule.code,
            rule.severity,
            rule.checks,
            rule.rationale,
            rule.reference,
            rule.example,
            rule.fixed_example,
            _keys_of_rule(rule),
            rule.is_acceptable,
            rule.needs_place,
        )
        for rule in all_rules().values()
    ]
    return sorted(entries, key=lambda entry: entry.code)


def _entry_without_rule(code: str, rationale: str) -> CatalogueEntry:
    checks, reference, example, fixed_example = _DESCRIPTIONS[code]
    keys = _keys_of_examples(example, fixed_example) if code in cross_deployment.CONFLICT_CODES else ()
    return CatalogueEntry(code, "error", checks, rationale, reference, example, fixed_example, keys)


def _keys_of_rule(rule: Rule) -> tuple[str, ...]:
    """Return the keys that a rule is about; the warnings that an example accepts have other codes."""
    if rule.run.__module__ == accept.__name__:
        return ("accept",)
    return (*(key for key in _keys_of_examples(rule.example, rule.fixed_example) if key != "accept"), *rule.other_keys)


def _keys_of_examples(*examples: str) -> tuple[str, ...]:
    """Return the keys that the examples of a rule set, without keys that only name an environment."""
    paths = (path for text in examples for path in _leaf_paths(YamlParser(text, "example").parse(), ()))
    return tuple(sorted({key for path in paths if (key := key_of_path(path))}))


def _leaf_paths(node: Any, path: Path) -> Iterator[Path]:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _leaf_paths(value, (*path, key))
    else:
        yield path


def entries_by_code() -> dict[str, dict[str, Any]]:
    """Return the fields of each entry by its code."""
    return {entry.code: asdict(entry) for entry in catalogue()}
