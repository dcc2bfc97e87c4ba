"""What goes wrong around Terraform, and what to do then: patterns of its errors, each with the way out.

The first that matches is told. tests/faults/test_advice.py has a text for each.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from generator.report import printable


@dataclass(frozen=True)
class Names:
    """What a command of an advice names: the root, its backend, and how to plan it again."""

    root: Path
    bucket: str
    key: str
    region: str
    state_region: str
    table: str | None
    profile: str | None
    plan: str

    @property
    def with_profile(self) -> str:
        return f" --profile {shlex.quote(self.profile)}" if self.profile else ""

    @property
    def terraform(self) -> str:
        return f"terraform -chdir={shlex.quote(str(self.root))}"

    @property
    def login(self) -> str:
        return f"aws sso login{self.with_profile}"


_Advice = Callable[[Names, str], str]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong: how Terraform's text tells it, and what to do, given the whole text."""

    name: str
    pattern: re.Pattern[str]
    advice: _Advice


def advice(text: str, names: Names) -> str:
    """What to do about an error of Terraform; empty where nobody here has met it before."""
    flat = re.sub(r"\s+", " ", text)
    return next((fault.advice(names, text) for fault in FAULTS if fault.pattern.search(flat)), "")


def told(what: str, text: str, names: Names) -> str:
    """The whole message of a failure: what failed, what Terraform said, and what to do."""
    said = "\n".join(f"  {printable(line)}".rstrip() for line in plain(text).splitlines() if line.strip())
    hint = advice(plain(text), names)
    return "\n".join(filter(None, (f"{names.root}: {what}", said, f"  hint: {hint}" if hint else "")))


def plain(text: str) -> str:
    """Terraform's text without the box that it draws around it."""
    bare = "\n".join(re.sub(r"^\s*[╷│╵] ?", "", line) for line in text.splitlines())
    return _ON_LOCKS.sub("", bare).strip()


# Terraform's advice on every lock ends with the one option that could ruin the state.
_ON_LOCKS = re.compile(r"Terraform acquires a state lock to protect.*?not recommended\.", re.DOTALL)


def _lock_held(names: Names, text: str) -> str:
    info = dict(re.findall(r"^\s*(ID|Who|Operation|Created):\s*(.+?)\s*$", text, re.MULTILINE))
    if not info.get("ID"):
        return f"somebody else works on this deployment; when they are done, run {names.plan}"
    since = re.sub(r"\.\d+ ", " ", info.get("Created", "an unknown time"))
    return (
        f"{info.get('Who', 'somebody')} has held the lock since {since} ({doing(info.get('Operation', ''))}): wait, "
        f"then run {names.plan}\n"
        "  only if that run is surely dead, and as the last resort: "
        f"{names.terraform} force-unlock {shlex.quote(info['ID'])}"
    )


def doing(operation: str) -> str:
    """OperationTypeApply, as Terraform names it, in a word."""
    return operation.removeprefix("OperationType").lower() or "at work"


def _no_table(names: Names, _: str) -> str:
    table = names.table or "TABLE"
    return (
        "the DynamoDB table of the lock is not there, or not in this region; see with\n"
        f"    aws dynamodb describe-table --table-name {table} --region {names.state_region}{names.with_profile}\n"
        "  create it with the key LockID (a string), or correct state.dynamodb_table in the spec"
    )


def _no_bucket(names: Names, _: str) -> str:
    return (
        "the bucket of the state is not there, or not in this region; see with\n"
        f"    aws s3 ls s3://{names.bucket}{names.with_profile}\n"
        "  create it (private, versioned, encrypted), or correct state.bucket and state.region in the spec"
    )


def _expired(names: Names, _: str) -> str:
    return f"the credentials have expired: {names.login}, or set new ones; then run {names.plan}"


def _no_credentials(names: Names, _: str) -> str:
    way = f"aws configure sso{names.with_profile}, then {names.login}" if names.profile else names.login
    return (
        f"there are no AWS credentials here: {way}\n"
        "  a pipeline with credentials of its own has no profile: leave aws.profile out of the spec"
    )


def _denied(names: Names, _: str) -> str:
    return (
        "these credentials may not do that; see whose they are with\n"
        f"    aws sts get-caller-identity{names.with_profile}\n"
        f"  Terraform needs GetObject, PutObject and DeleteObject on s3://{names.bucket}/{names.key}"
        + (f", and GetItem, PutItem and DeleteItem on the table {names.table}" if names.table else "")
    )


def _no_provider(_: Names, __: str) -> str:
    return (
        "the AWS provider could not be fetched: look at network and proxy, or keep it in a folder of this machine\n"
        "  (terraform providers mirror FOLDER, where there is a network) and name that with TF_PLUGIN_DIR=FOLDER"
    )


def _newer_state(names: Names, text: str) -> str:
    found = re.search(r"created\s+by\s+Terraform\s+v?([\w.-]+)", text)
    version = found[1].rstrip(".,") if found else "a newer version"
    return f"somebody applied this with Terraform {version}: install that version or a newer one, then {names.plan}"


def _not_saved(names: Names, _: str) -> str:
    return (
        f"the state could not be written to AWS, and lies in {names.root / 'errored.tfstate'}: keep that file, it is\n"
        "  the only record of what was made. When AWS can be reached again:\n"
        f"    {names.terraform} state push errored.tfstate\n"
        f"  then remove it (it holds the Redis token) and run {names.plan}. If the lock is still held, the message of\n"
        "  that command says how to release it"
    )


def _protected(_: Names, text: str) -> str:
    found = re.search(r"Resource\s+(\S+)\s+has\s+lifecycle\.prevent_destroy", text)
    what = found[1] if found else "a resource"
    return (
        f"{what} is protected. Take the protection away first, as a change of its own that somebody reviews:\n"
        "  load_balancer.deletion_protection: false in the spec, generate, plan, apply; then this again"
    )


def _plan_again(names: Names, _: str) -> str:
    return f"the state has moved on since that plan was made: run {names.plan}, and look at the new one"


def _moved_backend(names: Names, _: str) -> str:
    return (
        "state: in the spec is not what this folder was initialized with. If the state is to move there:\n"
        f"    {names.terraform} init -migrate-state\n"
        "  if it is there already, as after a change of profile:\n"
        f"    {names.terraform} init -reconfigure"
    )


def _lock_file(_: Names, __: str) -> str:
    return "what .terraform.lock.hcl pins is not what was found: run owscale generate, and use the provider it names"


def _no_connection(names: Names, _: str) -> str:
    return f"AWS could not be reached: look at network, VPN and proxy; then run {names.plan}, which shows what is left"


def _disk_full(names: Names, _: str) -> str:
    return f"the disk is full: make room, then run {names.plan}"


def _key_missing(_: Names, __: str) -> str:
    return "a saved plan holds no secret: set for the apply what was set for the plan, and nothing else; or plan again"


def _fault(name: str, pattern: str, way_out: _Advice) -> Fault:
    return Fault(name, re.compile(pattern, re.IGNORECASE), way_out)


FAULTS = (
    _fault("state not saved", r"errored\.tfstate|Failed to (persist|save) state", _not_saved),
    _fault("disk full", r"no space left on device|disk quota exceeded|file too large", _disk_full),
    _fault(
        "state newer than the binary",
        r"state snapshot was created by Terraform|Unsupported state file format",
        _newer_state,
    ),
    _fault("stale plan", r"Saved plan is stale|does not match the given plan", _plan_again),
    _fault("ephemeral variable", r"ephemeral (input )?variable", _key_missing),
    _fault("prevent_destroy", r"lifecycle\.prevent_destroy", _protected),
    _fault("backend changed", r"Backend (configuration|initialization).{0,40}(changed|required)", _moved_backend),
    _fault(
        "lock file",
        r"Inconsistent dependency lock file|dependency lock.{0,60}read-?only|checksums? .{0,60}match",
        _lock_file,
    ),
    _fault(
        "provider not found",
        r"Failed to (query available provider packages|install provider)|Required plugins are not installed",
        _no_provider,
    ),
    _fault("expired", r"ExpiredToken|RequestExpired|token.{0,40} (has|is) expired|session has expired", _expired),
    _fault(
        "lock table missing",
        r"dynamodb.{0,200}ResourceNotFoundException|ResourceNotFoundException.{0,80}dynamodb|lock.{0,300}ResourceNotFoundException",
        _no_table,
    ),
    _fault("bucket missing", r"NoSuchBucket|S3 bucket \S+ does not exist", _no_bucket),
    _fault(
        "lock held", r"state lock.{0,400}(ConditionalCheckFailed|PreconditionFailed|conditional request)", _lock_held
    ),
    _fault(
        "no credentials",
        r"No valid credential sources|failed to get shared config profile|InvalidClientTokenId|UnrecognizedClient",
        _no_credentials,
    ),
    _fault("access denied", r"AccessDenied|UnauthorizedOperation|not authorized to perform|StatusCode: 403", _denied),
    _fault(
        "no connection",
        r"request send failed|dial tcp|no such host|connection (refused|reset)|i/o timeout|deadline exceeded"
        r"|TLS handshake|unexpected EOF|: EOF",
        _no_connection,
    ),
)
"""Every fault, the more special before the more general."""
