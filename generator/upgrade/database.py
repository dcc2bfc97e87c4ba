"""The database of a deployment on RDS, its snapshots, and the commands that restore it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from owscale.aws_api.calls import Caller, CallError
from owscale.errors import OwscaleError
from owscale.upgrade.aws_calls import pages
from owscale.upgrade.clock import Clock, stamp
from owscale.upgrade.record import Snapshot

if TYPE_CHECKING:
    from owscale.spec.models.existing import Database

_POLL_SECONDS = 20
_SNAPSHOT_SECONDS = 6 * 3600
_INVALID_STATE = frozenset({"InvalidDBInstanceState", "InvalidDBClusterStateFault"})
_EXISTS = frozenset({"DBSnapshotAlreadyExists", "DBClusterSnapshotAlreadyExistsFault"})


@dataclass(frozen=True)
class RdsDatabase:
    """An RDS instance, or an Aurora cluster, as AWS describes it."""

    is_cluster: bool
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its identifier."""
        return str(self.data["DBClusterIdentifier" if self.is_cluster else "DBInstanceIdentifier"])

    @property
    def endpoint(self) -> str:
        """The address of the writer."""
        if self.is_cluster:
            return str(self.data.get("Endpoint", ""))
        return str(self.data.get("Endpoint", {}).get("Address", ""))

    @property
    def kind(self) -> str:
        """Its kind, for messages."""
        if not self.is_cluster:
            return "RDS instance"
        return "Aurora cluster" if self.is_aurora else "Multi-AZ cluster"

    @property
    def is_aurora(self) -> bool:
        """Whether it is a cluster of Aurora, whose instances are restored one by one."""
        return self.is_cluster and str(self.data.get("Engine", "")).startswith("aurora")

    @property
    def is_suspended_by_a_snapshot(self) -> bool:
        """Whether a snapshot suspends its input and output, for seconds to minutes.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CreateSnapshot.html: not with Multi-AZ.
        """
        return not self.is_cluster and not self.data.get("MultiAZ", False)

    @property
    def keeps_logs(self) -> bool:
        """Whether it can be restored to a point in time: its automated backups are on."""
        return bool(self.data.get("BackupRetentionPeriod", 0))

    @property
    def latest_restorable(self) -> str:
        """The latest time to which it can be restored; empty where it is unknown."""
        return str(self.data.get("LatestRestorableTime", ""))

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def find_database(call: Caller, database: Database, host: str) -> RdsDatabase | None:
    """Return the database of a deployment; None if it is not on RDS.

    It is the one with the address `host`. Where no address matches, such as with a name of one's own in DNS, the spec
    names it, or its security group finds it. Raises OwscaleError if several have that group.
    """
    found = _databases(call)
    by_address = [each for each in found if host and each.endpoint == host]
    named = {(True, database.cluster), (False, database.instance)}
    by_name = [each for each in found if (each.is_cluster, each.name) in named]
    if matching := by_address or by_name:
        return matching[0]
    by_group = [each for each in found if database.security_group in _groups(each)]
    if len(by_group) > 1:
        names = ", ".join(str(each) for each in by_group)
        raise OwscaleError(
            f"several databases have the security group {database.security_group}: {names}",
            hint="set existing.database.instance, or existing.database.cluster for Aurora",
        )
    return by_group[0] if by_group else None


def snapshot_source(call: Caller, snapshot: Snapshot) -> RdsDatabase | None:
    """Return the database that a snapshot is of; None if it is gone."""
    name = (snapshot.kind == "cluster", snapshot.database)
    return next((each for each in _databases(call) if (each.is_cluster, each.name) == name), None)


def _databases(call: Caller) -> list[RdsDatabase]:
    """Return the clusters, and the instances that belong to none."""
    clusters = [RdsDatabase(is_cluster=True, data=each) for each in _described(call, "Clusters")]
    instances = [each for each in _described(call, "Instances") if not each.get("DBClusterIdentifier")]
    return [*clusters, *(RdsDatabase(is_cluster=False, data=each) for each in instances)]


def _described(call: Caller, kind: str) -> list[dict[str, Any]]:
    found = pages(call, f"rds:DescribeDB{kind}", f"DB{kind}")
    return [each for each in found if "postgres" in str(each.get("Engine"))]


def _groups(database: RdsDatabase) -> set[str]:
    return {str(each.get("VpcSecurityGroupId")) for each in database.data.get("VpcSecurityGroups", ())}


def snapshot_state(call: Caller, snapshot: Snapshot) -> tuple[str, int, str]:
    """Return status, progress in percent and time of a snapshot; the status is empty where there is none."""
    try:
        if snapshot.kind == "cluster":
            found = call("rds:DescribeDBClusterSnapshots", DBClusterSnapshotIdentifier=snapshot.name)
            described = found["DBClusterSnapshots"]
        else:
            described = call("rds:DescribeDBSnapshots", DBSnapshotIdentifier=snapshot.name)["DBSnapshots"]
    except CallError as error:
        if error.reason == "not found":
            return "", 0, ""
        raise
    if not described:
        return "", 0, ""
    created = described[0].get("SnapshotCreateTime")
    moment = stamp(created.astimezone(UTC)) if created else ""
    return str(described[0]["Status"]), int(described[0].get("PercentProgress", 0)), moment


def create_snapshot(call: Caller, clock: Clock, snapshot: Snapshot) -> None:
    """Begin a snapshot; one of that name is used. Waits while a backup of AWS is in progress."""
    deadline = clock.now().timestamp() + _SNAPSHOT_SECONDS
    while True:
        try:
            if snapshot.kind == "cluster":
                names = {"DBClusterIdentifier": snapshot.database, "DBClusterSnapshotIdentifier": snapshot.name}
                call("rds:CreateDBClusterSnapshot", **names)
            else:
                names = {"DBInstanceIdentifier": snapshot.database, "DBSnapshotIdentifier": snapshot.name}
                call("rds:CreateDBSnapshot", **names)
        except CallError as error:
            if error.code in _EXISTS:
                return
            if error.code not in _INVALID_STATE or clock.now().timestamp() > deadline:
                raise
            clock.sleep(_POLL_SECONDS)
        else:
            return


@dataclass(frozen=True)
class Restore:
    """The restore of a database beside the present one, which keeps its data under another name.

    `moment` is the time to which the automated backups restore it; empty for the snapshot. `options` end each command.
    """

    database: RdsDatabase
    snapshot: Snapshot
    options: tuple[str, ...]
    moment: str = ""

    def commands(self) -> list[str]:
        """Return the commands in their order; the last ones give the restored database the present address."""
        kind = "cluster" if self.database.is_cluster else "instance"
        restore = self._cluster() if self.database.is_cluster else self._instance()
        return [
            *restore,
            *self._rename(kind, self.database.name, self._other_name("migrated")),
            *self._rename(kind, self._other_name("restored"), self.database.name),
        ]

    def _instance(self) -> list[str]:
        data, name, new = self.database.data, self.database.name, self._other_name("restored")
        source: tuple[str, ...] = ("restore-db-instance-from-db-snapshot",)
        source = (*source, "--db-snapshot-identifier", self.snapshot.name, "--db-instance-identifier", new)
        if self.moment:
            source = ("restore-db-instance-to-point-in-time", "--source-db-instance-identifier", name)
            source = (*source, "--target-db-instance-identifier", new, "--restore-time", self.moment)
        parameters = (data.get("DBParameterGroups") or [{}])[0].get("DBParameterGroupName")
        same = self._same(
            {
                "--db-instance-class": data.get("DBInstanceClass"),
                "--db-subnet-group-name": (data.get("DBSubnetGroup") or {}).get("DBSubnetGroupName"),
                "--db-parameter-group-name": parameters,
            }
        )
        zones = "--multi-az" if data.get("MultiAZ") else "--no-multi-az"
        return [
            self._command(*source, *same, zones),
            self._command("wait", "db-instance-available", "--db-instance-identifier", new),
        ]

    def _cluster(self) -> list[str]:
        data, new = self.database.data, self._other_name("restored")
        engine = str(data.get("Engine"))
        source: tuple[str, ...] = ("restore-db-cluster-from-snapshot", "--snapshot-identifier", self.snapshot.name)
        source = (*source, "--db-cluster-identifier", new, "--engine", engine)
        if self.moment:
            source = ("restore-db-cluster-to-point-in-time", "--source-db-cluster-identifier", self.database.name)
            source = (*source, "--db-cluster-identifier", new, "--restore-to-time", self.moment)
        same = self._same(
            {
                "--db-subnet-group-name": data.get("DBSubnetGroup"),
                "--db-cluster-parameter-group-name": data.get("DBClusterParameterGroup"),
                "--db-cluster-instance-class": data.get("DBClusterInstanceClass"),  # only of a Multi-AZ cluster
            }
        )
        restore = [
            self._command(*source, *same),
            self._command("wait", "db-cluster-available", "--db-cluster-identifier", new),
        ]
        if not self.database.is_aurora:
            return restore
        instance = f"{new}-1"
        create = self._command(
            *("create-db-instance", "--db-instance-identifier", instance, "--db-cluster-identifier", new),
            *("--engine", engine),
        )
        return [
            *restore,
            f"{create} --db-instance-class {self._class_of_the_writer()}",
            self._command("wait", "db-instance-available", "--db-instance-identifier", instance),
        ]

    def _class_of_the_writer(self) -> str:
        """Return a word of a shell with the class of the instances, which the description of a cluster lacks."""
        members = self.database.data.get("DBClusterMembers") or [{}]
        writer = next((each for each in members if each.get("IsClusterWriter")), members[0])
        query = ("--query", "DBInstances[0].DBInstanceClass", "--output", "text")
        name = str(writer.get("DBInstanceIdentifier", ""))
        return f'"$({self._command("describe-db-instances", "--db-instance-identifier", name, *query)})"'

    def _rename(self, kind: str, name: str, to: str) -> list[str]:
        """Return the commands that rename a database, which moves its address, and wait for it."""
        names = (f"--db-{kind}-identifier", name, f"--new-db-{kind}-identifier", to)
        return [
            self._command(f"modify-db-{kind}", *names, "--apply-immediately"),
            # The new name is unknown at first, and `wait` ends with an error then.
            f"until {self._command('wait', f'db-{kind}-available', f'--db-{kind}-identifier', to)}; do sleep 15; done",
        ]

    def _other_name(self, end: str) -> str:
        return f"{self.database.name[: 60 - len(end)].rstrip('-')}-{end}"  # and `-1`; an identifier has 63 characters

    def _same(self, options: Mapping[str, Any]) -> list[str]:
        """Return the options that a restore does not take over from the present database."""
        words = [word for name, value in options.items() if value for word in (name, str(value))]
        return [*words, "--vpc-security-group-ids", *sorted(_groups(self.database))]

    def _command(self, *words: str) -> str:
        return shlex.join(("aws", "rds", *words, *self.options))
