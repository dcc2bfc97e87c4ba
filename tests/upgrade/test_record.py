"""The record: what S3 does with it, and what is read from it."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from owscale.aws_api.calls import Caller
from owscale.aws_api.client import AwsAccount
from owscale.errors import OwscaleError
from owscale.upgrade.aws_calls import RECORD_CHANGES, RECORD_READS
from owscale.upgrade.record import (
    MAX_EARLIER,
    Attempt,
    Before,
    RecordedUpgrade,
    RecordPlace,
    RecordStore,
    ServiceBeforePlan,
    Snapshot,
    StepRecord,
    UpgradeHistory,
    UpgradeRecord,
    begin,
    parse_document,
    recorded_upgrade,
)
from tests._support.in_process_aws import in_process_aws

_PLACE = RecordPlace("states", "chat.tfstate.upgrade.json")
_AT = "2030-01-07T09:00:00Z"


def _record(**values: object) -> UpgradeRecord:
    return UpgradeRecord("1", "chat/production", "old:1", "new:2", _AT, "anna@laptop", **values)  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> object:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with in_process_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="states")
        yield AwsAccount("us-east-1", None, RECORD_READS, changes=RECORD_CHANGES).call


def test_s3_keeps_the_record(call: Caller) -> None:
    store = RecordStore(call, _PLACE, "anna@laptop", "run-1")
    assert store.read() is None
    document = UpgradeHistory(
        _record(
            way="live",
            before=Before(3, None, ["chat-cpu"]),
            snapshot=Snapshot("cluster", "chat", "chat-upgrade-1"),
            attempts=[Attempt("token", _AT, "arn", "migrated")],
            steps={"snapshot": StepRecord("done", _AT, "it is there")},
            migrated_at=_AT,
        )
    )
    store.write(document, _AT)
    found = RecordStore(call, _PLACE).read()
    assert found == document
    described = boto3.client("s3", region_name="us-east-1").head_object(Bucket="states", Key=_PLACE.key)
    assert (described["ContentType"], described["ServerSideEncryption"]) == ("application/json", "AES256")


def test_time_of_a_write_is_that_of_the_answer() -> None:
    """S3 has the header in each answer; the server of the tests leaves it out."""
    headers = {"date": "Mon, 07 Jan 2030 09:00:05 GMT"}
    answers = [{"ETag": '"1"', "ResponseMetadata": {"HTTPHeaders": headers}}, {"ETag": '"2"'}]
    call: Any = lambda *_, **__: answers.pop(0)  # noqa: E731 -- short
    store = RecordStore(call, _PLACE)
    store.write(UpgradeHistory(_record()), _AT)
    assert store.answered_at == datetime(2030, 1, 7, 9, 0, 5, tzinfo=UTC)
    store.write(UpgradeHistory(_record()), _AT)
    assert store.answered_at is None


def test_s3_refuses_the_second_writer(call: Caller) -> None:
    first, second = (RecordStore(call, _PLACE, f"{name}@host", name) for name in ("anna", "ben"))
    assert first.read() is None
    assert second.read() is None
    first.write(UpgradeHistory(_record()), _AT)
    with pytest.raises(OwscaleError, match="anna@host wrote it at 2030"):
        second.write(UpgradeHistory(_record()), _AT)
    second.write(UpgradeHistory(_record()), _AT)  # it has read the record now
    with pytest.raises(OwscaleError, match="ben@host wrote it"):
        first.write(UpgradeHistory(_record()), _AT)


def test_state_with_a_key_has_a_record_with_that_key() -> None:
    place = RecordPlace("states", "key", "arn:aws:kms:eu-west-1:111122223333:key/1")
    assert place.encryption == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": place.kms_key_arn}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"schema": 1}',
        b'{"schema": "1", "upgrade": 3}',
        b"\xff\xfe",
        b"[" * 100_000,
        b" " * (2 << 20),
        json.dumps({"schema": 1, "upgrade": asdict(_record()) | {"way": "fly"}}).encode(),
        json.dumps({"schema": 1, "upgrade": asdict(_record()) | {"steps": {"stop": "done"}}}).encode(),
    ],
)
def test_other_text_is_no_record(text: bytes) -> None:
    with pytest.raises(OwscaleError, match="s3://states/x: not the record of an upgrade"):
        parse_document(text, "s3://states/x")


def test_record_of_a_later_version_is_not_touched() -> None:
    with pytest.raises(OwscaleError, match="written by a later version of owscale"):
        parse_document(b'{"schema": 2, "upgrade": {"anything": 1}}', "s3://states/x")


def test_earlier_upgrades_are_kept_up_to_a_limit() -> None:
    document: UpgradeHistory | None = None
    for number in range(MAX_EARLIER + 5):
        document = begin(document, UpgradeRecord(str(number), "chat", "old:1", "new:2", _AT, "anna", closed_at=_AT))
    assert document
    assert document.upgrade.id == str(MAX_EARLIER + 4)
    assert [each.id for each in document.earlier] == [str(number) for number in range(MAX_EARLIER + 3, 3, -1)]


_DATABASE_DONE = {"database": StepRecord("done", _AT)}
_MIGRATED = {"migrated_at": _AT}
_STOPPED = ServiceBeforePlan("chat/production", "111122223333", "chat", "webui", "old:1", 0)


@pytest.mark.parametrize(
    ("values", "running", "image", "state"),
    [
        ({}, {}, None, "and its migration has not held"),
        (_MIGRATED, {}, "new:2", "the database was migrated for new:2"),
        (_MIGRATED, {"desired_count": 3}, None, "with the way stop, and tasks of old:1 run"),
        (_MIGRATED, {"desired_count": None}, None, "with the way stop"),
        (_MIGRATED | {"way": "live"}, {"desired_count": 3}, "new:2", "the database was migrated for new:2"),
        (_MIGRATED, {"image": "new:2", "desired_count": 3}, "new:2", "the database was migrated"),
        (_MIGRATED, {"image": "other:3"}, None, "from old:1, which does not run"),
        (_MIGRATED, {"image": ""}, None, "from old:1, which does not run"),
        (_MIGRATED | {"back_at": _AT}, {"image": "new:2"}, None, "is being taken back since"),
        ({"back_at": _AT, "steps": _DATABASE_DONE}, {"image": "new:2"}, "old:1", "the database suits old:1"),
        ({"back_at": _AT, "steps": _DATABASE_DONE}, {"image": "other:3"}, "old:1", "the database suits old:1"),
        ({"back_at": _AT, "steps": {"database": StepRecord("started", _AT)}}, {}, None, "is being taken back since"),
        (_MIGRATED | {"closed_at": _AT}, {}, None, ""),
        ({"back_at": _AT, "closed_at": _AT, "steps": _DATABASE_DONE}, {"image": "new:2"}, None, ""),
        (_MIGRATED, {"deployment": "chat/staging"}, None, ""),
        (_MIGRATED, {"account": "444455556666"}, None, ""),
        (_MIGRATED, {"cluster": "other"}, None, ""),
        (_MIGRATED, {"service": "other"}, None, ""),
    ],
)
def test_image_that_may_start(
    values: dict[str, object], running: dict[str, object], image: str | None, state: str
) -> None:
    place = {"account": "111122223333", "cluster": "chat", "service": "webui"}
    found = recorded_upgrade(UpgradeHistory(_record(**place, **values)), replace(_STOPPED, **running))  # type: ignore[arg-type]  # fields by name
    assert found.image == image
    assert state in found.state
    assert bool(found.state) == bool(found.hint) == bool(state)


def test_without_a_record_nothing_is_known() -> None:
    assert recorded_upgrade(None, _STOPPED) == RecordedUpgrade()
