"""`owscale verify`: whether what was applied works."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from generator.deployment import Deployment
from generator.errors import OwscaleError, Report
from generator.stages import specs
from generator.terraform import Terraform
from generator.verify import outputs, telling
from generator.verify.progress import Progress
from generator.verify.runner import Run
from generator.verify.selection import asks_aws, selected
from generator.verify.subject import Subject, address

_LONGEST_ANSWER_SECONDS = 10

# The variable of the generated root: what Terraform was told holds here too, and empty is the environment's own.
_PROFILE_VARIABLE = "TF_VAR_aws_profile"


def verify(options: Namespace, report: Report) -> int:
    """Tries every check until it passes or the time is over, and tells what each saw; 1 if one failed."""
    checks = selected(options.only, options.skip)
    deployment = specs.one(options, report)
    spec = deployment.spec
    profile = os.environ.get(_PROFILE_VARIABLE, spec.aws.profile) or None
    made = _outputs(options, deployment)
    where = address(options.address, spec, made)
    account, ask = _account(deployment, profile) if asks_aws(checks) else (None, _nobody)
    public = urlsplit(spec.app.public_url).hostname if spec.app.public_url else None
    patience = max(min(_LONGEST_ANSWER_SECONDS, options.timeout), 1)
    subject = Subject(spec, made, where, ask, profile, options.server_name or public, patience)
    about = {"deployment": deployment.folder, "address": str(where), "account": account, "region": spec.aws.region}

    progress = Progress(sys.stderr)
    run = Run(subject, checks, options.timeout, options.interval, progress)
    title = ", ".join(
        [f"{deployment.folder} at {where}", *([f"account {account}"] if account else []), spec.aws.region]
    )
    try:
        results = run.to_the_end()
    except KeyboardInterrupt:
        progress.end()
        print(f"broken off after {run.seconds:.0f} s. {telling.as_text(run.results, title)}", file=sys.stderr)
        raise
    progress.end()
    print(telling.as_json(results, about) if options.json else telling.as_text(results, title))
    return 0 if telling.well(results) else 1


def _outputs(options: Namespace, deployment: Deployment) -> outputs.Outputs:
    if options.outputs:
        origin = str(options.outputs)
        try:
            text = options.outputs.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise OwscaleError(f"{origin}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from error
    else:
        root = options.out / deployment.folder
        origin = f"terraform output in {root}"
        if not root.is_dir():
            raise OwscaleError(f"{root}: not there\n  hint: make generate writes it; --outputs FILE does without")
        asked = Terraform(root).run("output", "-json", "-no-color")
        if asked.code:
            raise OwscaleError(
                f"{origin} failed\n{asked.stderr.strip()}\n"
                f"  hint: terraform -chdir={root} init; or --outputs FILE with what `terraform output -json` printed"
            )
        text = asked.stdout
    found = outputs.parsed(text, origin)
    outputs.belong_together(found, deployment.spec, origin)
    return found


def _account(deployment: Deployment, profile: str | None) -> tuple[str, Callable[..., dict[str, Any]]]:
    try:
        from generator.verify.aws import Account  # noqa: PLC0415 -- an extra; checks without AWS do without
    except ModuleNotFoundError as error:
        raise OwscaleError(
            f"{error.name} is not installed, and these checks ask AWS\n"
            "  hint: make verify installs it, as does pip install 'owscale[aws]'; --only http does without"
        ) from error
    aws = deployment.spec.aws
    account = Account(aws.region, profile)
    if aws.account_id and account.id != aws.account_id:
        raise OwscaleError(
            f"the credentials are of the account {account.id}, and aws.account_id is {aws.account_id}\n"
            "  hint: choose another profile (aws.profile, or TF_VAR_aws_profile)"
        )
    return account.id, account.ask


def _nobody(service: str, operation: str, **arguments: Any) -> dict[str, Any]:
    raise NotImplementedError(f"a check without AWS asked {service} {operation} of {sorted(arguments)}")
