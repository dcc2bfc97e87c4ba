"""Format the result of a plan check as text, Markdown or JSON: violations first, then the facts for a reviewer."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from owscale.console.json_text import json_document
from owscale.console.markdown import code, escape
from owscale.console.text import plural, printable
from owscale.plan_policy.result import PolicyResult, SecurityGroupRule
from owscale.terraform.plan import summary
from owscale.terraform.plan.summary import SummaryPart

_RULE_VERBS = {
    "create": "added",
    "delete": "removed",
    "replace": "replaced",
    "update": "changed",
}
_GROUP_RULES = "Managed rules on existing security groups"
_NOTES = "Notes"
_CHANGES = "Changes"


def format_result(result: PolicyResult, parts: tuple[SummaryPart, ...], output_format: str) -> str:
    """Return the result as `text`, `markdown` or `json`; `parts` is the summary of the plan."""
    if output_format == "json":
        return format_json(result, parts)
    lines = format_markdown(result, parts) if output_format == "markdown" else format_text(result, parts)
    return "".join(f"{line}\n" for line in lines)


def format_text(result: PolicyResult, parts: Iterable[SummaryPart]) -> Iterator[str]:
    """Yield the lines for a terminal."""
    yield f"{printable(result.deployment)}: {_verdict(result)}"
    for violation in result.violations:
        yield ""
        yield printable(f"{violation.address or 'the plan'}: {violation.problem}")
        if violation.location:
            yield f"  spec: {printable(violation.location)}"
        yield f"  reason: {printable(violation.reason)}"
        first, *more = violation.hint.split("\n")
        yield f"  hint: {printable(first)}"
        yield from map(printable, more)
    if result.group_rules:
        yield from ("", f"{_GROUP_RULES}:")
        yield from (f"  {printable(rule.address)}: {printable(_describe_rule(rule))}" for rule in result.group_rules)
    if result.notes:
        yield from ("", f"{_NOTES}:")
        yield from (f"  {printable(note.address)}: {printable(note.text)}" for note in result.notes)
    if lines := list(summary.format_text(parts)):
        yield from ("", f"{_CHANGES}:")
        yield from (f"  {line}" for line in lines)
    yield from ("", str(result.counts))


def format_markdown(result: PolicyResult, parts: Iterable[SummaryPart]) -> Iterator[str]:
    """Yield the lines for a pull request."""
    yield f"## {escape(result.deployment)}: {_verdict(result)}"
    yield from ("", str(result.counts), "")
    if result.violations:
        yield from ("### Violations", "")
        for violation in result.violations:
            where = code(violation.address) if violation.address else "the plan"
            yield f"- {where}: {escape(violation.problem)}"
            if violation.location:
                yield f"  - spec: {escape(violation.location)}"
            yield f"  - reason: {escape(violation.reason)}"
            first, *more = violation.hint.split("\n")
            yield f"  - hint: {escape(first)} {' '.join(code(line.strip()) for line in more)}".rstrip()
        yield ""
    if result.group_rules:
        yield from (f"### {_GROUP_RULES}", "")
        yield from (f"- {code(rule.address)}: {escape(_describe_rule(rule))}" for rule in result.group_rules)
        yield ""
    if result.notes:
        yield from (f"### {_NOTES}", "")
        yield from (f"- {code(note.address)}: {escape(note.text)}" for note in result.notes)
        yield ""
    lines = list(summary.format_markdown(parts))
    yield from (f"### {_CHANGES}", "", *lines) if lines else ("No changes.",)


def format_json(result: PolicyResult, parts: Iterable[SummaryPart]) -> str:
    """Return the result for a program; JSON itself escapes the characters that steer a terminal."""
    document = {
        "deployment": result.deployment,
        "passed": result.passed,
        "summary": str(result.counts),
        "counts": asdict(result.counts),
        "violations": [asdict(violation) for violation in result.violations],
        "group_rules": [asdict(rule) for rule in result.group_rules],
        "notes": [asdict(note) for note in result.notes],
        "modules": [asdict(part) for part in parts],
    }
    return json_document(document) + "\n"


def _verdict(result: PolicyResult) -> str:
    if result.passed:
        return "plan check passed"
    return f"plan check failed, {plural(len(result.violations), 'violation')}"


def _describe_rule(rule: SecurityGroupRule) -> str:
    group = f"{rule.spec_key} ({rule.group})" if rule.group else "a security group that is not in the spec any more"
    port = f", TCP port {rule.port}" if rule.port else ""
    return f"{_RULE_VERBS.get(rule.action, rule.action)} on {group}{port}, for the tasks' security group"
