"""A proof as text, as Markdown and as JSON: violations first, then what a person who decides should see."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Literal

from generator.errors import count
from generator.plan.summary import Part, code, escaped
from generator.plan.summary import as_markdown as summary_as_markdown
from generator.plan.summary import as_text as summary_as_text
from generator.proof.result import GroupRule, Proof
from generator.report import printable

Format = Literal["text", "markdown", "json"]

_RULE_VERBS = {
    "create": "added",
    "delete": "taken away",
    "replace": "replaced",
    "update": "changed",
}


def told(proof: Proof, parts: tuple[Part, ...], how: Format) -> str:
    """The whole report on a plan; `parts` is the summary of what it does."""
    if how == "json":
        return as_json(proof, parts)
    lines = as_markdown(proof, parts) if how == "markdown" else as_text(proof, parts)
    return "".join(f"{line}\n" for line in lines)


def as_text(proof: Proof, parts: Iterable[Part]) -> Iterator[str]:
    """For a terminal."""
    yield f"{printable(proof.deployment)}: {_verdict(proof)}"
    for violation in proof.violations:
        yield ""
        yield printable(f"{violation.address or 'the plan'}: {violation.what}")
        yield f"  why: {printable(violation.why)}"
        first, *more = violation.hint.split("\n")
        yield f"  hint: {printable(first)}"
        yield from map(printable, more)
    if proof.rules:
        yield from ("", "Rules on security groups of others:")
        yield from (f"  {printable(rule.address)}: {printable(_rule(rule))}" for rule in proof.rules)
    if proof.notes:
        yield from ("", "To know:")
        yield from (f"  {printable(note.address)}: {printable(note.text)}" for note in proof.notes)
    if lines := list(summary_as_text(parts)):
        yield from ("", "What happens:")
        yield from (f"  {line}" for line in lines)
    yield from ("", f"{proof.counts}.")


def as_markdown(proof: Proof, parts: Iterable[Part]) -> Iterator[str]:
    """For a pull request."""
    yield f"## {escaped(proof.deployment)}: {_verdict(proof)}"
    yield from ("", f"{proof.counts}.", "")
    if proof.violations:
        yield from ("### Why it is refused", "")
        for violation in proof.violations:
            where = code(violation.address) if violation.address else "the plan"
            yield f"- {where}: {escaped(violation.what)}"
            yield f"  - why: {escaped(violation.why)}"
            first, *more = violation.hint.split("\n")
            yield f"  - hint: {escaped(first)} {' '.join(code(line.strip()) for line in more)}".rstrip()
        yield ""
    if proof.rules:
        yield from ("### Rules on security groups of others", "")
        yield from (f"- {code(rule.address)}: {escaped(_rule(rule))}" for rule in proof.rules)
        yield ""
    if proof.notes:
        yield from ("### To know", "")
        yield from (f"- {code(note.address)}: {escaped(note.text)}" for note in proof.notes)
        yield ""
    lines = list(summary_as_markdown(parts))
    yield from ("### What happens", "", *lines) if lines else ("Nothing happens.",)


def as_json(proof: Proof, parts: Iterable[Part]) -> str:
    """For a program. Texts are whole here: a terminal's own characters are escaped by JSON."""
    document = {
        "deployment": proof.deployment,
        "proved": proof.proved,
        "summary": str(proof.counts),
        "counts": asdict(proof.counts),
        "violations": [asdict(violation) for violation in proof.violations],
        "group_rules": [asdict(rule) for rule in proof.rules],
        "notes": [asdict(note) for note in proof.notes],
        "modules": [asdict(part) for part in parts],
    }
    return json.dumps(document, indent=2) + "\n"


def _verdict(proof: Proof) -> str:
    return "proved" if proof.proved else f"refused, {count(len(proof.violations), 'violation')}"


def _rule(rule: GroupRule) -> str:
    group = f"{rule.protected} ({rule.group})" if rule.group else "a group that the spec names no longer"
    port = f", TCP port {rule.port}" if rule.port else ""
    return f"{_RULE_VERBS.get(rule.action, rule.action)} on {group}{port}, for the tasks' security group"
