"""The database of a deployment on RDS, its snapshots, and the commands that restore it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from owscale.aws_api.calls import Caller, CallError
from owscale.errors import OwscaleError
from owscale.upgrade.aws_calls import pages
from owscale.upgrade.clock import Clock, parse_stamp, stamp
from owscale.upgrade.record import Snapshot

if TYPE_CHECKING:
    from owscale.spec.models.existing import Database

_POLL_SECONDS = 20
_SNAPSHOT_SECONDS = 6 * 3600
_INVALID_STATE = frozenset({"InvalidDBInstanceState", "InvalidDBClusterStateFault"})
_EXISTS = frozenset({"DBSnapshotAlreadyExists", "DBClusterSnapshotAlreadyExistsFault"})


@dataclass(frozen=True)
class RdsDatabase:
    """An RDS instance, or an Aurora cluster, as AWS describes it. `members` has the instances of a cluster."""

    is_cluster: bool
    data: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...] = ()

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
    def earliest_restorable(self) -> datetime | None:
        """The earliest time to which it can be restored; None if its automated backups are off.

        AWS names it for a cluster. For an instance it is the retention before the latest time:
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html.
        """
        retention, latest = self.data.get("BackupRetentionPeriod", 0), self.latest_restorable
        if not retention or latest is None:
            return None
        earliest = _moment(self.data.get("EarliestRestorableTime")) or latest - timedelta(days=retention)
        created = _moment(self.data.get("InstanceCreateTime"))  # a restored instance has no backups of before
        return max(earliest, created) if created else earliest

    @property
    def latest_restorable(self) -> datetime | None:
        """The latest time to which it can be restored, minutes ago; None if there is none."""
        return _moment(self.data.get("LatestRestorableTime"))

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
    clusters, instances = _described(call, "Clusters"), _described(call, "Instances")
    members = {each["DBClusterIdentifier"]: _members(each, instances) for each in clusters}
    return [
        *(RdsDatabase(is_cluster=True, data=each, members=members[each["DBClusterIdentifier"]]) for each in clusters),
        *(RdsDatabase(is_cluster=False, data=each) for each in instances if not each.get("DBClusterIdentifier")),
    ]


def _members(cluster: Mapping[str, Any], instances: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return the instances of a cluster, the writer first."""
    writers = {each["DBInstanceIdentifier"] for each in cluster.get("DBClusterMembers", ()) if each["IsClusterWriter"]}
    found = [each for each in instances if each.get("DBClusterIdentifier") == cluster["DBClusterIdentifier"]]
    return tuple(sorted(found, key=lambda each: each["DBInstanceIdentifier"] not in writers))


def _moment(value: datetime | None) -> datetime | None:
    return value.astimezone(UTC) if value else None


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


def create_snapshot(call: Caller, clock: Clock, snapshot: Snapshot, waiting: Callable[[str], None]) -> None:
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
            waiting(f"snapshot {snapshot.name}: {snapshot.database} is busy, such as with a backup of AWS")
            clock.sleep(_POLL_SECONDS)
        else:
            return


def is_restorable(database: RdsDatabase, moment: datetime) -> bool:
    """Whether the automated backups reach back to a time; a time that AWS has not saved yet follows in minutes."""
    earliest = database.earliest_restorable
    return earliest is not None and earliest <= moment


@dataclass(frozen=True)
class Restore:
    """The restore of a database beside the present one, which keeps its data under another name.

    `upgrade_id` is the ID of the upgrade: databases that an earlier one left under their names are not touched.
    `moment` is the time to which the automated backups restore it; empty for the snapshot. `options` end each command.
    """

    database: RdsDatabase
    upgrade_id: str
    snapshot: Snapshot
    options: tuple[str, ...]
    moment: str = ""

    def script(self) -> list[str]:
        """Return the lines of a script for a shell; the last ones give the restored database the present address.

        A shell reads the parentheses whole before it runs their first command, also where they are pasted, and a
        command that fails ends them: without a restored database, the present one keeps its name. Repeated, the script
        goes on where it ended, because it leaves out what exists.
        """
        return ["(", "set -eu", *self._lines(), ")"]

    def _lines(self) -> Iterator[str]:
        kind = "cluster" if self.database.is_cluster else "instance"
        name, restored, migrated = self.database.name, self._other_name("restored"), self._other_name("migrated")
        yield f"if ! {self._exists(kind, migrated)}; then"
        restore = self._cluster() if self.database.is_cluster else self._instance()
        yield self._unless(kind, restored, f"{self._saved(kind)}{restore}")
        yield self._wait(kind, restored)
        if self.database.is_aurora:
            yield from self._members(restored, str(self.database.data.get("Engine")))
        yield self._rename(kind, name, migrated)
        yield "fi"
        yield self._wait(kind, migrated)
        yield self._unless(kind, name, self._rename(kind, restored, name))
        yield self._wait(kind, name)

    def _saved(self, kind: str) -> str:
        """Return the loop that waits until AWS has saved the moment, which lasts minutes after it."""
        latest = self.database.latest_restorable
        if not self.moment or latest is None or latest >= parse_stamp(self.moment):
            return ""
        query = ("--query", f"DB{kind.capitalize()}s[0].LatestRestorableTime", "--output", "text")
        describe = self._command(f"describe-db-{kind}s", f"--db-{kind}-identifier", self.database.name, *query)
        # Times of this form have the order of their texts.
        return f"until LC_ALL=C expr \"$({describe})\" '>' {self.moment} >/dev/null; do sleep 30; done; "

    def _instance(self) -> str:
        data, name, new = self.database.data, self.database.name, self._other_name("restored")
        source: tuple[str, ...] = ("restore-db-instance-from-db-snapshot",)
        source = (*source, "--db-snapshot-identifier", self.snapshot.name, "--db-instance-identifier", new)
        if self.moment:
            source = ("restore-db-instance-to-point-in-time", "--source-db-instance-identifier", name)
            source = (*source, "--target-db-instance-identifier", new, "--restore-time", self.moment)
        same = self._same(
            {
                "--db-instance-class": data.get("DBInstanceClass"),
                "--db-subnet-group-name": (data.get("DBSubnetGroup") or {}).get("DBSubnetGroupName"),
                "--db-parameter-group-name": _parameter_group(data),
            }
        )
        zones = "--multi-az" if data.get("MultiAZ") else "--no-multi-az"
        public = "--publicly-accessible" if data.get("PubliclyAccessible") else "--no-publicly-accessible"
        return self._command(*source, *same, zones, public)

    def _cluster(self) -> str:
        data, new = self.database.data, self._other_name("restored")
        engine = str(data.get("Engine"))
        source: tuple[str, ...] = ("restore-db-cluster-from-snapshot", "--snapshot-identifier", self.snapshot.name)
        source = (*source, "--db-cluster-identifier", new, "--engine", engine)
        if self.moment:
            source = ("restore-db-cluster-to-point-in-time", "--source-db-cluster-identifier", self.database.name)
            source = (*source, "--db-cluster-identifier", new, "--restore-to-time", self.moment)
        scaling: Mapping[str, Any] = data.get("ServerlessV2ScalingConfiguration") or {}
        same = self._same(
            {
                "--db-subnet-group-name": data.get("DBSubnetGroup"),
                "--db-cluster-parameter-group-name": data.get("DBClusterParameterGroup"),
                "--db-cluster-instance-class": data.get("DBClusterInstanceClass"),  # only of a Multi-AZ cluster
                "--serverless-v2-scaling-configuration": ",".join(
                    f"{name}={scaling[name]}" for name in sorted(scaling)
                ),
            }
        )
        return self._command(*source, *same)

    def _members(self, cluster: str, engine: str) -> Iterator[str]:
        """Yield the commands that create the instances of an Aurora cluster, which a restore lacks: writer, readers.

        The first instance of a cluster is its writer, so the readers follow when it is available.
        """
        for number, member in enumerate(self.database.members, 1):
            instance = f"{cluster}-{number}"
            words = ["--db-instance-identifier", instance, "--db-cluster-identifier", cluster, "--engine", engine]
            same = {
                "--db-instance-class": member.get("DBInstanceClass"),
                "--db-parameter-group-name": _parameter_group(member),
                "--availability-zone": member.get("AvailabilityZone"),
                "--promotion-tier": member.get("PromotionTier"),
            }
            yield self._unless("instance", instance, self._command("create-db-instance", *words, *_options(same)))
            yield self._wait("instance", instance)

    def _rename(self, kind: str, name: str, to: str) -> str:
        """Return the command that renames a database, which moves its address."""
        names = (f"--db-{kind}-identifier", name, f"--new-db-{kind}-identifier", to)
        return self._command(f"modify-db-{kind}", *names, "--apply-immediately")

    def _exists(self, kind: str, name: str) -> str:
        return f"{self._command(f'describe-db-{kind}s', f'--db-{kind}-identifier', name)} >/dev/null 2>&1"

    def _unless(self, kind: str, name: str, commands: str) -> str:
        """Return a line whose commands run only where no database has a name."""
        return f"{self._exists(kind, name)} || {{ {commands}; }}"

    def _wait(self, kind: str, name: str) -> str:
        """Return the loop that waits for a database.

        `wait` ends with an error while a new name is unknown, and after half an hour, which a large restore exceeds:
        https://docs.aws.amazon.com/cli/latest/reference/rds/wait/db-instance-available.html.
        """
        wait = self._command("wait", f"db-{kind}-available", f"--db-{kind}-identifier", name)
        return f"until {wait}; do sleep 15; done"

    def _other_name(self, end: str) -> str:
        end = f"{end}-{self.upgrade_id}"
        return f"{self.database.name[: 60 - len(end)].rstrip('-')}-{end}"  # and `-1`; an identifier has 63 characters

    def _same(self, options: Mapping[str, Any]) -> list[str]:
        """Return the options that a restore does not take over from the present database."""
        data, groups = self.database.data, sorted(_groups(self.database))
        return [
            *_options(options),
            *(("--vpc-security-group-ids", *groups) if groups else ()),
            *(["--enable-iam-database-authentication"] if data.get("IAMDatabaseAuthenticationEnabled") else []),
            *(["--deletion-protection"] if data.get("DeletionProtection") else []),
        ]

    def _command(self, *words: str) -> str:
        return shlex.join(("aws", "rds", *words, *self.options))


def _options(values: Mapping[str, Any]) -> list[str]:
    return [word for name, value in values.items() if value not in (None, "") for word in (name, str(value))]


def _parameter_group(data: Mapping[str, Any]) -> str | None:
    name: str | None = (data.get("DBParameterGroups") or [{}])[0].get("DBParameterGroupName")
    return name
