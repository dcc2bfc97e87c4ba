"""What a plan reads of the record of an upgrade."""

import json
from collections.abc import Iterator
from dataclasses import asdict

import boto3
import pytest

from owscale.errors import OwscaleError
from owscale.upgrade.record import UpgradeHistory, UpgradeRecord
from owscale.workflow.pipeline import load_specs
from owscale.workflow.upgrade_record import migrated_image
from tests._support.cases import GOLDEN
from tests._support.in_process_aws import in_process_aws

_REGION = "eu-west-1"
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


def test_plan_reads_the_image_whose_migration_held(bucket: str) -> None:
    deployment = load_specs(GOLDEN / "minimal/spec.yaml").deployments[0].deployment
    assert migrated_image(deployment) is None
    record = UpgradeRecord("1", "minimal/production", "old:1", "new:2", _AT, "anna@laptop", migrated_at=_AT)
    _put(bucket, json.dumps(asdict(UpgradeHistory(record))).encode())
    assert migrated_image(deployment) == "new:2"


def test_record_of_another_deployment_does_not_count(bucket: str) -> None:
    deployment = load_specs(GOLDEN / "minimal/spec.yaml").deployments[0].deployment
    record = UpgradeRecord("1", "other/production", "old:1", "new:2", _AT, "anna@laptop", migrated_at=_AT)
    _put(bucket, json.dumps(asdict(UpgradeHistory(record))).encode())
    assert migrated_image(deployment) is None


def test_record_that_cannot_be_read_is_an_error(bucket: str) -> None:
    deployment = load_specs(GOLDEN / "minimal/spec.yaml").deployments[0].deployment
    _put(bucket, b"{")
    with pytest.raises(OwscaleError, match="not the record of an upgrade"):
        migrated_image(deployment)


def test_missing_bucket_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    deployment = load_specs(GOLDEN / "minimal/spec.yaml").deployments[0].deployment
    with in_process_aws(), pytest.raises(OwscaleError, match="NoSuchBucket"):
        migrated_image(deployment)
