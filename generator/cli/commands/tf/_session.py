"""The root module of one deployment: required to be up to date with its spec, with Terraform to run in it."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.messages import drift_hints, show_drift
from owscale.cli.output import Output
from owscale.console.invocation import owscale_command
from owscale.console.text import plural
from owscale.domain.terraform import LOCK_FILE
from owscale.errors import OwscaleError
from owscale.fs.untrusted import read_untrusted
from owscale.output.drift import DriftResult, detect_drift
from owscale.output.expected import ExpectedFiles
from owscale.output.journal import read_incomplete_run
from owscale.output.lock import lock_output
from owscale.rules.checked import CheckedDeployment
from owscale.spec.deployment import Deployment
from owscale.terraform import error_hints
from owscale.terraform.backend_config import BackendConfig
from owscale.terraform.events import RunResult, follow_run
from owscale.terraform.plan_store import PlanStore
from owscale.terraform.progress import RunProgress
from owscale.workflow.pipeline import expected_files
from owscale.workflow.project import ProjectPaths
from owscale.workflow.select import select_single
from owscale.workflow.terraform_data import open_terraform

if TYPE_CHECKING:
    from owscale.terraform.runner import Terraform

_MAX_WORKSPACE_BYTES = 4096
_STOPPING = "\ninterrupted: Terraform completes the running steps and releases the state lock; do not kill it"


@dataclass(frozen=True)
class TerraformSession:
    """A root module, and all that the actions need to run Terraform in it."""

    paths: ProjectPaths
    output: Output
    checked: CheckedDeployment
    expected: ExpectedFiles
    root: Path
    terraform: "Terraform"
    version: str
    backend: BackendConfig
    plan_store: PlanStore
    lock_timeout: float
    drift: DriftResult

    @property
    def deployment(self) -> Deployment:
        """The deployment that the root module belongs to."""
        return self.checked.deployment

    def init(self) -> None:
        """Run `terraform init` with the backend. Raises OwscaleError with a hint if it fails."""
        init_root_module(self.terraform, self.backend, self.output)

    def show(self, plan: Path) -> str:
        """Return a saved plan as JSON."""
        result = self.terraform.run("show", "-json", "-no-color", str(plan.resolve()))
        if result.code:
            raise self.error("terraform cannot read the plan that it saved", result.stderr)
        return result.stdout

    def state(self) -> Mapping[str, Any] | None:
        """Return the state from the backend, with secret values; None if nothing was ever applied."""
        result = self.terraform.run("state", "pull")
        if result.code:
            raise self.error("cannot read the state", result.stderr)
        # Terraform's warning about dynamodb_table may precede the document on stdout.
        text = "".join(result.stdout.partition("{")[1:])
        try:
            state = json.loads(text) if text else None
        except ValueError:
            hint = f"run `{self.backend.terraform_command} state pull` and read its output, which is not a state"
            raise OwscaleError(f"{self.root}: terraform state pull printed no JSON", hint=hint) from None
        return state if isinstance(state, dict) else None

    def follow(self, progress: RunProgress, command: str, *arguments: str) -> RunResult:
        """Run a command until it ends and show its progress; Ctrl-C asks Terraform to stop."""

        def start() -> "subprocess.Popen[str]":
            return self.terraform.start(command, "-input=false", "-json", *arguments)

        result = follow_run(start, progress.step, lambda: progress.print_line(_STOPPING))
        progress.clear()
        for diagnostic in result.diagnostics:
            if diagnostic.severity == "warning" and "dynamodb_table" not in diagnostic.detail:
                self.output.status(f"warning: {diagnostic}")
        return result

    def error(self, message: str, text: str) -> OwscaleError:
        """Return the error for a failure of Terraform, which printed `text`, with a hint if the cause is known."""
        return error_hints.terraform_error(message, text, self.backend)

    def progress(self, total: int = 0) -> RunProgress:
        """Return a progress display on stderr."""
        return RunProgress(self.output.stream, total)

    def command(self, action: str, *words: str) -> str:
        """Return a command line for an action on this deployment, to paste into a shell."""
        return tf_command(self.deployment, action, *words)


def init_root_module(terraform: "Terraform", backend: BackendConfig, output: Output, *arguments: str) -> None:
    """Run `terraform init`. Raises OwscaleError with a hint if it fails."""
    lock_file = terraform.root / LOCK_FILE
    has_lock_file = lock_file.exists()
    result = terraform.init(*arguments)
    if result.code:
        raise error_hints.terraform_error("terraform init failed", result.stderr or result.stdout, backend)
    if not has_lock_file and lock_file.exists():
        output.status(f"note: {lock_file}: written by init; commit it, so that every run uses these providers")


def tf_command(deployment: Deployment, action: str, *words: str) -> str:
    """Return a command line of `owscale tf` for a deployment, to paste into a shell."""
    return owscale_command("tf", action, "--env", deployment.environment, *words)


def open_session(
    paths: ProjectPaths, environment: str | None, lock_timeout: float, output: Output, program: str = "terraform"
) -> TerraformSession:
    """Open the root module that `--spec` and `--env` name, for the binary `program`.

    Raises OwscaleError if it differs from the spec, if git has files of Terraform itself, if Terraform is
    missing or too old, and if an earlier run left something to resolve first.
    """
    checked = select_single(load_valid_deployments(paths, output), environment)
    expected, drift = require_no_drift(paths, checked, lock_timeout, output)
    root = paths.out / checked.deployment.folder
    terraform = open_terraform(root, program)
    version = terraform.version()
    backend = backend_config(checked.deployment, root, program)
    _require_clean_workdir(root, backend)
    store = PlanStore(root)
    return TerraformSession(
        paths, output, checked, expected, root, terraform, version, backend, store, lock_timeout, drift
    )


def require_no_drift(
    paths: ProjectPaths, checked: CheckedDeployment, lock_timeout: float, output: Output
) -> tuple[ExpectedFiles, DriftResult]:
    """Return the expected files of a deployment. Raises OwscaleError where `out/` differs from them."""
    generate = owscale_command("generate")
    with lock_output(paths.out, exclusive=False, timeout_seconds=lock_timeout, status=output.status):
        if read_incomplete_run(paths.out):
            raise OwscaleError(
                f"{paths.out}: an earlier `owscale generate` was interrupted", hint=f"run `{generate}` to complete it"
            )
        expected = expected_files(checked, paths)
        result = detect_drift(paths.out, expected, frozenset())
    if drift := result.differences:
        for difference in sorted(drift, key=lambda each: each.review_order):
            show_drift(output, paths, difference, diff=False)
        verb = "differs" if len(drift) == 1 else "differ"
        message = f"{paths.out / checked.deployment.folder}: {plural(len(drift), 'file')} {verb} from the spec"
        hint = "; ".join(drift_hints({difference.kind for difference in drift}))
        raise OwscaleError(message, hint=hint or "move away the blocking files that are listed above")
    return expected, result


def backend_config(deployment: Deployment, root: Path, program: str, action: str = "plan") -> BackendConfig:
    """Return the backend of a root module, for the hints of an action."""
    spec = deployment.spec
    return BackendConfig(
        root=root,
        bucket=spec.state.bucket,
        key=spec.state.key,
        state_region=spec.state.region or spec.aws.region,
        table=spec.state.dynamodb_table,
        profile=spec.aws.profile,
        plan_command=tf_command(deployment, action),
        program=program,
    )


def _require_clean_workdir(root: Path, backend: BackendConfig) -> None:
    if (root / "errored.tfstate").exists():
        hint = error_hints.find_hint("errored.tfstate", backend)
        raise OwscaleError(f"{root}: an earlier apply could not save its state", hint=hint)
    file = root / (os.environ.get("TF_DATA_DIR") or ".terraform") / "environment"
    selected = read_untrusted(file, _MAX_WORKSPACE_BYTES).decode("utf-8", "replace").strip() if file.exists() else ""
    workspace = os.environ.get("TF_WORKSPACE") or selected
    if workspace not in ("", "default"):
        raise OwscaleError(
            f"{root}: the workspace {workspace} is selected; a deployment has only the default workspace",
            hint=f"unset TF_WORKSPACE, then run `{backend.terraform_command} workspace select default`",
        )
