"""The prerequisites of owscale on a machine, and their status: programs, libraries, specs, access to AWS."""

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Literal, NamedTuple

from owscale import __version__
from owscale.aws_api.calls import Caller, CallError, require_reading
from owscale.console.invocation import install_command, owscale_command
from owscale.console.text import plural
from owscale.console.versions import version_numbers
from owscale.domain.terraform import AWS_PROVIDERS, OLDEST_TERRAFORM, PROFILE_VARIABLE
from owscale.errors import OwscaleError
from owscale.rules.checked import CheckedDeployment
from owscale.terraform.provider_mirror import find_provider_mirror
from owscale.workflow.pipeline import load_specs
from owscale.workflow.project import ProjectPaths
from owscale.workflow.terraform_data import open_terraform

Status = Literal["ok", "missing", "failed"]

CALLS = require_reading(("s3:GetBucketVersioning",))
"""The calls to AWS beside that for the identity, which needs no permission."""

_SECONDS = 10
_OLDEST_AWS_CLI = 2
_HERE = Path(__file__).parent
"""A directory without Terraform code, so that no code of the project has a say in the version."""


class Prerequisite(NamedTuple):
    """The status of a prerequisite: if it is `missing`, some commands cannot run; if it `failed`, most cannot."""

    name: str
    status: Status
    evidence: str
    hint: str = ""


def examine(paths: Callable[[], ProjectPaths], terraform: str) -> Iterator[Prerequisite]:
    """Yield each prerequisite. `paths` finds the project, and raises OwscaleError where there is none."""
    deployments: list[CheckedDeployment] = []
    yield Prerequisite("owscale", "ok", f"{__version__} in {sys.prefix}")
    yield Prerequisite("Python", "ok", platform.python_version())
    yield _specs(paths, deployments)
    providers: set[int] = {item.deployment.spec.terraform.aws_provider for item in deployments}
    yield from _terraform(terraform, sorted(providers) or [min(AWS_PROVIDERS)])
    yield _program("git", "--version", "`owscale diff`, and checks of files in git, need it", "failed")
    yield _boto3()
    yield _aws_cli()
    yield _program("curl", "--version", "the runbooks use it", "missing")
    yield from _access(deployments)


def _terraform(program: str, providers: Iterable[int]) -> Iterator[Prerequisite]:
    binary = shutil.which(program)
    if binary and not _run(binary, "version"):
        yield Prerequisite("Terraform", "failed", f"{binary} prints no version", "install it again")
        return
    try:
        terraform = open_terraform(_HERE, program)
        version = terraform.version()
    except OwscaleError as error:
        yield Prerequisite("Terraform", "failed", error.message, error.hint)
        return
    product = terraform.product
    if version_numbers(version) < version_numbers(OLDEST_TERRAFORM):
        yield Prerequisite(product.name, "failed", f"{version} is too old", f"install {product.requirement}")
        return
    yield Prerequisite(product.name, "ok", version)
    for major in providers:
        mirror = find_provider_mirror(product.registry, str(major))
        source = f"from {mirror}" if mirror else f"`init` downloads it from {product.registry}"
        yield Prerequisite(f"AWS provider {major}", "ok", source)


def _program(name: str, option: str, purpose: str, status: Status) -> Prerequisite:
    """Return the prerequisite for a program, with its version or, if it is missing, its purpose."""
    binary = shutil.which(name)
    if binary is None:
        return Prerequisite(name, status, f"is not on PATH; {purpose}", f"install {name}")
    version = re.search(r"\d+(?:\.\d+)+", _run(binary, option))
    return Prerequisite(name, "ok", version[0] if version else binary)


def _run(*command: str) -> str:
    """Return the output of a program; empty if it cannot be run."""
    try:
        result = subprocess.run(  # noqa: S603 -- a program on PATH, with an option that prints its version
            command, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout.decode("utf-8", "replace")


def _boto3() -> Prerequisite:
    purpose = "`owscale verify`, `owscale tf status` and `owscale init --from-aws` need it"
    try:
        return Prerequisite("boto3", "ok", metadata.version("boto3"))
    except metadata.PackageNotFoundError:
        return Prerequisite("boto3", "missing", f"is not installed; {purpose}", f"run `{install_command('boto3')}`")


def _aws_cli() -> Prerequisite:
    program = _program("aws", "--version", "the runbooks use the AWS CLI", "missing")
    url = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
    if program.status != "ok":
        return program._replace(name="AWS CLI", hint=f"install the AWS CLI {_OLDEST_AWS_CLI}: {url}")
    numbers = version_numbers(program.evidence)
    if numbers and numbers[0] < _OLDEST_AWS_CLI:
        evidence = f"{program.evidence} is too old for the runbooks"
        return Prerequisite("AWS CLI", "missing", evidence, f"install the AWS CLI {_OLDEST_AWS_CLI}: {url}")
    return program._replace(name="AWS CLI")


def _specs(find: Callable[[], ProjectPaths], deployments: list[CheckedDeployment]) -> Prerequisite:
    """Return the state of the specs, and add their deployments to a list."""
    try:
        paths = find()
        specs = load_specs(paths.spec)
    except OwscaleError as error:
        return Prerequisite(
            "specs", "missing", error.message, f"run `{owscale_command('init', takes_paths=False)}` to begin"
        )
    deployments += specs.deployments
    if errors := specs.report.errors:
        hint = f"run `{owscale_command('validate')}` to see them"
        return Prerequisite("specs", "failed", f"{plural(errors, 'error')} in {paths.spec}", hint)
    return Prerequisite("specs", "ok", f"{plural(len(deployments), 'deployment')} in {paths.spec}")


def _access(deployments: Iterable[CheckedDeployment]) -> Iterator[Prerequisite]:
    """Yield the credentials and the bucket of the state of each deployment; each of them once."""
    done: set[tuple[object, ...]] = set()
    for item in deployments:
        spec = item.deployment.spec
        profile = os.environ.get(PROFILE_VARIABLE, spec.aws.profile) or None
        key = (profile, spec.aws.region, spec.aws.account_id, spec.state.bucket)
        if key not in done:
            done.add(key)
            yield from _account(item, profile)


def _account(item: CheckedDeployment, profile: str | None) -> Iterator[Prerequisite]:
    """Yield the credentials of a deployment, and the bucket of its state."""
    try:
        from owscale.aws_api.client import AwsAccount  # noqa: PLC0415 -- boto3 is an optional dependency
    except ModuleNotFoundError:
        hint = f"run `{install_command('boto3')}`, then this command again"
        yield Prerequisite("AWS access", "missing", "is not checked, because boto3 is not installed", hint)
        return
    spec = item.deployment.spec
    who = f"profile {profile}" if profile else "credentials of the environment"
    try:
        account = AwsAccount(spec.aws.region, profile, CALLS)
    except OwscaleError as error:
        yield Prerequisite("AWS access", "failed", f"{who}: {error.message}", error.hint)
        return
    if spec.aws.account_id not in (None, account.id):
        hint = f"choose another profile in `aws.profile` of {item.deployment.document.file}"
        evidence = f"{who}: account {account.id}, but {item.deployment.folder} belongs to {spec.aws.account_id}"
        yield Prerequisite("AWS access", "failed", evidence, hint)
        return
    yield Prerequisite("AWS access", "ok", f"{who}: account {account.id}")
    yield _state_bucket(account.call, spec.state.bucket)


def _state_bucket(call: Caller, bucket: str) -> Prerequisite:
    try:
        versioning = call("s3:GetBucketVersioning", Bucket=bucket).get("Status")
    except CallError as error:
        hint = "create it, with versioning" if "NoSuchBucket" in error.message else error.hint
        return Prerequisite("state bucket", "failed", f"{bucket}: {error.message}", hint)
    if versioning != "Enabled":
        command = f"aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled"
        return Prerequisite(
            "state bucket", "failed", f"{bucket} has no versioning: a damaged state is lost", f"run `{command}`"
        )
    return Prerequisite("state bucket", "ok", f"{bucket}, with versioning")
