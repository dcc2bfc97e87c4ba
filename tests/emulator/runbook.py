"""The runbook's own commands, pasted into a shell that talks to the emulated AWS."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.documents.shell import blocks, commands

_AT_ONCE = 3
_READS = ("describe-", "get-", "list-")
_OWN_READS = {("configure", "list"), ("logs", "tail"), ("s3", "ls")}
_LACKING = (
    "application-autoscaling describe-scaling-activities",  # moto
    "elasticache describe-events",  # moto
    "logs tail",  # the AWS CLI 1, which is the one on PyPI
)
_WITHOUT = 'aws() { case "$1 $2" in ' + "|".join(map(repr, _LACKING)) + ') ;; *) command aws "$@" ;; esac; }\n'
"""For the shell: what cannot be answered here says nothing."""


@dataclass(frozen=True)
class Pasted:
    """A block of the runbook, how the shell ended, and what it printed."""

    block: str
    code: int
    out: str
    err: str


def readers(runbook: str) -> list[str]:
    """The blocks that change nothing and ask nobody but AWS and Terraform's outputs, each once."""
    return [block for block in dict.fromkeys(blocks(runbook, "bash")) if all(map(_reads, commands(block)))]


def _reads(words: list[str]) -> bool:
    if words[0] == "terraform":
        return words[2] == "output"
    own = tuple(words[1:3]) in _OWN_READS and "--follow" not in words
    return words[0] in ("echo", "sort") or (words[0] == "aws" and (own or words[2].startswith(_READS)))


def pasted(found: list[str], folder: Path) -> list[Pasted]:
    """Runs each block where the spec and out/ are, some at once."""
    # The AWS CLI is a script of the same environment as this Python.
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = os.environ | {"PATH": path, "AWS_PAGER": ""}

    def paste(block: str) -> Pasted:
        ran = subprocess.run(  # noqa: S603 -- our own document
            ["/bin/bash", "-euo", "pipefail", "-c", _WITHOUT + block],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return Pasted(block, ran.returncode, ran.stdout, ran.stderr)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(paste, found))
