"""Generate the schema and the reference of a spec from the models, and the catalogue of diagnostics from the rules."""

import copy
import json
from collections.abc import Iterator, Sequence
from typing import Any

from owscale.domain.openwebui import database_settings, known_faults
from owscale.domain.openwebui.known_faults import FAULTS, ISSUES, SETTLED, Fault
from owscale.domain.openwebui.read_variables import ReadVariable, read_variables, releases_read
from owscale.domain.openwebui.variables import HANDLING_BY_VARIABLE, Handling
from owscale.plan_policy.interruption_table import (
    IMPORT_WITH_CHANGE,
    MAXIMUM_BELOW_RUNNING,
    NO_INTERRUPTION,
    REMOVALS,
    SESSION_KEY,
    SESSION_KEY_REPLACED,
    WORSENINGS,
)
from owscale.plan_policy.worsening import Interruption
from owscale.rules.catalogue import CatalogueEntry, catalogue
from owscale.spec.effects.lookup import effect_lines, effects_of
from owscale.spec.effects.model import KIND_MEANINGS, PLAN, UNKNOWN, Effect
from owscale.spec.key_reference import ENVIRONMENTS, resolve, section_below, value_type
from owscale.spec.models import Spec
from owscale.spec.validation import NAME
from owscale.workflow.schema_reference import schema_sections

_OVERRIDE = "Override"
_SPEC_INTRODUCTION = """\
A spec is a file `spec/<name>.yaml`. The names of the keys contain their units, so values are plain numbers. A key that
is not listed here is an error. `environments:` has an entry for each environment, with the values that differ there:
mappings are merged, lists and plain values are replaced, and `null` removes an optional value.
`owscale explain redis.nodes` prints one key, with the diagnostics about it and the places in your specs."""

_EFFECTS_INTRODUCTION = """\
## Changes of a deployment that exists

Below each table, a second table has the effects of a change of each key. `owscale diff` and `owscale explain KEY` print
them too. The plans come from Terraform with an emulated AWS. An emulator cannot show effects on users, or errors of
AWS: for these, the source is a document of AWS, or unknown. If there is no source, the effect follows from the plan.
The replacement of a task definition registers a new revision; old revisions stay for a rollback. In parentheses are the
resources that only some deployments have, or that need to change only sometimes."""

_DIAGNOSTICS_INTRODUCTION = """\
An error stops a run before it writes anything; a warning does not. `owscale explain S201` prints the entry of one code.
Each example is a part of a spec with the error or warning, followed by the same part without it. `tests/errors/` has a
complete spec and its report for each code.

A spec accepts a warning with a reason: `accept: {S351: "two workers fit in 8 GB, as measured"}`. A code and the key of
its message accept only the finding there: `accept: {S366 app.image: "we use none of the features"}`.

An "error that can be accepted" is about a resource that several deployments use, such as a database. Each of these
deployments has to accept it. The runbook of each then names the others at the steps that stop, migrate, restore or
rotate the resource. S330 is the exception: it is about one deployment, and a spec accepts it only with the key.

These rules compare the deployments of one run: all specs of `spec/`, or with `--spec FILE` the environments of that
spec. If that spec accepts such an error, the specs beside it are read too, so that its files in `out/` do not depend on
the command. In a pipeline, run `owscale check` without `--spec`."""


_VARIABLES_INTRODUCTION = """\
How owscale handles the environment variables of Open WebUI about connections, pools, caches, headers, addresses, ports,
paths, processes, Redis, WebSockets and sessions: these can contradict a key of the spec, or the load balancer.

"Releases" are those that read the variable, of {oldest} to {newest}. "Source" is the module of the published package
that reads it, or the address of another source."""

_SETTINGS_INTRODUCTION = """\
Open WebUI has settings that an admin can change: it keeps them in the database. A variable of the table below gives
such a setting its first value, while the database has none. A later change of the variable has no effect
([S367](diagnostics.md#s367)), and neither has a new value of its secret: change the setting in the admin panel.

Settings below `oauth.` follow their variables, unless `ENABLE_OAUTH_PERSISTENT_CONFIG` is `true`. With
`ENABLE_PERSISTENT_CONFIG: "false"`, all settings follow their variables, but changes in the admin panel apply to one
process and are lost when it ends; [S319](diagnostics.md#s319) refuses it for several processes."""

_RELEASES_INTRODUCTION = """\
The verdict on each release of Open WebUI that owscale supports. A refused release is an error
([S302](diagnostics.md#s302)); a release with a known fault is a warning ([S366](diagnostics.md#s366)).

The faults concern the start of the image, migrations, PostgreSQL, Redis, several tasks and sign-in; other faults are in
[CHANGELOG.md](https://github.com/open-webui/open-webui/blob/main/CHANGELOG.md) of Open WebUI. Each was found in the
changelog of the release that fixed it, up to {newest}. "No known fault" means that this changelog has none. Releases
before {oldest} are an error too ([S310](diagnostics.md#s310)), and releases after {newest} are not judged. Where Open
WebUI names no first release with a fault, it counts from {oldest}. The numbers are issues and pull requests of Open
WebUI; the [faults](#faults) are below. The changes of each release in the database are under
[schema of the database](#schema-of-the-database)."""

_INTERRUPTIONS_INTRODUCTION = """\
These changes of a running service interrupt users or weaken a safeguard. A plan that contains one fails the
[plan check](plan-check.md#no-user-is-interrupted-by-accident), unless `allow:` in the spec has the address and the
effect.

An update in place is listed by its arguments. It fails the check only if the new value is worse, such as a shorter
drain, or unknown until the apply. For a security group rule the result names the traffic that is refused."""

_HANDLING_TITLES = {
    "key": "Set by a key",
    "secret": "Set by owscale, as a secret",
    "refused": "Refused",
    "rule": "Checked by a rule",
    "harmless": "Not checked",
}
_HANDLING_TEXTS = {
    "key": """\
The variable is an error under `app.environment` and `app.secrets` ([S309](diagnostics.md#s309)). Set the key.""",
    "secret": """\
The value follows from the key. The variable is an error under `app.environment` and `app.secrets`
([S304](diagnostics.md#s304), [S306](diagnostics.md#s306)).""",
    "refused": """\
The variable is an error under `app.environment` and `app.secrets` ([S324](diagnostics.md#s324)).""",
    "rule": """\
The rule checks the value under `app.environment`. Under `app.secrets`, where no rule can read it, the variable is an
error ([S322](diagnostics.md#s322)), except for the variables of S305: an address may contain a password.""",
    "harmless": "Any value is valid. The table says why it contradicts nothing.",
}


def json_schema() -> str:
    """Return the JSON Schema of a spec, with which editors complete, explain and check it."""
    schema = Spec.model_json_schema()
    _add_effects(schema, schema, "")
    overrides = _override_definitions(schema)
    schema["$defs"] |= overrides
    schema["properties"]["environments"] = {
        "additionalProperties": {"anyOf": [{"$ref": f"#/$defs/Spec{_OVERRIDE}"}, {"type": "null"}]},
        "default": {"production": {}},
        "description": _with_effects(ENVIRONMENTS, effect_lines("environments")),
        "maxProperties": 50,
        "minProperties": 1,
        "type": "object",
    }
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "owscale spec"}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _add_effects(schema: dict[str, Any], section: dict[str, Any], path: str) -> None:
    """Add the effects of a change to the description of each key, which editors show."""
    for key, field in section["properties"].items():
        below, is_named = section_below(schema, field)
        if below:
            _add_effects(schema, below, f"{path}{key}.{NAME}." if is_named else f"{path}{key}.")
        elif lines := effect_lines(f"{path}{key}"):
            field["description"] = _with_effects(field["description"], lines)


def _with_effects(description: str, lines: list[str]) -> str:
    return "\n".join((description, "", "Change of a deployment that exists:", *lines))


def _override_definitions(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of each definition with nothing required: an environment overrides a part of the spec."""
    spec = {key: value for key, value in schema.items() if key != "$defs"}
    spec["properties"] = {key: value for key, value in spec["properties"].items() if key != "name"}
    definitions = copy.deepcopy({"Spec": spec, **schema["$defs"]})
    for definition in definitions.values():
        definition.pop("required", None)
        _point_to_overrides(definition)
    return {f"{name}{_OVERRIDE}": definition for name, definition in definitions.items()}


def _point_to_overrides(node: object) -> None:
    if isinstance(node, dict):
        if "$ref" in node:
            node["$ref"] += _OVERRIDE
        for value in node.values():
            _point_to_overrides(value)
    elif isinstance(node, list):
        for value in node:
            _point_to_overrides(value)


def spec_reference() -> str:
    """Return docs/spec.md: every key with its type, default, bounds and meaning."""
    schema = Spec.model_json_schema()
    lines = [
        "# The spec",
        "",
        "<!-- Generated by `make docs` from generator/spec/models/. Do not edit. -->",
        "",
        *_SPEC_INTRODUCTION.splitlines(),
        "",
        *_EFFECTS_INTRODUCTION.splitlines(),
        "",
        "| Effect | Meaning |",
        "|---|---|",
        *(f"| {kind} | {meaning} |" for kind, meaning in KIND_MEANINGS.items()),
        "",
        "## Top level",
        "",
        *_section(schema, schema, ""),
    ]
    return "\n".join(lines)


def _section(schema: dict[str, Any], section: dict[str, Any], path: str) -> Iterator[str]:
    subsections: list[tuple[str, dict[str, Any]]] = []
    yield "| Key | Type | Default | Meaning |"
    yield "|---|---|---|---|"
    for key, field in section["properties"].items():
        definition = resolve(schema, field)
        name = f"{path}{key}"
        below, is_named = section_below(schema, field)
        if below:
            subsections.append((f"{name}.{NAME}" if is_named else name, below))
        meaning = field.get("description") or definition["description"]  # pydantic drops one that equals the other
        default = "required" if key in section.get("required", ()) else _default(field, definition)
        yield f"| `{key}` | {_type(schema, definition)} | {default} | {meaning} |"
    if not path:
        yield f"| `environments` | mapping | `production: {{}}` | {ENVIRONMENTS} |"
    yield ""
    yield from _effect_table(path, [*section["properties"], *([] if path else ["environments"])])
    for name, definition in subsections:
        yield f"## {name}"
        yield ""
        yield definition["description"]
        yield ""
        yield from _section(schema, definition, f"{name}.")


def _effect_table(path: str, keys: list[str]) -> Iterator[str]:
    """Yield the effects of the keys of one section; a section within it has a table of its own."""
    rows = [(key, effect) for key in keys for effect in effects_of(f"{path}{key}")]
    if rows:
        yield "| Changed key | Effect | Plan of Terraform | Source |"
        yield "|---|---|---|---|"
        for key, effect in rows:
            condition = f", {effect.when.text}" if effect.when else ""
            words = effect.text if effect.sentence else effect.kind
            cells = (f"`{key}`{condition}", words, effect.planned_actions, _source(effect))
            yield f"| {' | '.join(cells)} |"
        yield ""


def _source(effect: Effect) -> str:
    if effect.source == PLAN:
        return ""
    return UNKNOWN if effect.source == UNKNOWN else f"[AWS]({effect.source})"


def _default(field: dict[str, Any], definition: dict[str, Any]) -> str:
    if "properties" in definition:
        return "see below"
    if field.get("default") is None:
        return "none" if "default" in field else "empty" if field.get("type") in ("object", "array") else "see below"
    return f"`{json.dumps(field['default'], ensure_ascii=False)}`"


def _type(schema: dict[str, Any], field: dict[str, Any]) -> str:
    """Return the type of a key, with an example of text."""
    kind = value_type(schema, field)
    definition = resolve(schema, field.get("anyOf", [field])[0])
    definition = resolve(schema, definition.get("items", definition))
    example = definition.get("examples", [None])[0]
    return f"{kind}, such as `{example}`" if example and kind.endswith("text") else kind


def variables_reference() -> str:
    """Return docs/openwebui-variables.md: the handling of each variable about connections, addresses and similar."""
    read, released = read_variables(), releases_read()
    lines = [
        "# Variables of Open WebUI",
        "",
        "<!-- Generated by `make docs` from generator/domain/openwebui/. Do not edit. -->",
        "",
        *_VARIABLES_INTRODUCTION.format(oldest=released[0], newest=released[-1]).splitlines(),
    ]
    for kind, title in _HANDLING_TITLES.items():
        lines += [
            "",
            f"## {title}",
            "",
            *_HANDLING_TEXTS[kind].splitlines(),
            "",
            "| Variable | Handling | Releases | Source |",
            "|---|---|---|---|",
        ]
        for name, handling in sorted(HANDLING_BY_VARIABLE.items()):
            if handling.kind == kind:
                releases, source = _origin(read.get(name), handling, released)
                lines.append(f"| `{name}` | {_handling(handling)} | {releases} | {source} |")
    return "\n".join([*lines, *_settings_table(), ""])


def _settings_table() -> Iterator[str]:
    """Yield the section about variables that set only the first value of a setting."""
    yield from ("", "## Only for a new database", "", *_SETTINGS_INTRODUCTION.splitlines(), "")
    yield from ("| Variable | Setting | Releases |", "|---|---|---|")
    released = releases_read(database_settings.FILE)
    for name, variable in read_variables(database_settings.FILE).items():
        yield f"| `{name}` | `{variable.detail}` | {_release_range(variable, released)} |"


def releases_reference() -> str:
    """Return docs/openwebui-releases.md: the verdict on each release, and its faults with their sources."""
    released = releases_read()
    return "\n".join(
        [
            "# Releases of Open WebUI",
            "",
            "<!-- Generated by `make docs` from generator/domain/openwebui/. Do not edit. -->",
            "",
            *_RELEASES_INTRODUCTION.format(oldest=released[0], newest=known_faults.JUDGED_UNTIL).splitlines(),
            "",
            "| Release | Verdict | Faults |",
            "|---|---|---|",
            *map(_release_row, reversed(released)),
            "",
            "## Faults",
            "",
            "| Releases | Fault | Verdict | Issue or pull request | Seen in the packages |",
            "|---|---|---|---|---|",
            *map(_fault_row, FAULTS),
            "",
            "## Releases without a suspected fault",
            "",
            "| Releases | Issue or pull request | Why not |",
            "|---|---|---|",
            *(f"| {releases} | {_issue(number)} | {reason} |" for releases, number, reason in SETTLED),
            "",
            *schema_sections(),
            "",
        ]
    )


def _release_row(release: str) -> str:
    faults = [fault for fault in FAULTS if fault.covers(release)]
    refused = [fault for fault in faults if fault.severity == "refused"]
    if any(not fault.condition for fault in refused):
        verdict = "**refused**"
    elif faults:
        conditions = [f"refused {fault.condition}" for fault in refused]
        verdict = "; ".join([*conditions, *(["warning"] if len(faults) > len(refused) else [])])
    else:
        verdict = "no known fault"
    issues = (_issue(number) for fault in faults for number in fault.issues)
    return f"| {release} | {verdict} | {', '.join(dict.fromkeys(issues)) or 'none'} |"


def _fault_row(fault: Fault) -> str:
    releases = fault.first if fault.first == fault.last else f"{fault.first} to {fault.last}"
    verdict = f"refused {fault.condition}".rstrip() if fault.severity == "refused" else "warning"
    return f"| {releases} | {fault.effect} | {verdict} | {', '.join(map(_issue, fault.issues))} | {fault.evidence} |"


def _issue(number: int) -> str:
    return f"[{number}]({ISSUES}/{number})"


def _origin(variable: ReadVariable | None, handling: Handling, released: Sequence[str]) -> tuple[str, str]:
    """Return the releases that read a variable, and the file that reads it."""
    if variable is None:
        return "all", f"<{handling.source}>"
    return _release_range(variable, released), f"`{variable.detail}`"


def _release_range(variable: ReadVariable, released: Sequence[str]) -> str:
    first, last = variable.releases[0], variable.releases[-1]
    since = "" if first == released[0] else f"from {first}"
    until = "" if last == released[-1] else f"to {last}"
    return " ".join(filter(None, (since, until))) or "all"


def _handling(handling: Handling) -> str:
    match handling.kind:
        case "key" | "secret":
            return f"`{handling.detail}`"
        case "rule":
            return f"[{handling.detail}](diagnostics.md#{handling.detail.lower()})"
    return handling.detail


def interruptions_reference() -> str:
    """Return docs/interruptions.md: the interruptions and weakened safeguards of each change, by resource type."""
    lines = [
        "# Interruptions",
        "",
        "<!-- Generated by `make docs` from generator/plan_policy/interruption_table.py. Do not edit. -->",
        "",
        *_INTERRUPTIONS_INTRODUCTION.splitlines(),
        "",
        "| Resource | Change | Effect | Consequence |",
        "|---|---|---|---|",
    ]
    for resource_type in sorted(REMOVALS.keys() | WORSENINGS.keys()):
        if removal := REMOVALS.get(resource_type):
            lines.append(_interruption_row(f"`{resource_type}`", "destroyed or replaced", removal))
        for entry in WORSENINGS.get(resource_type, ()):
            paths = ", ".join(f"`{path}`" for path in entry.comparison.paths)
            lines.append(_interruption_row(f"`{resource_type}`", paths, entry.interruption))
    lines += [
        _interruption_row(
            "`aws_appautoscaling_target`", "`max_capacity` below the running tasks", MAXIMUM_BELOW_RUNNING
        ),
        _interruption_row(f"`{SESSION_KEY}`", "created or replaced", SESSION_KEY_REPLACED),
        _interruption_row("any", "imported and changed by the same plan", IMPORT_WITH_CHANGE),
    ]
    lines += ["", "## No interruption", "", "| Resource type | Why its removal interrupts no user |", "|---|---|"]
    lines += [f"| `{resource_type}` | {reason} |" for resource_type, reason in NO_INTERRUPTION.items()]
    return "\n".join([*lines, ""])


def _interruption_row(resource: str, change: str, interruption: Interruption) -> str:
    return f"| {resource} | {change} | `{interruption.effect}` | {interruption.consequence} |"


def diagnostics_reference() -> str:
    """Return docs/diagnostics.md: a table of all codes, then the entry of each code with an example and its fix."""
    entries = catalogue()
    lines = [
        "# Diagnostics",
        "",
        "<!-- Generated by `make docs` from generator/rules/. Do not edit. -->",
        "",
        *_DIAGNOSTICS_INTRODUCTION.splitlines(),
        "",
        "| Code | Severity | Check |",
        "|---|---|---|",
        *(f"| [{entry.code}](#{entry.code.lower()}) | {entry.grade} | {entry.checks} |" for entry in entries),
        *(line for entry in entries for line in _format_entry(entry)),
        "",
    ]
    return "\n".join(lines)


def _format_entry(entry: CatalogueEntry) -> Iterator[str]:
    reference = f"<{entry.reference}>"
    if entry.reference.startswith("docs/"):
        reference = f"[{entry.reference}]({entry.reference.removeprefix('docs/')})"
    yield from ("", f"## {entry.code}", "", f"{entry.grade.capitalize()}. {entry.checks}", "")
    yield from (f"**Why:** {entry.rationale}", "", f"**Reference:** {reference}", "")
    yield from ("**Example:**", "", "```yaml", *entry.example.splitlines(), "```", "")
    yield from ("**Use instead:**", "", "```yaml", *entry.fixed_example.splitlines(), "```")
