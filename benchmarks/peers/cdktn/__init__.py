"""CDK Terrain: a stack a deployment, with its prebuilt provider for AWS; once in Python and once in JavaScript."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.case import Case, CaseError
from benchmarks.places import BENCH, PROJECT, python

NAME = "CDK Terrain"
_PYTHON, _NODE = BENCH / "cdktn", BENCH / "cdktn-npm"
_RUNS = {1: 5, 10: 3}
_PLAN = PROJECT / "tests/plans/no-peer/plan.json"
_ROOT = PROJECT / "out/gravity-ai-chat/production"


def why_missing() -> str:
    """Why there are no cases; empty where there are."""
    if not all((home / ".ready").exists() for home in (_PYTHON, _NODE)):
        return "it could not be installed"
    return "" if shutil.which("node") else "it needs Node.js, which is not here"


def cases() -> Iterator[Case]:
    """The program alone, as `cdktn synth` would start it: the command line of CDK Terrain takes longer to begin."""
    for size, runs in _RUNS.items():
        stacks = f"{size} stack{'s' * (size > 1)}"
        case = partial(
            Case, expected="stacks written", deployments=size, verify=_verify, one_core=False, most_runs=runs
        )
        yield case(
            f"cdktn-{size}",
            f"CDK Terrain in Python, {stacks}",
            (python(_PYTHON), "main.py", str(size)),
            series="CDK Terrain in Python",
            set_up=_in_python,
        )
        yield case(
            f"cdktn-js-{size}",
            f"CDK Terrain in JavaScript, {stacks}",
            ("node", "main.js", str(size)),
            series="CDK Terrain in JavaScript",
            set_up=_in_javascript,
        )


def _in_python(folder: Path) -> None:
    (folder / "main.py").write_text(_program("python"), encoding="utf-8")


def _in_javascript(folder: Path) -> None:
    (folder / "main.js").write_text(_program("javascript"), encoding="utf-8")
    (folder / "node_modules").symlink_to(_NODE / "node_modules")


def _program(language: str) -> str:
    """The program, with the classes of the CDK Terrain that is installed."""
    ran = subprocess.run(  # noqa: S603 -- a program of ours in the environment that make made
        [python(_PYTHON), str(Path(__file__).with_name("program.py")), str(_PLAN), str(_ROOT), language],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise CaseError(f"cdktn: {ran.stderr}")
    return ran.stdout


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
