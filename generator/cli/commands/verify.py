"""`owscale verify`: check that an applied deployment serves traffic."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from owscale.aws_api.calls import Caller
from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.exit_codes import FAILURE, SUCCESS
from owscale.cli.output import CommandResult, Output
from owscale.console.invocation import install_command, owscale_command
from owscale.domain.terraform import PROFILE_VARIABLE
from owscale.errors import OwscaleError, UsageError
from owscale.fs.files import io_errors
from owscale.fs.text import decode_text
from owscale.fs.untrusted import MAX_PLAN_BYTES, read_untrusted
from owscale.spec.deployment import Deployment
from owscale.terraform.error_hints import failure_message
from owscale.verify import account as account_source
from owscale.verify import format_results, terraform_outputs
from owscale.verify.aws_calls import ACCOUNT_CALL, CALLS, calls_of_checks
from owscale.verify.check import Check
from owscale.verify.progress import VerifyProgress
from owscale.verify.registry import TASKS_GROUP, needs_aws, select_checks
from owscale.verify.runner import CheckRun
from owscale.verify.target import Target, resolve_address
from owscale.verify.visitor import Visitor
from owscale.workflow.project import ProjectPaths
from owscale.workflow.select import select_single
from owscale.workflow.terraform_data import open_terraform

if TYPE_CHECKING:
    from owscale.spec.models import Spec

_MAX_RESPONSE_SECONDS = 10


class VerifyOptions(NamedTuple):
    """Options of `owscale verify`."""

    paths: ProjectPaths
    env: str | None
    terraform: str
    outputs: Path | None
    address: str | None
    server_name: str | None
    only: list[str]
    skip: list[str]
    account: str | None
    model: str | None
    tasks: list[str]
    timeout: float
    interval: float
    output_format: str


def run(options: VerifyOptions, output: Output) -> CommandResult:
    """Retry the checks until all pass or the timeout expires; exit code 1 if one failed."""
    checks = _select_checks(options)
    has_tasks = any(check.group == TASKS_GROUP for check in checks)
    reads_secret = has_tasks and account_source.is_secret(options.account or "")
    if has_tasks and not reads_secret:
        account_source.read_account(options.account or "", _no_aws)  # an error before Terraform runs
    deployments = load_valid_deployments(options.paths, output)
    deployment = select_single(deployments, options.env).deployment
    spec = deployment.spec
    profile = os.environ.get(PROFILE_VARIABLE, spec.aws.profile) or None
    outputs = _read_outputs(options, deployment)
    address = resolve_address(options.address, spec, outputs)
    calls = (*CALLS, ACCOUNT_CALL) if reads_secret else CALLS
    account, ask = _open_account(deployment, profile, calls) if needs_aws(checks) or reads_secret else (None, _no_aws)
    visitor = _visitor(options, spec, outputs, ask) if has_tasks else None
    public_host = urlsplit(spec.app.public_url).hostname if spec.app.public_url else None
    response_timeout = max(min(_MAX_RESPONSE_SECONDS, options.timeout), 1)
    server_name = options.server_name or public_host
    target = Target(spec, outputs, address, ask, profile, server_name, response_timeout, visitor)
    about = {"deployment": deployment.folder, "address": str(address), "account": account, "region": spec.aws.region}
    places = [f"{deployment.folder} at {address}", f"account {account}" if account else "", spec.aws.region]
    title = ", ".join(filter(None, places))

    progress = VerifyProgress(output.stream)
    check_run = CheckRun(target, checks, options.timeout, options.interval, progress.step)
    try:
        results = check_run.run()
    except KeyboardInterrupt:
        progress.clear()
        partial = format_results.format_text(check_run.results, title)
        output.status(f"interrupted after {check_run.elapsed_seconds:.0f} s\n{partial}")
        raise
    finally:
        for remaining in visitor.close() if visitor else ():
            output.status(f"not removed: {remaining}")
    progress.clear()
    if options.output_format == "json":
        text = format_results.format_json(results, about)
    else:
        text = format_results.format_text(results, title)
    return CommandResult(SUCCESS if format_results.all_passed(results) else FAILURE, f"{text}\n")


def _select_checks(options: VerifyOptions) -> list[Check]:
    if options.account is None and (options.model or options.tasks):
        name = "--model" if options.model else "--task"
        raise UsageError(f"{name} is for the checks of tasks, which need --account", hint="add `--account env`")
    try:
        return select_checks(options.only, options.skip, has_account=options.account is not None)
    except ModuleNotFoundError as error:
        raise OwscaleError(
            f"{error.name} is not installed; the checks of tasks need it for WebSockets",
            hint=f"run `{install_command('websockets')}`, or leave out --account",
        ) from error


def _visitor(
    options: VerifyOptions,
    spec: "Spec",
    outputs: terraform_outputs.TerraformOutputs,
    ask: Caller,
) -> Visitor:
    addresses = tuple(resolve_address(url, spec, outputs, option="--task") for url in options.tasks)
    return Visitor(account_source.read_account(options.account or "", ask), addresses, options.model or "")


def _read_outputs(options: VerifyOptions, deployment: Deployment) -> terraform_outputs.TerraformOutputs:
    root = options.paths.out / deployment.folder
    origin = str(options.outputs) if options.outputs else f"terraform output in {root}"
    text = _read_file(options.outputs) if options.outputs else _run_terraform_output(root, options.terraform)
    outputs = terraform_outputs.parse_outputs(text, origin)
    terraform_outputs.require_same_deployment(outputs, deployment.spec, origin)
    return outputs


def _read_file(path: Path) -> str:
    hint = f"write it with `terraform output -json > {shlex.quote(str(path))}` in the root module"
    try:
        with io_errors(path, hint=hint):
            return decode_text(read_untrusted(path, MAX_PLAN_BYTES, follow=True))
    except UnicodeDecodeError:
        raise OwscaleError(f"{path}: not text in UTF-8 or UTF-16", hint=hint) from None


def _run_terraform_output(root: Path, program: str) -> str:
    if not root.is_dir():
        hint = f"run `{owscale_command('generate')}`, or name a file of `terraform output -json` with `--outputs FILE`"
        raise OwscaleError(f"{root}: not found", hint=hint)
    result = open_terraform(root, program).run("output", "-json", "-no-color")
    if result.code:
        init = f"{shlex.quote(program)} -chdir={shlex.quote(str(root))} init"
        raise OwscaleError(
            failure_message(root, "terraform output failed", result.stderr),
            hint=f"run `{init}`, or name a file of `terraform output -json` with `--outputs FILE`",
        )
    return result.stdout


def _open_account(deployment: Deployment, profile: str | None, calls: Sequence[str]) -> tuple[str, Caller]:
    """Return the number of the AWS account and the function that calls its APIs."""
    try:
        from owscale.aws_api.client import AwsAccount  # noqa: PLC0415 -- boto3 is an optional dependency
    except ModuleNotFoundError as error:
        raise OwscaleError(
            f"{error.name} is not installed; these checks need it to call AWS",
            hint=f"run `{install_command('boto3')}`, or only `{owscale_command('verify', '--only', 'http')}`",
        ) from error
    aws = deployment.spec.aws
    other_credentials = "set `TF_VAR_aws_profile=` to use the credentials of the environment"
    account = AwsAccount(aws.region, profile, calls, other_credentials)
    if aws.account_id and account.id != aws.account_id:
        raise OwscaleError(
            f"the credentials belong to account {account.id}; aws.account_id is {aws.account_id}",
            hint="choose another profile (aws.profile, or TF_VAR_aws_profile)",
        )
    return account.id, calls_of_checks(account.call)


def _no_aws(name: str, /, **arguments: Any) -> dict[str, Any]:
    """Replace the AWS calls if no chosen check needs them; a call is then a bug of owscale."""
    raise RuntimeError(f"a check without AWS called {name} with {sorted(arguments)}")
