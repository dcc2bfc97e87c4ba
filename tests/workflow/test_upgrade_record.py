"""What a plan reads of the record of an upgrade."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import boto3
import pytest

from owscale.aws_api.calls import CallError
from owscale.errors import OwscaleError
from owscale.plan_policy.release_change import PlannedRelease
from owscale.terraform.plan.parser import plan_of
from owscale.upgrade.record import RecordedUpgrade, UpgradeHistory, UpgradeRecord
from owscale.workflow import upgrade_record
from owscale.workflow.pipeline import load_specs
from owscale.workflow.upgrade_record import recorded_upgrade
from tests._support.cases import GOLDEN
from tests._support.in_process_aws import in_process_aws
from tests._support.plans import deployment, load_plan

_REGION = "eu-west-1"
_PLAN = plan_of(load_plan("release"))
_RUNS = PlannedRelease(_PLAN, deployment("release").spec).running.image
_AT = "2030-01-07T09:00:00Z"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with in_process_aws():
        place = {"LocationConstraint": _REGION}
        boto3.client("s3", region_name=_REGION).create_bucket(Bucket="minimal-states", CreateBucketConfiguration=place)
        yield "minimal-states"


def _put(bucket: str, body: bytes) -> None:
    boto3.client("s3", region_name=_REGION).put_object(Bucket=bucket, Key="minimal.tfstate.upgrade.json", Body=body)


def _body(folder: str, account: str = "123456789012") -> bytes:
    service = deployment("release").spec.service.name
    place = {"account": account, "cluster": "webUIcluster2", "service": service}
    record = UpgradeRecord("1", folder, _RUNS, "new:2", _AT, "anna@laptop", "live", migrated_at=_AT, **place)  # type: ignore[arg-type]  # fields by name
    return json.dumps(asdict(UpgradeHistory(record))).encode()


def _recorded() -> RecordedUpgrade:
    return recorded_upgrade(load_specs(GOLDEN / "minimal/spec.yaml").deployments[0].deployment, _PLAN)


def test_plan_reads_the_image_whose_migration_held(bucket: str) -> None:
    assert _recorded().image is None
    _put(bucket, _body("minimal/production"))
    assert _recorded().image == "new:2"


@pytest.mark.parametrize("place", [("other/production", "123456789012"), ("minimal/production", "111122223333")])
def test_record_of_another_deployment_does_not_count(bucket: str, place: tuple[str, str]) -> None:
    _put(bucket, _body(*place))
    assert _recorded() == RecordedUpgrade()


def test_record_that_cannot_be_read_is_an_error(bucket: str) -> None:
    _put(bucket, b"{")
    with pytest.raises(OwscaleError, match="not the record of an upgrade"):
        _recorded()


def test_missing_bucket_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with in_process_aws(), pytest.raises(OwscaleError, match="NoSuchBucket"):
        _recorded()


@pytest.mark.parametrize(
    ("reason", "is_raised"), [("denied", False), ("credentials", False), ("network", True), ("other", True)]
)
def test_roll_needs_no_permission_to_read_a_record(
    reason: Any, monkeypatch: pytest.MonkeyPatch, *, is_raised: bool
) -> None:
    def fails(*_: object) -> RecordedUpgrade:
        raise CallError("s3:GetObject", hint="allow it", action="s3:GetObject", reason=reason)

    monkeypatch.setattr(upgrade_record, "recorded_upgrade", fails)
    arguments = load_specs(GOLDEN / "minimal/spec.yaml").deployments[0].deployment, _PLAN
    if is_raised:
        with pytest.raises(CallError):
            upgrade_record.readable_upgrade(*arguments)
    else:
        assert upgrade_record.readable_upgrade(*arguments) is None


def test_roll_reads_a_record_that_is_there(bucket: str) -> None:
    _put(bucket, _body("minimal/production"))
    found = upgrade_record.readable_upgrade(load_specs(GOLDEN / "minimal/spec.yaml").deployments[0].deployment, _PLAN)
    assert found
    assert found.image == "new:2"
