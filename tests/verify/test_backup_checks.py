"""Each result of the checks of backups."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.rds.models import DBInstance

from owscale.aws_api.client import AwsAccount
from tests._support.applied_deployment import AppliedDeployment


def _restorable(monkeypatch: pytest.MonkeyPatch, latest: datetime | None) -> None:
    monkeypatch.setattr(DBInstance, "latest_restorable_time", property(lambda _: latest))


def _create_cluster(applied: AppliedDeployment, **arguments: int) -> None:
    group = applied.spec["existing"]["database"]["security_group"]
    rds = applied.client("rds")
    rds.delete_db_instance(DBInstanceIdentifier=applied.name, SkipFinalSnapshot=True)
    rds.create_db_cluster(
        DBClusterIdentifier=applied.name,
        Engine="aurora-postgresql",
        MasterUsername="chat",
        MasterUserPassword="secret-value",
        VpcSecurityGroupIds=[group],
        **arguments,
    )
    rds.create_db_instance(
        DBInstanceIdentifier=f"{applied.name}-writer",
        DBClusterIdentifier=applied.name,
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
    )


def test_backups_of_an_instance_pass(applied: AppliedDeployment) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = applied.verify_one("database.backups", status="passed")
    assert f"RDS instance {applied.name} keeps backups for 1 day, and can be restored up to {now}" in lines


@pytest.mark.parametrize("key", ["instance", None])
def test_instance_without_backups_fails(applied: AppliedDeployment, key: str | None) -> None:
    if key:
        applied.spec["existing"]["database"] |= {key: applied.name}
    applied.database.backup_retention_period = 0
    lines = applied.verify_one("database.backups")
    assert f"RDS instance {applied.name} has no automatic backups" in lines
    assert f"`aws rds modify-db-instance --db-instance-identifier {applied.name} --backup-retention-period 7" in lines


def test_backups_that_stand_still_fail(applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    _restorable(monkeypatch, datetime.now(UTC) - timedelta(hours=3))
    lines = applied.verify_one("database.backups")
    assert "which is more than an hour ago" in lines
    assert f"`aws rds describe-events --source-type db-instance --source-identifier {applied.name}" in lines


@pytest.mark.parametrize("key", ["cluster", None])
def test_backups_of_a_cluster_pass(applied: AppliedDeployment, key: str | None) -> None:
    _create_cluster(applied, BackupRetentionPeriod=14)
    if key:
        applied.spec["existing"]["database"] |= {key: applied.name}
    lines = applied.verify_one("database.backups", status="passed")
    assert f"Aurora cluster {applied.name} keeps backups for 14 days" in lines
    assert "RDS instance" not in lines  # the writer has no backups of its own


@pytest.mark.parametrize("key", ["cluster", "instance"])
def test_database_that_does_not_exist_fails(applied: AppliedDeployment, key: str) -> None:
    applied.spec["existing"]["database"] |= {key: "no-such-database"}
    lines = applied.verify_one("database.backups")
    assert f"rds:DescribeDB{key.capitalize()}s: not found" in lines
    assert f"correct existing.database.{key} in the spec" in lines


def test_database_outside_rds_is_skipped(applied: AppliedDeployment) -> None:
    applied.spec["existing"]["database"]["security_group"] = "sg-99999999"
    lines = applied.verify_one("database.backups", status="skipped")
    assert "no RDS instance and no Aurora cluster has sg-99999999" in lines


def test_databases_on_several_pages(applied: AppliedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator has no pages, so a second one is added to its responses."""
    call = AwsAccount.call

    def call_in_pages(account: AwsAccount, name: str, /, **arguments: Any) -> dict[str, Any]:
        if not name.startswith("rds:DescribeDB"):
            return call(account, name, **arguments)
        if "Marker" not in arguments:
            return {"DBClusters": [], "DBInstances": [], "Marker": "page-2"}
        assert arguments.pop("Marker") == "page-2"
        return call(account, name, **arguments)

    monkeypatch.setattr(AwsAccount, "call", call_in_pages)
    assert f"RDS instance {applied.name} keeps" in applied.verify_one("database.backups", status="passed")


def test_files_with_backups_pass(applied: AppliedDeployment) -> None:
    name = applied.spec["existing"]["files"]["file_system"]
    assert f"automatic backups of {name}: ENABLED" in applied.verify_one("files.backups", status="passed")


def test_files_without_backups_fail(applied: AppliedDeployment) -> None:
    name = applied.client("efs").create_file_system(CreationToken=f"{applied.name}-2")["FileSystemId"]
    applied.spec["existing"]["files"]["file_system"] = name
    lines = applied.verify_one("files.backups")
    assert f"automatic backups of {name}: DISABLED" in lines
    assert f"`aws efs put-backup-policy --file-system-id {name} --backup-policy Status=ENABLED" in lines
    assert "--skip files.backups" in lines
