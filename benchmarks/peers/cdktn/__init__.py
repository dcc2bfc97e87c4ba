"""CDK Terrain: a stack a deployment, in Python, with its prebuilt provider for AWS."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.case import Case, CaseError
from benchmarks.places import BENCH, PROJECT, python

NAME = "CDK Terrain"
HOME = BENCH / "cdktn"
_RUNS = {1: 5, 10: 3}
_NODE = "node"
_PLAN = PROJECT / "tests/plans/no-peer/plan.json"
_ROOT = PROJECT / "out/gravity-ai-chat/production"


def why_missing() -> str:
    """Why there are no cases; empty where there are."""
    if not (HOME / ".ready").exists():
        return "it could not be installed"
    return "" if shutil.which(_NODE) else "it needs Node.js, which is not here"


def cases() -> Iterator[Case]:
    """The program alone, as `cdktn synth` would start it: the command line of CDK Terrain takes longer to begin."""
    for size, runs in _RUNS.items():
        yield Case(
            f"cdktn-{size}",
            f"CDK Terrain, synthesis of {size} stack{'s' * (size > 1)}",
            (python(HOME), "main.py", str(size)),
            "stacks written",
            deployments=size,
            series="CDK Terrain, synthesis",
            set_up=_set_up,
            verify=_verify,
            most_runs=runs,
        )


def _set_up(folder: Path) -> None:
    """Writes the program, with the classes of the CDK Terrain that is installed."""
    ran = subprocess.run(  # noqa: S603 -- a program of ours in the environment that make made
        [python(HOME), str(Path(__file__).with_name("program.py")), str(_PLAN), str(_ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise CaseError(f"cdktn: {ran.stderr}")
    (folder / "main.py").write_text(ran.stdout, encoding="utf-8")


def _verify(folder: Path) -> None:
    """Raises CaseError unless each stack has every type of resource and data source of AWS that owscale writes."""
    texts = [path.read_text(encoding="utf-8") for path in _ROOT.glob("modules/*/*.tf")]
    wanted = {
        found for text in texts for found in re.findall(r'^(resource|data) "(aws_[a-z0-9_]+)"', text, re.MULTILINE)
    }
    for path in folder.glob("cdktf.out/stacks/*/cdk.tf.json"):
        stack = json.loads(path.read_text(encoding="utf-8"))
        if lacking := {(kind, name) for kind, name in wanted if name not in stack[kind]}:
            raise CaseError(f"cdktn: {path} lacks {sorted(lacking)}")
