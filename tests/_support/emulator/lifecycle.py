"""The spec of this project, applied in the emulator, and recorded for the tests.

Most of the time is that in which the provider waits. So there are two deployments, which two workers apply beside each
other.
"""

import copy
import json
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from owscale.cli.commands.tf._session import TerraformSession
from owscale.cli.main import main
from owscale.spec.deployment import Deployment
from tests._support import shared_provider
from tests._support.cases import PROJECT
from tests._support.emulator import runbook
from tests._support.emulator.account import ACCOUNT, REGION, EmulatedAccount
from tests._support.emulator.applied_spec import AppliedSpec, PlanResult, changed_spec
from tests._support.emulator.command_run import CommandRun, owscale
from tests._support.emulator.snapshot import Snapshot

WEBUI_KEY = "EmulatorKey-0123456789-abcdefghij-KLMNOP-z"
WEBUI_VARIABLE = "TF_VAR_webui_secret_key"
PROFILE = "emulated"
MIGRATION_IMAGE = "ghcr.io/open-webui/open-webui:v0.13.0"
NAME = "gravity-ai-chat/production"
SAMPLE: dict[str, dict[str, Any]] = {
    "service.instances": {"service/instances": 5},
    "autoscaling.enabled": {"autoscaling/enabled": False, "service/instances": 5},
    "redis.idle_timeout_seconds": {"redis/idle_timeout_seconds": 900},
}
"""Changes that are planned but not applied, to compare them with the table of effects."""
ROTATED_VERSION = "module.secrets.aws_secretsmanager_secret_version.redis_token"


@dataclass(frozen=True)
class RecordedPlan:
    """A plan: the run of `tf plan`, the JSON of the plan, its spec, the content of the saved plan, and its record."""

    run: CommandRun
    json: str
    spec: dict[str, Any]
    content: bytes
    record: str


class EmulatedDeployment:
    """A deployment that owscale plans and applies: the runs of the command line, and the account in between."""

    def __init__(self, folder: Path, account: EmulatedAccount, patch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._root = folder / "out/gravity-ai-chat/production"
        self._shown_plan = ""
        self.account = account
        self.output = ""
        self.plans: dict[str, RecordedPlan] = {}
        self.spec = account_spec(account)
        self.existing_before, self.inventory_before = account.existing(), account.inventory()
        use_emulator(folder, account.url, patch)
        patch.chdir(folder)
        self._keep_shown_plans(patch)
        self._create(patch)

    @property
    def snapshots(self) -> list[Snapshot]:
        """The account after each apply."""
        return [self.created]

    def _create(self, patch: pytest.MonkeyPatch) -> None:
        self._generate()
        self.apply_without_plan = self._owscale("tf", "apply", "--yes")
        patch.setenv(WEBUI_VARIABLE, WEBUI_KEY)
        self._plan("first")
        patch.delenv(WEBUI_VARIABLE)
        self.apply_without_key = self._owscale("tf", "apply", "--yes")
        patch.setenv(WEBUI_VARIABLE, WEBUI_KEY)
        self.apply = self._owscale("tf", "apply", "--yes")
        patch.delenv(WEBUI_VARIABLE)
        self.created = Snapshot(self.account)

    def _runbook(self) -> str:
        return (self._root / "RUNBOOK.md").read_text()

    def _generate(self) -> None:
        Path("spec.yaml").write_text(yaml.safe_dump(self.spec))
        assert main(["generate", "--spec", "spec.yaml", "--out", "out"]) == 0

    def _keep_shown_plans(self, patch: pytest.MonkeyPatch) -> None:
        """Keep the JSON that `tf plan` reads from Terraform, which takes seconds to print it."""
        show = TerraformSession.show

        def show_and_keep(session: TerraformSession, plan: Path) -> str:
            self._shown_plan = show(session, plan)
            return self._shown_plan

        patch.setattr(TerraformSession, "show", show_and_keep)

    def _plan(self, name: str) -> None:
        run = self._owscale("tf", "plan", "--detailed-exitcode")
        saved = self._root / ".terraform/owscale/next.tfplan"
        with zipfile.ZipFile(saved) as archive:
            content = b"\n".join(archive.read(entry) for entry in archive.namelist())
        record = saved.with_name("next.json").read_text()
        self.plans[name] = RecordedPlan(run, self._shown_plan, copy.deepcopy(self.spec), content, record)

    def _owscale(self, *arguments: str) -> CommandRun:
        run = owscale(*arguments, "--spec", "spec.yaml", "--env", "production")
        self.output += run.out + run.err
        return run


class CreatedDeployment(EmulatedDeployment):
    """A deployment after its first apply, and what its commands then print; none of them changes it."""

    def __init__(self, folder: Path, account: EmulatedAccount, patch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, account, patch)
        with shared_provider.shared_provider():
            self._run_commands(folder)

    def _run_commands(self, folder: Path) -> None:
        self.status = self._owscale("tf", "status")
        self._plan("second")
        runbook_blocks = runbook.read_only_blocks(self._runbook())
        with ThreadPoolExecutor(1) as pool:  # both only read, and mostly wait
            runbook_runs = pool.submit(runbook.run_blocks, runbook_blocks, folder)
            self.sample = self._plan_sample()
            self.runbook_runs = runbook_runs.result()
        self.outputs = json.loads(self._owscale("tf", "output", "--output-format", "json").out)
        self.protected_destroy = self._owscale("tf", "destroy", "--confirm", NAME)

    def _plan_sample(self) -> dict[str, tuple[Deployment, Deployment, PlanResult]]:
        """Return for each change of the sample the deployment before and after it, and the plan of Terraform."""
        applied = AppliedSpec(self.spec, self._folder / "sample", self._root)
        plans = {}
        for key, values in SAMPLE.items():
            changed = changed_spec(self.spec, values)
            plans[key] = (applied.deployment(), applied.deployment(changed), applied.plan(changed))
        return plans


class DeploymentLifecycle(EmulatedDeployment):
    """A deployment from its first plan to its destruction, with a change in between."""

    def __init__(self, folder: Path, account: EmulatedAccount, patch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, account, patch)
        self._change()
        [self.migration_run] = runbook.run_blocks(runbook.read_only_blocks(self._runbook(), of_migration=True), folder)
        self._plan("after-change")
        self._destroy()

    @property
    def snapshots(self) -> list[Snapshot]:
        return [self.created, self.changed]

    def _change(self) -> None:
        self.spec["secrets"] = {"redis_token_version": 2}
        self.spec["allow"] = {
            ROTATED_VERSION: "the token is rotated",
            "module.redis.aws_elasticache_replication_group.this": {"connections": "a failover is announced"},
        }
        self.spec["app"]["migration_image"] = MIGRATION_IMAGE
        self.spec["service"]["circuit_breaker_rollback"] = False
        self.spec["alarms"]["cpu_percent"] = 80
        self.spec["redis"]["node_type"] = "cache.t3.small"
        self.spec["autoscaling"]["min"] = 3  # service.instances is only the initial number
        # One apply for all changes, because the provider waits 30 s after each change of a load balancer.
        self.spec["load_balancer"]["deletion_protection"] = False
        self._generate()
        self._plan("change")
        self.change_apply = self._owscale("tf", "apply", "--yes")
        self.changed = Snapshot(self.account)

    def _destroy(self) -> None:
        self.destroy_of_other_name = self._owscale("tf", "destroy", "--confirm", "another/production")
        self.destroy = self._owscale("tf", "destroy", "--confirm", NAME)
        self.existing_after, self.inventory_after = self.account.existing(), self.account.inventory()
        self.deleted_secrets, self.last_state = self.account.deleted_secrets(), self.account.state()


def account_spec(account: EmulatedAccount) -> dict[str, Any]:
    """Return the spec of this project with the existing resources of an account."""
    spec: dict[str, Any] = yaml.safe_load((PROJECT / "spec/spec.yaml").read_text())
    spec["aws"] |= {"account_id": ACCOUNT, "profile": PROFILE}
    spec["existing"] |= {
        "vpc": account.vpc,
        "private_subnets": account.subnets,
        "peers": {"pipelines": {"security_group": account.groups["peer"], "port": 9099}},
    }
    spec["existing"]["database"] |= {
        "url_secret_arn": account.database_url,
        "security_group": account.groups["database"],
    }
    spec["existing"]["files"] = {
        "file_system": account.file_system,
        "access_point": account.access_point,
        "security_groups": [account.groups["files"]],
    }
    spec["service"]["wait_for_steady_state"] = False  # no task runs in the emulator
    return spec


def use_emulator(folder: Path, url: str, patch: pytest.MonkeyPatch) -> None:
    """Set the environment variables so that Terraform and boto3 use the emulator only."""
    for name in os.environ:
        if name.startswith(("AWS_", "TF_")) and name not in ("TF_PLUGIN_DIR", shared_provider.VARIABLE):
            patch.delenv(name)
    config, credentials = folder / "aws-config", folder / "aws-credentials"
    config.write_text(f"[profile {PROFILE}]\nregion = {REGION}\n")
    credentials.write_text(f"[{PROFILE}]\naws_access_key_id = test\naws_secret_access_key = test\n")
    values = {
        "AWS_CONFIG_FILE": str(config),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": url,
        "AWS_MAX_ATTEMPTS": "2",
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_CONFIG_FILE": os.devnull,
    }
    for name, value in values.items():
        patch.setenv(name, value)
