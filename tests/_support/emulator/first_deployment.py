"""A first deployment in an account without Open WebUI, as in the runbook, and a second environment beside it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests._support.emulator import runbook
from tests._support.emulator.account import BUCKET, CLUSTER, KEY, OLD_SERVICE, EmulatedAccount
from tests._support.emulator.command_run import CommandRun, owscale
from tests._support.emulator.lifecycle import account_spec, use_emulator
from tests._support.shell import blocks

PRODUCTION, STAGING = "webui3-scaled", "webui3-staging"
_STAGING_KEY = "staging/gravity-ai-chat/terraform.tfstate"


class FirstDeployment:
    """The project of a team that has no service yet; its database is empty."""

    def __init__(self, folder: Path, account: EmulatedAccount, patch: pytest.MonkeyPatch) -> None:
        self.account, self.folder = account, folder
        self.root = folder / "out/gravity-ai-chat/production"
        use_emulator(folder, account.url, patch)
        patch.chdir(folder)
        account.client("ecs").delete_service(cluster=CLUSTER, service=OLD_SERVICE, force=True)
        self.spec = account_spec(account)
        del self.spec["existing"]["service"], self.spec["app"]["threads"]
        self.generate()

    def generate(self) -> None:
        """Write the spec and the files of all environments."""
        Path("spec.yaml").write_text(yaml.safe_dump(self.spec))
        run = owscale("generate", "--spec", "spec.yaml", "--out", "out")
        assert run.code == 0, run.err

    def tf(self, action: str, environment: str = "production", *arguments: str) -> CommandRun:
        """Run an action of `owscale tf`, which must succeed."""
        run = owscale("tf", action, "--spec", "spec.yaml", "--env", environment, *arguments)
        assert run.code == 0, run.out + run.err
        return run

    def plan_and_apply(self, environment: str = "production") -> str:
        """Plan and apply, and return the output of the plan."""
        plan = self.tf("plan", environment)
        self.tf("apply", environment, "--yes")
        return plan.out + plan.err

    def choose_administrator(self) -> None:
        """Follow the section of the runbook: run its command, and set both variables."""
        [block] = [block for block in blocks(self.runbook(), "bash") if "create-secret" in block]
        [run] = runbook.run_blocks([block], self.folder)
        assert run.code == 0, run.err
        self.spec["app"]["environment"] = {"WEBUI_ADMIN_EMAIL": "admin@example.com"}
        self.spec["app"]["secrets"] = {"WEBUI_ADMIN_PASSWORD": run.out.strip()}

    def prepare_empty_database(self) -> dict[str, Any]:
        """Follow step 1 of the section of the runbook, and return the spec of before."""
        before = copy.deepcopy(self.spec)
        section = self.runbook().partition("### Prepare an empty database")[2].partition("\n### ")[0]
        for setting in (
            "`app.migrate_on_start: true`",
            "`app.workers: 1`",
            "`service.instances: 1`",
            "`min: 1`",
            "`max: 1`",
        ):
            assert setting in section
        self.spec["app"] |= {"migrate_on_start": True, "workers": 1}
        self.spec["service"]["instances"] = 1
        self.spec["autoscaling"] |= {"min": 1, "max": 1}
        self.generate()
        return before

    def add_staging(self) -> None:
        """Add an environment with a database, files, a state and an address of its own."""
        account = self.account
        ec2, efs = account.client("ec2"), account.client("efs")
        group = ec2.create_security_group(GroupName="staging-database", Description="staging", VpcId=account.vpc)
        secret = account.client("secretsmanager").create_secret(
            Name="staging/database-url", SecretString="postgresql://"
        )
        point = efs.create_access_point(
            FileSystemId=account.file_system, PosixUser={"Uid": 0, "Gid": 0}, RootDirectory={"Path": "/staging"}
        )
        self.spec["environments"]["staging"] = {
            "state": {"key": _STAGING_KEY},
            "existing": {
                "database": {"url_secret_arn": secret["ARN"], "security_group": group["GroupId"]},
                "files": {"access_point": point["AccessPointId"]},
            },
            "app": {"public_url": "https://staging.example.com", "secrets": {"WEBUI_ADMIN_PASSWORD": secret["ARN"]}},
            "service": {"name": STAGING},
        }
        self.generate()

    def runbook(self) -> str:
        """Return the runbook of production."""
        return (self.root / "RUNBOOK.md").read_text()

    def container(self, service: str = PRODUCTION) -> tuple[dict[str, Any], dict[str, str]]:
        """Return a service and the plain variables of its tasks."""
        ecs = self.account.client("ecs")
        [described] = ecs.describe_services(cluster=CLUSTER, services=[service])["services"]
        task = ecs.describe_task_definition(taskDefinition=described["taskDefinition"])["taskDefinition"]
        return described, {each["name"]: each["value"] for each in task["containerDefinitions"][0]["environment"]}

    def files(self) -> dict[str, bytes]:
        """Return the generated files of production."""
        files = (path for path in self.root.rglob("*") if path.is_file() and ".terraform" not in path.parts)
        return {str(path): path.read_bytes() for path in files}

    def production(self) -> dict[str, Any]:
        """Return all that belongs to production: its resources by name, its rules, its state and its files."""
        names = sorted(name for name in self.account.inventory() if PRODUCTION in name)
        state = json.loads(self.account.client("s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read())
        described, _ = self.container()
        return {
            "names": names,
            "state": state,
            "files": self.files(),
            "service": json.dumps(described, default=str, sort_keys=True),
        }
