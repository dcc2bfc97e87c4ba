"""Checks that the data that outlives a deployment has backups: the database and the files."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from owscale.console.text import plural
from owscale.verify.check import Check, CheckError, Outcome, failed, passed, skipped, warning
from owscale.verify.target import Target

_MAX_AGE = timedelta(hours=1)
"""RDS uploads the log of transactions every five minutes.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
"""


class _Database(NamedTuple):
    """An Aurora cluster or an RDS instance, and the words of the AWS CLI that change its retention of backups."""

    name: str
    kind: str
    response: dict[str, Any]
    modify: tuple[str, ...]


def database(target: Target) -> Outcome:
    """Check that the database keeps automatic backups, and can be restored to a recent time."""
    databases = list(_databases(target))
    if not databases:
        group = target.spec.existing.database.security_group
        return skipped(f"no RDS instance and no Aurora cluster has {group}: check the backups of the database yourself")
    outcomes = [_judge(target, each) for each in databases]
    evidence = "; ".join(outcome.evidence for outcome in outcomes)
    for outcome in outcomes:
        if outcome.status == "failed":
            return failed(evidence, outcome.hint, is_permanent=outcome.is_permanent)
    return passed(evidence)


def _judge(target: Target, each: _Database) -> Outcome:
    days, latest = each.response.get("BackupRetentionPeriod", 0), each.response.get("LatestRestorableTime")
    if not days:
        command = target.aws_command("rds", *each.modify, "--backup-retention-period", "7", "--apply-immediately")
        hint = (
            f"keep backups, for example 7 days: `{command}`; RDS may restart the instance, so choose a quiet time. If "
            "another tool backs it up, use `--skip database.backups`"
        )
        return failed(f"{each.kind} {each.name} has no automatic backups", hint, is_permanent=True)
    kept = f"{each.kind} {each.name} keeps backups for {plural(days, 'day')}"
    if latest is None:
        hint = "wait for the first backup, which follows the creation or the change of the retention"
        return failed(f"{kept}, but has none yet", hint)
    evidence = f"{kept}, and can be restored up to {latest.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if datetime.now(UTC) - latest > _MAX_AGE:
        source = "db-cluster" if each.modify[0] == "modify-db-cluster" else "db-instance"
        options = ("--source-type", source, "--source-identifier", each.name, "--duration", "1440")
        command = target.aws_command("rds", "describe-events", *options)
        return failed(f"{evidence}, which is more than an hour ago", f"read the events of the database: `{command}`")
    return passed(evidence)


def _databases(target: Target) -> Iterator[_Database]:
    """Yield the database that the spec names, or all with the security group of the database."""
    named = target.spec.existing.database
    if named.cluster:
        yield from map(_cluster, _describe(target, "clusters", named.cluster))
    elif named.instance:
        yield from map(_instance, _describe(target, "instances", named.instance))
    else:
        yield from (_cluster(each) for each in _describe(target, "clusters") if _has_group(target, each))
        for each in _describe(target, "instances"):
            if _has_group(target, each) and "DBClusterIdentifier" not in each:  # the cluster has the backups of Aurora
                yield _instance(each)


def _cluster(response: dict[str, Any]) -> _Database:
    name = response["DBClusterIdentifier"]
    return _Database(name, "Aurora cluster", response, ("modify-db-cluster", "--db-cluster-identifier", name))


def _instance(response: dict[str, Any]) -> _Database:
    name = response["DBInstanceIdentifier"]
    return _Database(name, "RDS instance", response, ("modify-db-instance", "--db-instance-identifier", name))


def _has_group(target: Target, response: dict[str, Any]) -> bool:
    group = target.spec.existing.database.security_group
    return any(each["VpcSecurityGroupId"] == group for each in response.get("VpcSecurityGroups", []))


def _describe(target: Target, kind: str, name: str = "") -> Iterator[dict[str, Any]]:
    """Yield all clusters or instances, or the one with a name."""
    options = {f"DB{kind.capitalize()[:-1]}Identifier": name} if name else {}
    while True:
        try:
            page = target.call_aws(f"rds:DescribeDB{kind.capitalize()}", **options)
        except CheckError as error:
            if error.is_not_found:
                hint = f"correct existing.database.{kind[:-1]} in the spec"
                raise CheckError(failed(error.outcome.evidence, hint, is_permanent=True)) from error
            raise
        yield from page[f"DB{kind.capitalize()}"]
        if not page.get("Marker"):
            return
        options = {"Marker": page["Marker"]}


def files(target: Target) -> Outcome:
    """Check that the automatic backups of the file system are on."""
    name = target.spec.existing.files.file_system
    try:
        status = target.call_aws("elasticfilesystem:DescribeBackupPolicy", FileSystemId=name)["BackupPolicy"]["Status"]
    except CheckError as error:
        if error.code != "PolicyNotFound":
            raise
        status = "DISABLED"
    evidence = f"automatic backups of {name}: {status}"
    if status == "ENABLED":
        return passed(evidence)
    if status == "ENABLING":
        return warning(evidence, "wait until they are on")
    command = target.aws_command(
        "efs", "put-backup-policy", "--file-system-id", name, "--backup-policy", "Status=ENABLED"
    )
    hint = f"turn them on: `{command}`. If a plan of AWS Backup has the file system, use `--skip files.backups`"
    return failed(evidence, hint, is_permanent=True)


CHECKS = (
    Check("database.backups", database),
    Check("files.backups", files),
)
