"""Run the commands of the runbook in a shell, against the emulated AWS."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests._support.shell import blocks, commands

_PARALLEL = 3
_MIGRATION_FAMILY = "webui3-scaled-migration"
_READ_PREFIXES = ("describe-", "get-", "list-")
_READ_COMMANDS = {("configure", "list"), ("logs", "tail"), ("s3", "ls")}
_UNSUPPORTED = (
    "application-autoscaling describe-scaling-activities",  # moto
    "elasticache describe-events",  # moto
    "logs tail",  # AWS CLI 1, the version on PyPI
)
_SKIP_UNSUPPORTED = (
    f'aws() {{ case "$1 $2" in {"|".join(map(repr, _UNSUPPORTED))}) ;; *) command aws "$@" ;; esac; }}\n'
)
"""A shell function in the place of `aws`: a command that the emulator does not support prints nothing."""


@dataclass(frozen=True)
class BlockRun:
    """A block of the runbook, the exit code of its shell, and its output."""

    block: str
    code: int
    out: str
    err: str


def read_only_blocks(runbook: str, *, of_migration: bool = False) -> list[str]:
    """Return the blocks that change nothing and use only AWS and the outputs of Terraform, each once.

    Those that read the task definition of the migration exist only with `app.migration_image`.
    """
    read_only = (block for block in dict.fromkeys(blocks(runbook, "bash")) if all(map(_is_read_only, commands(block))))
    return [block for block in read_only if (_MIGRATION_FAMILY in block) == of_migration]


def _is_read_only(words: list[str]) -> bool:
    if words[0] == "terraform":
        return words[2] == "output"
    if words[:2] == ["aws", "rds"]:  # the emulator asks AWS itself about clusters
        return False
    is_read_command = tuple(words[1:3]) in _READ_COMMANDS and "--follow" not in words
    is_aws_read = words[0] == "aws" and (is_read_command or words[2].startswith(_READ_PREFIXES))
    return words[0] in ("echo", "sort") or is_aws_read


def run_blocks(bash_blocks: list[str], folder: Path) -> list[BlockRun]:
    """Run each block in the folder with the spec and out/, several at once."""
    # The AWS CLI is installed beside this Python.
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = os.environ | {"PATH": path, "AWS_PAGER": ""}

    def run_block(block: str) -> BlockRun:
        completed = subprocess.run(  # noqa: S603 -- the generated runbook
            ["/bin/bash", "-euo", "pipefail", "-c", _SKIP_UNSUPPORTED + block],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return BlockRun(block, completed.returncode, completed.stdout, completed.stderr)

    with ThreadPoolExecutor(_PARALLEL) as pool:
        return list(pool.map(run_block, bash_blocks))
