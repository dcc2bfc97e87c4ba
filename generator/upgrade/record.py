"""The record of an upgrade: one JSON object beside the Terraform state, so that the next person or pipeline finds it.

It has names, times and numbers, and no secret. A write fails if another run has written since the last read: two runs
never mix, and the run that wrote last continues. docs/adr/0027-owscale-upgrade.md has the reasons.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter, ValidationError

from owscale.aws_api.calls import Caller, CallError
from owscale.console.invocation import owscale_command
from owscale.domain.openwebui import releases
from owscale.domain.openwebui.upgrades import Way
from owscale.errors import OwscaleError

if TYPE_CHECKING:
    from owscale.spec.models.aws import State

SCHEMA = 1
MAX_EARLIER = 20
"""Earlier upgrades that the object keeps."""
_MAX_BYTES = 1 << 20

MIGRATED = "migrated"
"""The outcome of the attempt after which the database was seen migrated."""

SnapshotKind = Literal["instance", "cluster", "own"]
StepState = Literal["started", "done"]


@dataclass
class Snapshot:
    """A snapshot of an RDS instance or an Aurora cluster, or a backup of the user's own, by its name."""

    kind: SnapshotKind
    database: str
    name: str
    available_at: str = ""


@dataclass
class Before:
    """Settings that the steps change for a while, as they were before: tasks, autoscaling, alarms with actions.

    `suspended` is the suspended state of the scalable target; None if there is none.
    """

    desired_count: int
    suspended: dict[str, bool] | None = None
    alarms: list[str] = field(default_factory=list)


@dataclass
class Attempt:
    """An attempt to migrate: the token of its task, the task, and how it ended; empty while that is unknown."""

    token: str
    started_at: str
    task: str = ""
    outcome: str = ""


@dataclass
class StepRecord:
    """How far a step came, when, and the evidence that it holds."""

    state: StepState
    at: str
    evidence: str = ""


@dataclass
class UpgradeRecord:
    """One upgrade.

    `head_before` is the revision of the database before it, and `head` the one that the following release expects, as
    its image has it. `migrated_at` is set once the database was seen to have that revision. `back_at` is set once the
    way back was chosen, and `closed_at` at the end. `account`, `cluster` and `service` distinguish copies of a state.
    """

    id: str
    deployment: str
    current: str
    following: str
    started_at: str
    started_by: str
    way: Way = "stop"
    head_before: str = ""
    head: str = ""
    before: Before | None = None
    snapshot: Snapshot | None = None
    snapshot_count: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    steps: dict[str, StepRecord] = field(default_factory=dict)
    migrated_at: str = ""
    back_at: str = ""
    closed_at: str = ""
    account: str = ""
    cluster: str = ""
    service: str = ""

    @property
    def is_open(self) -> bool:
        """Whether steps remain."""
        return not self.closed_at

    @property
    def paused(self) -> str:
        """The settings that the upgrade has turned off, as a clause; "" if it is none."""
        paused = {"autoscaling off": "autoscaling is suspended", "alarms off": "the alarm actions are off"}
        off = [text for name, text in paused.items() if name in self.steps]
        return " and ".join(off) if self.is_open else ""

    @property
    def migrating_attempt(self) -> Attempt | None:
        """The attempt that migrated, or whose end is unknown; None if no attempt can have changed the database."""
        return next((each for each in reversed(self.attempts) if each.outcome in {"", MIGRATED}), None)

    def is_about(self, image: str) -> bool:
        """Whether an image is one of the two releases, also from another registry."""
        return _release(image) in {_release(self.current), _release(self.following)}


@dataclass
class Written:
    """Who wrote the object last, in which run, and when; `nonce` differs in each write."""

    at: str
    by: str
    run: str
    nonce: int


@dataclass
class UpgradeHistory:
    """The content of the object: the last upgrade, open or closed, and those before it."""

    upgrade: UpgradeRecord
    earlier: list[UpgradeRecord] = field(default_factory=list)
    written: Written | None = None
    schema: int = SCHEMA


@dataclass(frozen=True)
class ServiceBeforePlan:
    """The service of a deployment, as a plan shows it before its changes. `desired_count` is None if it is unknown."""

    deployment: str
    account: str
    cluster: str
    service: str
    image: str
    desired_count: float | None


@dataclass(frozen=True)
class RecordedUpgrade:
    """The part of a record that a plan depends on.

    `image` is the one that may start on the database as it is; None for none. `state` is why no other one may, and
    `hint` how to go on. Both are empty where no upgrade of the service is open.
    """

    image: str | None = None
    state: str = ""
    hint: str = ""


def recorded_upgrade(document: UpgradeHistory | None, running: ServiceBeforePlan) -> RecordedUpgrade:
    """Return the part of the record that a plan for the running service depends on.

    Only an open upgrade of this service counts: a record of another time or another deployment is no evidence for the
    database of today.
    """
    record = document.upgrade if document else None
    if record is None or not record.is_open or not _is_of(record, running):
        return RecordedUpgrade()
    current, following = _release(record.current), _release(record.following)
    forward, back = f"`{owscale_command('upgrade')}`", f"`{owscale_command('upgrade', '--back')}`"
    if record.back_at:
        step = record.steps.get("database")
        if step and step.state == "done":
            return RecordedUpgrade(record.current, f"the database suits {current}", f"go on with {back}")
        state = f"the upgrade to {following} is being taken back since {record.back_at}"
        return RecordedUpgrade(None, f"{state}, and the database was not seen to suit {current}", f"run {back}")
    upgrade = f"the upgrade to {following} is open since {record.started_at}"
    go_on = f"go on with {forward}, or end the upgrade with {back}"
    if not record.migrated_at:
        return RecordedUpgrade(None, f"{upgrade}, and its migration has not held", go_on)
    if not record.is_about(running.image):
        return RecordedUpgrade(None, f"{upgrade} from {current}, which does not run", go_on)
    is_following = _release(running.image) == _release(record.following)
    if record.way == "stop" and not is_following and running.desired_count != 0:
        return RecordedUpgrade(None, f"{upgrade} with the way stop, and tasks of {current} run", go_on)
    return RecordedUpgrade(record.following, f"the database was migrated for {following}", go_on)


def _release(image: str) -> str:
    """Return the release of an image, or the image where its tag names none."""
    return releases.release(image) or image


def _is_of(record: UpgradeRecord, running: ServiceBeforePlan) -> bool:
    recorded = (record.deployment, record.account, record.cluster, record.service)
    return recorded == (running.deployment, running.account, running.cluster, running.service)


@dataclass(frozen=True)
class RecordPlace:
    """The object of a deployment, and how the state beside it is encrypted."""

    bucket: str
    key: str
    kms_key_arn: str | None = None

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def encryption(self) -> dict[str, str]:
        """The arguments that encrypt it as Terraform encrypts the state.

        https://developer.hashicorp.com/terraform/language/backend/s3: `encrypt` alone is AES256.
        """
        if self.kms_key_arn:
            return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.kms_key_arn}
        return {"ServerSideEncryption": "AES256"}


def place_of(state: State) -> RecordPlace:
    """Return the object beside a state."""
    return RecordPlace(state.bucket, f"{state.key}.upgrade.json", state.kms_key_arn)


class OvertakenError(OwscaleError):
    """Another run has written the record; `document` is its content, None if it is gone."""

    def __init__(self, place: RecordPlace, document: UpgradeHistory | None) -> None:
        other = document.written if document else None
        writer = f"{other.by} wrote it at {other.at}" if other else "it is gone"
        super().__init__(
            f"{place}: another run of `owscale upgrade` works on this deployment: {writer}; this run has stopped",
            hint=f"let that run end; `{owscale_command('upgrade', '--status')}` shows how far it is",
        )
        self.document = document


class RecordStore:
    """Reads and writes the object. `who` and `run` name the writer."""

    def __init__(self, call: Caller, place: RecordPlace, who: str = "", run: str = "") -> None:
        self._call, self._who, self._run = call, who, run
        self.place = place
        self._tag: str | None = None
        self._nonce = 0
        self.answered_at: datetime | None = None
        """The time of the last answer by the clock of AWS; None before the first one."""

    def read(self) -> UpgradeHistory | None:
        """Return the content; None if there is none. Raises OwscaleError if it cannot be read."""
        try:
            response = self._call("s3:GetObject", Bucket=self.place.bucket, Key=self.place.key)
        except CallError as error:
            if error.code in {"NoSuchKey", "404"}:
                self._tag = None
                return None
            raise
        self._tag = response["ETag"]
        self._note_time(response)
        return parse_document(response["Body"].read(_MAX_BYTES + 1), str(self.place))

    def write(self, document: UpgradeHistory, at: str) -> None:
        """Write the content. Raises OvertakenError if another run has written since the last read."""
        self._nonce += 1
        document.written = Written(at, self._who, self._run, self._nonce)
        body = f"{json.dumps(_without_empty(asdict(document)), indent=2)}\n".encode()
        condition: dict[str, str] = {"IfMatch": self._tag} if self._tag else {"IfNoneMatch": "*"}
        place = {"Bucket": self.place.bucket, "Key": self.place.key}
        kind = {"ContentType": "application/json", **self.place.encryption}
        try:
            response = self._call("s3:PutObject", **place, Body=body, **kind, **condition)
            self._tag = response["ETag"]
            self._note_time(response)
        except CallError as error:
            if error.code not in {"PreconditionFailed", "412"}:
                raise
            self._adopt_own_write(document)

    def _note_time(self, response: Mapping[str, Any]) -> None:
        """Note the time of a response: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html."""
        text = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        self.answered_at = parsedate_to_datetime(text) if text else None

    def _adopt_own_write(self, document: UpgradeHistory) -> None:
        """Accept a write whose response was lost. Raises OvertakenError if another run wrote."""
        found = self.read()
        if found is None or found.written != document.written:
            raise OvertakenError(self.place, found)


def parse_document(text: bytes, origin: str) -> UpgradeHistory:
    """Return the content of the object. Raises OwscaleError for any other text."""
    hint = f"move {origin} away if no upgrade is open, after a look at it; without it, owscale knows of none"
    try:
        data: Any = json.loads(text) if len(text) <= _MAX_BYTES else None
    except (ValueError, RecursionError):  # RecursionError: brackets nested without limit
        data = None
    version = data.get("schema") if isinstance(data, dict) else None
    if isinstance(version, int) and version > SCHEMA:
        raise OwscaleError(f"{origin}: written by a later version of owscale", hint="update owscale")
    try:
        return _adapter().validate_python(data)
    except ValidationError:
        raise OwscaleError(f"{origin}: not the record of an upgrade", hint=hint) from None


@functools.cache
def _adapter() -> TypeAdapter[UpgradeHistory]:
    return TypeAdapter(UpgradeHistory)


def begin(document: UpgradeHistory | None, record: UpgradeRecord) -> UpgradeHistory:
    """Return the content with a new upgrade; the last one is kept among the earlier ones."""
    if document is None:
        return UpgradeHistory(record)
    return replace(document, upgrade=record, earlier=[document.upgrade, *document.earlier][:MAX_EARLIER])


def _without_empty(value: Any) -> Any:
    """Return JSON without the members that are None or empty texts, which say nothing."""
    if isinstance(value, Mapping):
        return {name: _without_empty(each) for name, each in value.items() if each not in (None, "")}
    if isinstance(value, list):
        return [_without_empty(each) for each in value]
    return value
