"""Sentences of the runbook about owscale are true for every reader of a runbook, also without a checkout.

Its commands exist, and each output that it quotes is one that the command prints.
"""

import re
import subprocess
import sys
from functools import cache

import pytest

from owscale.cli.commands.tf.plan import NO_CHANGES
from owscale.cli.options import parse
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.format_result import format_result
from owscale.terraform.events import follow_run
from owscale.terraform.plan.parser import parse_plan
from owscale.terraform.plan.summary import summarize_plan
from tests._support.cases import PROJECT
from tests._support.documents import DOCUMENTS, Documents, parameters
from tests._support.plans import deployment, migrated_image, plan_text, rendered_files
from tests._support.shell import blocks, commands
from tests._support.upgrade_transcripts import transcripts

CHECK_BLOCK = PROJECT / "tests/terraform/check_block.jsonl"

_FENCE = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`")
_EXPECTATION = re.compile(
    r"^( *)```bash\n(?P<block>(?:(?! *```)[^\n]*\n)*)\1```\n\n *(?P<text>Expected\b.*?)(?:\n\n|\Z)",
    re.DOTALL | re.MULTILINE,
)


@pytest.fixture(params=parameters())
def documents(request: pytest.FixtureRequest) -> Documents:
    deployment_documents: Documents = request.param
    return deployment_documents


@cache
def _plan_output(name: str) -> str:
    """Return what `owscale tf plan` prints about a recorded plan."""
    plan = parse_plan(plan_text(name))
    check = evaluate_plan(plan, deployment(name), rendered_files(name), migrated_image=migrated_image(name))
    return format_result(check, summarize_plan(plan), "text")


@cache
def _check_block_warning() -> str:
    """Return the output of owscale for the recorded warning of a `check` block."""
    reader = [sys.executable, "-c", f"print(open({str(CHECK_BLOCK)!r}).read())"]
    process = subprocess.Popen(reader, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- code of this test
    return "\n".join(map(str, follow_run(lambda: process, lambda _: None, lambda: None).diagnostics))


def _output(words: list[str]) -> str:
    """Return all that a command may print where a runbook quotes it."""
    match words:
        case ["tf", "plan", *_]:
            plans = map(_plan_output, ("create", "migration", "release"))
            return "\n".join((*plans, NO_CHANGES, _check_block_warning()))
        case ["upgrade", *_]:
            return "\n".join(transcripts().values())
        case ["tf", "destroy", *_]:
            return "\n".join((_plan_output("create").splitlines()[0], _plan_output("destroy")))
    return ""


def _owscale_expectations(text: str) -> list[tuple[list[str], list[str]]]:
    """Return the words of each owscale command before an `Expected`, with the code spans of that paragraph."""
    return [
        (words, _SPAN.findall(match["text"]))
        for match in _EXPECTATION.finditer(text)
        for program, *words in commands(match["block"])
        if program == "owscale"
    ]


def test_quoted_output_is_what_the_command_prints(documents: Documents) -> None:
    expectations = _owscale_expectations(documents.files["RUNBOOK.md"])
    assert {("tf", "plan"), ("tf", "destroy"), ("verify", "--spec")} <= {tuple(words[:2]) for words, _ in expectations}
    for words, spans in expectations:
        for span in spans:
            if not span.startswith((".venv", "Managed rules")):
                assert span in _output(words), f"owscale {' '.join(words)} does not print `{span}`"


def test_headings_of_the_plan_check_are_quoted_as_they_are_printed(documents: Documents) -> None:
    for heading in re.findall(r"`(Managed rules[^`]*)`", documents.files["RUNBOOK.md"]):
        assert f"\n{heading}:\n" in _plan_output("create")


def test_quoted_check_blocks_are_in_the_code(documents: Documents) -> None:
    names = re.findall(r"`check\.(\w+)`", documents.files["RUNBOOK.md"])
    assert names
    for name in names:
        assert f'check "{name}" {{' in documents.hcl


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_in_sentences_exist_for_an_installation_without_a_makefile(documents: Documents, name: str) -> None:
    spans = [span.split() for span in _SPAN.findall(_FENCE.sub("", documents.files[name]))]
    assert any(words[0] == "owscale" for words in spans if words)
    for program, *words in filter(None, spans):
        assert program != "make" or not words, "an installation has no Makefile"
        if program == "owscale" and words:
            parse(["S201" if word == "CODE" else word for word in words])


def test_no_block_needs_a_checkout_of_owscale(documents: Documents) -> None:
    text = "\n".join(blocks(documents.files["RUNBOOK.md"], "bash"))
    assert not re.search(r"\b(make|pip|pipx|uv)\b|generator/|templates/", text)
