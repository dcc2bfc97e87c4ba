"""`owscale verify`: check that an applied deployment serves traffic."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from owscale.aws_api.calls import Caller
from owscale.cli.commands._applied import aws_profile, open_account, read_outputs
from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.exit_codes import FAILURE, SUCCESS
from owscale.cli.output import CommandResult, Output
from owscale.console.invocation import install_command, owscale_command
from owscale.errors import OwscaleError, UsageError
from owscale.spec.deployment import Deployment
from owscale.verify import account as account_source
from owscale.verify import format_results
from owscale.verify.aws_calls import ACCOUNT_CALL, CALLS, calls_of_checks
from owscale.verify.check import Check
from owscale.verify.progress import VerifyProgress
from owscale.verify.registry import TASKS_GROUP, needs_aws, select_checks
from owscale.verify.runner import CheckRun
from owscale.verify.target import Target, resolve_address
from owscale.verify.terraform_outputs import TerraformOutputs
from owscale.verify.visitor import Visitor
from owscale.workflow.project import ProjectPaths
from owscale.workflow.select import select_single

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
    profile = aws_profile(spec)
    outputs = read_outputs(options.paths, options.outputs, options.terraform, deployment)
    address = resolve_address(options.address, spec, outputs)
    calls = (*CALLS, ACCOUNT_CALL) if reads_secret else CALLS
    account, ask = _open_account(deployment, calls) if needs_aws(checks) or reads_secret else (None, _no_aws)
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
    outputs: TerraformOutputs,
    ask: Caller,
) -> Visitor:
    addresses = tuple(resolve_address(url, spec, outputs, option="--task") for url in options.tasks)
    return Visitor(account_source.read_account(options.account or "", ask), addresses, options.model or "")


def _open_account(deployment: Deployment, calls: Sequence[str]) -> tuple[str, Caller]:
    """Return the number of the AWS account and the function that calls its APIs."""
    without = f"or only `{owscale_command('verify', '--only', 'http')}`"
    account = open_account(deployment, calls, otherwise=without)
    return account.id, calls_of_checks(account.call)


def _no_aws(name: str, /, **arguments: Any) -> dict[str, Any]:
    """Replace the AWS calls if no chosen check needs them; a call is then a bug of owscale."""
    raise RuntimeError(f"a check without AWS called {name} with {sorted(arguments)}")
