"""The root of one deployment, made sure to be what the spec gives, and Terraform in it."""

import json
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import output
from generator.deployment import Deployment
from generator.errors import OwscaleError, Report, count
from generator.output import Generated
from generator.stages import specs, steps
from generator.terraform import Terraform, faults
from generator.terraform.faults import Names
from generator.terraform.progress import Progress
from generator.terraform.saved import Saved
from generator.terraform.stream import Watched, watch

_WAIT = "\ninterrupted: Terraform ends what it has begun, and gives the lock back. Killing it now would lose track."


@dataclass(frozen=True)
class Root:
    """One root with all that the actions need of it."""

    options: Namespace
    deployment: Deployment
    generated: Generated
    path: Path
    terraform: Terraform
    version: str
    names: Names
    saved: Saved

    def init(self) -> None:
        """`terraform init` with the backend. Raises OwscaleError with what to do where it fails."""
        ran = self.terraform.init("-lockfile=readonly", "-no-color")
        if ran.code:
            raise self.failed("terraform init failed", ran.stderr or ran.stdout)

    def show(self, plan: Path) -> str:
        """A saved plan as JSON."""
        shown = self.terraform.run("show", "-json", "-no-color", str(plan.resolve()))
        if shown.code:
            raise self.failed("terraform cannot read the plan that it saved", shown.stderr)
        return shown.stdout

    def state(self) -> Mapping[str, Any] | None:
        """The state as the backend has it, secret values too; None where nothing was ever applied."""
        pulled = self.terraform.run("state", "pull")
        if pulled.code:
            raise self.failed("the state cannot be read", pulled.stderr)
        # Terraform's warning of dynamodb_table may stand on stdout before the document.
        text = pulled.stdout[pulled.stdout.find("{") :] if "{" in pulled.stdout else ""
        try:
            found = json.loads(text) if text else None
        except ValueError:
            raise OwscaleError(f"{self.path}: terraform state pull printed no JSON") from None
        return found if isinstance(found, dict) else None

    def watched(self, progress: Progress, command: str, *arguments: str) -> Watched:
        """Runs a command to its end, with its progress; Ctrl-C asks it to stop."""

        def start() -> "subprocess.Popen[str]":
            return self.terraform.start(command, "-input=false", "-json", *arguments)

        watched = watch(start, progress, lambda: progress.say(_WAIT))
        progress.end()
        for problem in watched.problems:
            if problem.severity == "warning" and "dynamodb_table" not in problem.detail:
                steps.say(f"warning: {problem}")
        return watched

    def failed(self, what: str, text: str) -> OwscaleError:
        """A failure of Terraform, told with what to do about it."""
        return OwscaleError(faults.told(what, text, self.names))

    def progress(self, total: int = 0) -> Progress:
        return Progress(sys.stderr, total)

    def command(self, action: str, *words: str) -> str:
        """An action on this deployment, to be pasted."""
        return command(self.options, self.deployment, action, *words)


def command(options: Namespace, deployment: Deployment, action: str, *words: str) -> str:
    """An action of `owscale tf` on a deployment, to be pasted."""
    return steps.command(options, "tf", action, "--env", deployment.environment, *words)


def opened(options: Namespace, report: Report) -> Root:
    """The root that --spec and --env name.

    Raises OwscaleError where it is not what the spec gives, where Terraform is missing or too old, and where an earlier
    run left something that has to be put right first.
    """
    deployment = specs.one(options, report)
    generated = _as_it_should_be(options, deployment)
    path = options.out / deployment.folder
    terraform = Terraform(path)
    version = terraform.version()
    names = _names(options, deployment, path)
    _nothing_left_over(path, names)
    return Root(options, deployment, generated, path, terraform, version, names, Saved(path))


def _as_it_should_be(options: Namespace, deployment: Deployment) -> Generated:
    with steps.locked(options, writing=False):
        if output.interrupted(options.out):
            raise OwscaleError(
                f"{options.out}: a run of owscale generate was broken off\n"
                f"  hint: run `{steps.command(options, 'generate')}`, which completes it"
            )
        generated = next(steps.generated(options, [deployment]))
        found = output.compare(options.out, generated, frozenset())
    if found.differences:
        for difference in found.differences[:3]:
            steps.tell(options, difference, diff=False)
        raise OwscaleError(
            f"{options.out / deployment.folder}: {count(len(found.differences), 'file')} not as the spec gives it\n"
            f"  hint: run `{steps.command(options, 'generate')}`, and have the result reviewed"
        )
    return generated


def _names(options: Namespace, deployment: Deployment, path: Path) -> Names:
    spec = deployment.spec
    return Names(
        root=path,
        bucket=spec.state.bucket,
        key=spec.state.key,
        region=spec.aws.region,
        state_region=spec.state.region or spec.aws.region,
        table=spec.state.dynamodb_table,
        profile=spec.aws.profile,
        plan=command(options, deployment, "plan"),
    )


def _nothing_left_over(path: Path, names: Names) -> None:
    if (path / "errored.tfstate").exists():
        hint = faults.advice("errored.tfstate", names)
        raise OwscaleError(f"{path}: an earlier apply could not save its state\n  hint: {hint}")
    chosen = Path(os.environ.get("TF_DATA_DIR") or ".terraform", "environment")
    with_file = path / chosen
    workspace = os.environ.get("TF_WORKSPACE") or (with_file.read_text().strip() if with_file.is_file() else "")
    if workspace not in ("", "default"):
        raise OwscaleError(
            f"{path}: the workspace {workspace} is selected, and a deployment has none but the default one\n"
            f"  hint: unset TF_WORKSPACE, and {names.terraform} workspace select default"
        )
