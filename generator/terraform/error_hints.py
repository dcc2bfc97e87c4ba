"""Hints for errors of Terraform: patterns of its messages, each with its hint.

Terraform's errors have no codes, so the messages are matched. The first matching pattern counts.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from owscale.console.invocation import owscale_command
from owscale.console.text import printable
from owscale.domain.terraform import OPENTOFU, product_of
from owscale.errors import OwscaleError
from owscale.terraform.backend_config import BackendConfig

_HintText = Callable[[BackendConfig, str], str]

# Terraform's explanation of the state lock recommends against -lock=false, and thereby names it.
_LOCK_EXPLANATION = re.compile(r"Terraform acquires a state lock to protect.*?not recommended\.", re.DOTALL)


@dataclass(frozen=True)
class ErrorHint:
    """The pattern of an error, and its hint as a function of the backend and of Terraform's message.

    The pattern applies to the message with every run of white space replaced by one space.
    """

    name: str
    pattern: re.Pattern[str]
    hint: _HintText


def find_hint(text: str, backend: BackendConfig) -> str:
    """Return the hint for an error of Terraform; empty if no pattern matches."""
    flat = re.sub(r"\s+", " ", text)
    return next((entry.hint(backend, text) for entry in ERROR_HINTS if entry.pattern.search(flat)), "")


def terraform_error(problem: str, text: str, backend: BackendConfig) -> OwscaleError:
    """Return the error for a failure of Terraform: the problem, Terraform's own message, and a hint where known."""
    hint = find_hint(clean_message(text), backend)
    hint = hint or f"correct the error that Terraform reports, then run `{backend.plan_command}`"
    return OwscaleError(failure_message(backend.root, problem, text), hint=hint)


def failure_message(root: Path, problem: str, text: str) -> str:
    """Return the message for a failure of Terraform in a root module, with Terraform's own message indented below."""
    lines = (line for line in clean_message(text).splitlines() if line.strip())
    return "\n".join((f"{root}: {problem}", *(f"  {printable(line)}".rstrip() for line in lines)))


def clean_message(text: str) -> str:
    """Return Terraform's message without the frame around it and without the mention of `-lock=false`."""
    unframed = "\n".join(re.sub(r"^\s*[╷│╵] ?", "", line) for line in text.splitlines())
    return _LOCK_EXPLANATION.sub("", unframed).strip()


def describe_operation(operation: str) -> str:
    """Return the operation of a state lock as a word, such as `apply` for `OperationTypeApply`."""
    return operation.removeprefix("OperationType").lower() or "unknown operation"


def _lines(*lines: str) -> str:
    """Return a hint of several lines; those after the first are indented under `  hint: `."""
    return "\n    ".join(lines)


def _state_not_saved(backend: BackendConfig, _: str) -> str:
    return _lines(
        f"keep {backend.root / 'errored.tfstate'}: the state could not be written to AWS, and that file is the only "
        "record of the created resources",
        f"when AWS can be reached again, run `{backend.terraform_command} state push errored.tfstate`",
        "if the state lock is still held, the error message of that command contains the lock ID; run "
        f"`{backend.terraform_command} force-unlock ID` with it, then push again",
        f"then remove the file, because it contains the Redis token, and run `{backend.plan_command}`",
    )


def _disk_full(backend: BackendConfig, _: str) -> str:
    return f"make room on the disk, then run `{backend.plan_command}`"


def _newer_state(backend: BackendConfig, text: str) -> str:
    match = re.search(r"created\s+by\s+Terraform\s+v?([\w.-]+)", text)
    version = f"Terraform {match[1].rstrip('.,')}" if match else "a newer Terraform"
    install = f"install {version} or newer" if match else "install that version"
    return f"{install}, then run `{backend.plan_command}`; the last apply was made with {version}"


def _stale_plan(backend: BackendConfig, _: str) -> str:
    return f"run `{backend.plan_command}` and review the new plan; the state has changed since the saved plan was made"


def _ephemeral_variable(backend: BackendConfig, _: str) -> str:
    return (
        "set the same variables for the apply as for the plan, and no others, "
        f"or run `{backend.plan_command}` again; a saved plan contains no secret"
    )


def _protected(_: BackendConfig, text: str) -> str:
    match = re.search(r"Resource\s+(\S+)\s+has\s+lifecycle\.prevent_destroy", text)
    return _lines(
        f"remove the protection of {match[1] if match else 'the resource'} first, as a reviewed change of its own:",
        "set `load_balancer.deletion_protection: false` in the spec, then generate, plan and apply",
        "then repeat this command",
    )


def _backend_changed(backend: BackendConfig, _: str) -> str:
    return _lines(
        "decide where the state belongs: `state:` in the spec differs from the backend of the last `terraform init`",
        f"to move the state to the new backend, run `{backend.terraform_command} init -migrate-state`",
        "if the state is already there, such as after a change of the profile, "
        f"run `{backend.terraform_command} init -reconfigure`",
    )


def _lock_file(backend: BackendConfig, _: str) -> str:
    generated = f"run `{owscale_command('generate')}`, and use the provider version that .terraform.lock.hcl pins"
    if product_of(backend.program) is OPENTOFU:
        generated = (
            "add `keep: [.terraform.lock.hcl]` to the spec and delete the file: it has the checksums for Terraform"
        )
    return _lines(
        generated,
        f"if you maintain the file yourself, run `{backend.terraform_command} init -upgrade`, review and commit it",
    )


def _no_provider(_: BackendConfig, __: str) -> str:
    return _lines(
        "check the network and the proxy: the AWS provider could not be downloaded",
        "or use a local mirror: run `terraform providers mirror DIRECTORY` on a machine with a network, "
        "and set `TF_PLUGIN_DIR=DIRECTORY` here",
    )


def _expired(backend: BackendConfig, _: str) -> str:
    return (
        f"renew the expired credentials: run `{backend.login_command}`, or set new ones; "
        f"then run `{backend.plan_command}`"
    )


def _no_lock_table(backend: BackendConfig, _: str) -> str:
    table = shlex.quote(backend.table or "TABLE")
    region = backend.state_region
    return _lines(
        "check whether the table of the state lock exists in this region: "
        f"`aws dynamodb describe-table --table-name {table} --region {region}{backend.profile_option}`",
        "create it with the key LockID (a string), or correct `state.dynamodb_table` in the spec",
    )


def _no_bucket(backend: BackendConfig, _: str) -> str:
    return _lines(
        "check whether the bucket of the state exists in this region: "
        f"`aws s3 ls s3://{backend.bucket}{backend.profile_option}`",
        "create it (private, versioned, encrypted), or correct `state.bucket` and `state.region` in the spec",
    )


def _lock_held(backend: BackendConfig, text: str) -> str:
    lock = dict(re.findall(r"^\s*(ID|Who|Operation|Created):\s*(.+?)\s*$", text, re.MULTILINE))
    if not lock.get("ID"):
        return f"wait until the other run on this deployment has ended, then run `{backend.plan_command}`"
    created = re.sub(r"\.\d+ ", " ", lock.get("Created", "an unknown time"))
    operation = describe_operation(lock.get("Operation", ""))
    return _lines(
        f"wait until {lock.get('Who', 'the other run')} releases the lock, held since {created} ({operation}); "
        f"then run `{backend.plan_command}`",
        "only as the last resort, when that run is certainly dead: "
        f"`{backend.terraform_command} force-unlock {shlex.quote(lock['ID'])}`",
    )


def _no_profile(backend: BackendConfig, _: str) -> str:
    if not backend.profile:
        return "correct AWS_PROFILE, which names no profile of this machine; `aws configure list-profiles` prints them"
    return _lines(
        f"create the profile of the spec on this machine: run `aws configure sso{backend.profile_option}`",
        f"or correct `aws.profile`, then run `{owscale_command('generate')}`; "
        "`aws configure list-profiles` prints the profiles",
    )


def _no_credentials(backend: BackendConfig, _: str) -> str:
    if backend.profile:
        return _lines(
            f"log in with the profile of the spec: run `{backend.login_command}`",
            "in a pipeline with credentials of its own, remove `aws.profile` from the spec, "
            f"then run `{owscale_command('generate')}`",
        )
    return _lines(
        "set AWS_PROFILE to one of the profiles that `aws configure list-profiles` prints, and run `aws sso login`",
        "or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run this where a role provides credentials",
    )


def _rejected_credentials(backend: BackendConfig, _: str) -> str:
    source = "" if backend.profile else " AWS_PROFILE, or"
    return f"renew the credentials, which AWS does not accept: run `{backend.login_command}`, or set{source} new keys"


def _denied(backend: BackendConfig, _: str) -> str:
    table = f", and GetItem, PutItem and DeleteItem on the table {backend.table}" if backend.table else ""
    return _lines(
        "grant these credentials the missing permission; to see whose they are, "
        f"run `aws sts get-caller-identity{backend.profile_option}`",
        "for the state, Terraform needs GetObject, PutObject and DeleteObject "
        f"on s3://{backend.bucket}/{backend.key}{table}",
    )


def _no_connection(backend: BackendConfig, _: str) -> str:
    return (
        "check network, VPN and proxy: AWS could not be reached; "
        f"then run `{backend.plan_command}`, which shows the remaining changes"
    )


def _error_hint(name: str, pattern: str, hint: _HintText) -> ErrorHint:
    return ErrorHint(name, re.compile(pattern, re.IGNORECASE), hint)


ERROR_HINTS = (
    _error_hint("state not saved", r"errored\.tfstate|Failed to (persist|save) state", _state_not_saved),
    _error_hint("disk full", r"no space left on device|disk quota exceeded|file too large", _disk_full),
    _error_hint(
        "state newer than the binary",
        r"state snapshot was created by Terraform|Unsupported state file format",
        _newer_state,
    ),
    _error_hint("stale plan", r"Saved plan is stale|does not match the given plan", _stale_plan),
    _error_hint("ephemeral variable", r"ephemeral (input )?variable", _ephemeral_variable),
    _error_hint("prevent_destroy", r"lifecycle\.prevent_destroy", _protected),
    _error_hint(
        "backend changed", r"Backend (configuration|initialization).{0,40}(changed|required)", _backend_changed
    ),
    _error_hint(
        "lock file",
        r"Inconsistent dependency lock file|dependency lock.{0,60}read-?only|checksums? .{0,60}match",
        _lock_file,
    ),
    _error_hint(
        "provider not found",
        r"Failed to (query available provider packages|install provider)|Required plugins are not installed",
        _no_provider,
    ),
    _error_hint("expired", r"ExpiredToken|RequestExpired|token.{0,40} (has|is) expired|session has expired", _expired),
    _error_hint(
        "lock table missing",
        r"dynamodb.{0,200}ResourceNotFoundException|ResourceNotFoundException.{0,80}dynamodb"
        r"|lock.{0,300}ResourceNotFoundException",
        _no_lock_table,
    ),
    _error_hint("bucket missing", r"NoSuchBucket|S3 bucket \S+ does not exist", _no_bucket),
    _error_hint(
        "lock held", r"state lock.{0,400}(ConditionalCheckFailed|PreconditionFailed|conditional request)", _lock_held
    ),
    _error_hint("no profile", r"failed to get shared config profile", _no_profile),
    _error_hint("no credentials", r"No valid credential sources", _no_credentials),
    _error_hint("rejected credentials", r"InvalidClientTokenId|UnrecognizedClient", _rejected_credentials),
    _error_hint(
        "access denied", r"AccessDenied|UnauthorizedOperation|not authorized to perform|StatusCode: 403", _denied
    ),
    _error_hint(
        "no connection",
        r"request send failed|dial tcp|no such host|connection (refused|reset)|i/o timeout|deadline exceeded"
        r"|TLS handshake|unexpected EOF|: EOF",
        _no_connection,
    ),
)
"""All hints, the specific patterns before the general ones."""
