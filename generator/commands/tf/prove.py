"""`owscale tf prove`: whether a plan leaves alone what exists, and loses nothing of our own."""

from argparse import Namespace
from pathlib import Path

from generator.errors import OwscaleError, Report
from generator.plan import NotAPlanError, read
from generator.plan.summary import summary
from generator.proof import prove as proved
from generator.proof.telling import told
from generator.stages import specs


def prove(options: Namespace, report: Report) -> int:
    """Prints the proof; 1 where the plan is refused."""
    deployment = specs.one(options, report)
    try:
        plan = read(_text(options.plan))
    except NotAPlanError as error:
        raise OwscaleError(f"{options.plan}: {error}") from error
    proof = proved(plan, deployment.spec, deployment.environment)
    print(told(proof, summary(plan), options.shown_as), end="")
    return 0 if proof.proved else 1


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise OwscaleError(f"{path}: {error.strerror}\n  hint: terraform show -json NEXT.tfplan > {path}") from None
    except UnicodeDecodeError:
        hint = f"a saved plan is binary: terraform show -json {path} > plan.json"
        raise OwscaleError(f"{path}: not JSON\n  hint: {hint}") from None
