"""Every spec that `owscale init` writes: valid Terraform, and two of them applied beside the service of today."""

import functools
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.ec2.models.amis import AmiBackend

from owscale.terraform.runner import Terraform
from tests._support.discovery.account_parts import CLUSTER, SERVICE, AccountParts
from tests._support.discovery.accounts import ACCOUNTS, Build, complete, no_access_point
from tests._support.discovery.expected import EXPECTED
from tests._support.emulator import server
from tests._support.emulator.command_run import owscale
from tests._support.emulator.lifecycle import PROFILE, use_emulator
from tests._support.placeholders import fill_in

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("terraform")]

_FOLDERS = tempfile.TemporaryDirectory()
_ROOT = "out/company-chat/production"


@functools.cache
def generated(name: str) -> Path:
    """Generate the Terraform of an expected spec, and return its root module."""
    folder = Path(_FOLDERS.name) / name
    folder.mkdir()
    spec = folder / "spec.yaml"
    spec.write_text((EXPECTED / name / "spec.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    fill_in(spec)
    run = owscale("generate", "--spec", str(spec), "--out", str(folder / "out"))
    assert run.code == 0, run.err
    return folder / _ROOT


@pytest.mark.parametrize("name", [path.name for path in sorted(EXPECTED.iterdir())])
def test_spec_generates(name: str) -> None:
    assert (generated(name) / "main.tf").exists()


def test_terraform_of_all_specs_is_valid(tmp_path: Path) -> None:
    """Call all root modules from one, because Terraform loads the provider once for each run."""
    names = sorted(path.name for path in EXPECTED.iterdir())
    calls = [f'module "{name}" {{\n  source = "{generated(name)}"\n}}\n' for name in names]
    (tmp_path / "main.tf").write_text("\n".join(calls))
    root = Terraform(tmp_path)
    init = root.init("-backend=false", "-no-color")
    assert init.code == 0, init.stderr
    result = json.loads(root.run("validate", "-json").stdout)
    errors = [each for each in result["diagnostics"] if each["severity"] == "error"]
    assert errors == []
    assert root.run("fmt", "-check", "-recursive", str(generated("complete"))).code == 0


class AppliedBeside:
    """A deployment that is applied beside the service that its spec was read from."""

    def __init__(self, build: Build, folder: Path, patch: pytest.MonkeyPatch, url: str, *options: str) -> None:
        patch.setattr(AmiBackend, "_load_amis", lambda _backend: None)
        patch.setattr(AccountParts, "url", url)
        self.aws = build()
        use_emulator(folder, url, patch)
        patch.chdir(folder)
        bucket = {"CreateBucketConfiguration": {"LocationConstraint": self.aws.region}}
        self.aws.client("s3").create_bucket(Bucket="company-terraform-states", **bucket)
        source = ("--from-aws", "--cluster", CLUSTER, "--service", SERVICE, "--profile", PROFILE)
        values = ("--set", "service.wait_for_steady_state=false", *options)  # no task runs in the emulator
        self.init = owscale("init", ".", "--name", "company-chat", *source, "--region", self.aws.region, *values)
        assert self.init.code == 0, self.init.err

    def apply(self) -> None:
        """Fill in the placeholders, generate, plan and apply."""
        fill_in(Path("spec/spec.yaml"))
        for words in (("generate",), ("tf", "plan"), ("tf", "apply", "--yes")):
            run = owscale(*words)
            assert run.code == 0, run.out + run.err

    def existing(self) -> dict[str, Any]:
        """Return the descriptions of the resources of today's service."""
        ec2, ecs, efs = (self.aws.client(service) for service in ("ec2", "ecs", "efs"))
        vpc = [{"Name": "vpc-id", "Values": [self.aws.vpc]}]
        own = {name for name in self._group_names() if not name.startswith(f"{SERVICE}-scaled")}
        groups = ec2.describe_security_groups(Filters=vpc)["SecurityGroups"]
        rds, elb = self.aws.client("rds"), self.aws.client("elbv2")
        described = elb.describe_load_balancers()["LoadBalancers"]
        balancers = [each for each in described if each["LoadBalancerName"] == "chat"]
        descriptions = {
            "vpc": ec2.describe_vpcs(VpcIds=[self.aws.vpc])["Vpcs"],
            "subnets": ec2.describe_subnets(Filters=vpc)["Subnets"],
            "groups": [{**each, "IpPermissions": []} for each in groups if each["GroupName"] in own],
            "service": ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"],
            "task definition": ecs.describe_task_definition(taskDefinition=f"{SERVICE}:1")["taskDefinition"],
            "files": [{**each, "SizeInBytes": 0} for each in efs.describe_file_systems()["FileSystems"]],
            "access points": efs.describe_access_points()["AccessPoints"],
            "instances": rds.describe_db_instances()["DBInstances"],
            "clusters": rds.describe_db_clusters()["DBClusters"],
            "balancers": balancers,
        }
        for subnet in descriptions["subnets"]:  # the load balancer of the deployment takes some
            subnet.pop("AvailableIpAddressCount")
        for database in (*descriptions["instances"], *descriptions["clusters"]):  # the time of the call
            database.pop("LatestRestorableTime", None)
            database.pop("EarliestRestorableTime", None)
        plain: dict[str, Any] = json.loads(json.dumps(descriptions, default=str, sort_keys=True))
        return plain

    def rules(self) -> dict[str, Any]:
        """Return the rules of the security groups by their IDs."""
        groups = [group for group, name in self._groups().items() if not name.startswith(f"{SERVICE}-scaled")]
        filters = [{"Name": "group-id", "Values": groups}]
        rules = self.aws.client("ec2").describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
        return {rule["SecurityGroupRuleId"]: rule for rule in rules}

    def _groups(self) -> dict[str, str]:
        vpc = [{"Name": "vpc-id", "Values": [self.aws.vpc]}]
        groups = self.aws.client("ec2").describe_security_groups(Filters=vpc)["SecurityGroups"]
        return {each["GroupId"]: each["GroupName"] for each in groups}

    def _group_names(self) -> set[str]:
        return set(self._groups().values())


@pytest.fixture
def url() -> Iterator[str]:
    with server.running() as url:
        yield url


def check_apply(applied: AppliedBeside) -> None:
    """Apply, and compare what existed before: only rules for the new tasks may be added."""
    existing, rules = applied.existing(), applied.rules()
    applied.apply()
    assert applied.existing() == existing
    after = applied.rules()
    assert rules.items() <= after.items()
    added = [after[key] for key in after.keys() - rules.keys()]
    assert added, "the database, the files and the peers let the new tasks in"
    assert all(rule["ReferencedGroupInfo"]["GroupId"] for rule in added)
    services = applied.aws.client("ecs").describe_services(cluster=CLUSTER, services=[f"{SERVICE}-scaled"])["services"]
    assert [service["status"] for service in services] == ["ACTIVE"]


def test_complete_service_gets_a_deployment_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    applied = AppliedBeside(complete, tmp_path, monkeypatch, url)
    check_apply(applied)


def test_service_without_access_point_gets_a_deployment_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    applied = AppliedBeside(no_access_point, tmp_path, monkeypatch, url)
    assert "aws efs create-access-point --file-system-id fs-" in applied.init.out
    spec = Path("spec/spec.yaml")
    [file_system] = applied.aws.client("efs").describe_file_systems()["FileSystems"]
    point = applied.aws.client("efs").create_access_point(
        FileSystemId=file_system["FileSystemId"], RootDirectory={"Path": "/openwebui"}, PosixUser={"Uid": 0, "Gid": 0}
    )
    spec.write_text(spec.read_text().replace("fsap-ffffffffffffffff0", point["AccessPointId"]))
    check_apply(applied)


def test_accounts_are_those_of_the_expected_files() -> None:
    files = {"compose", "helm", "taskdef"}
    assert {path.name for path in EXPECTED.iterdir()} == {*ACCOUNTS, *files}
