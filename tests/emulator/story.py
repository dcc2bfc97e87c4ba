"""One deployment from its first plan to its end; the tests look at what is recorded here."""

import copy
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli import main
from generator.terraform import Result, Terraform
from tests.cases import PROJECT
from tests.emulator.snapshot import Snapshot
from tests.emulator.world import ACCOUNT, REGION, World

WEBUI_KEY = "EmulatorKey-0123456789-abcdefghij-KLMNOP-z"
PROFILE = "emulated"


class Story:
    """What happened, in order."""

    def __init__(self, folder: Path, world: World, patch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._root = folder / "out/gravity-ai-chat/production"
        self.world = world
        self.output = ""
        self.plans: dict[str, tuple[str, dict[str, Any]]] = {}
        self.spec = own_spec(world)
        self.before, self.stock = world.existing(), world.inventory()
        environment(folder, world, patch)
        patch.chdir(folder)
        self._first(patch)
        self.second_plan = self._plan("second")
        self.refused = self._run("plan", "-destroy", "-input=false", "-no-color")
        self._change()
        self.plan_after_change = self._plan("after-change")
        self._destroy()

    def _first(self, patch: pytest.MonkeyPatch) -> None:
        self._generate()
        self._terraform = Terraform(self._root)
        init = self._terraform.init("-lockfile=readonly", "-no-color")
        assert init.code == 0, init.stderr
        # A saved plan holds no ephemeral value, so the apply needs it too.
        patch.setenv("TF_VAR_webui_secret_key", WEBUI_KEY)
        self._apply("first")
        patch.delenv("TF_VAR_webui_secret_key")
        self.first = Snapshot(self.world)

    def _change(self) -> None:
        self.spec["secrets"] = {"redis_token_version": 2}
        self.spec["alarms"]["cpu_percent"] = 80
        self.spec["redis"]["node_type"] = "cache.t3.small"
        # The provider waits half a minute after every change of a load balancer: one apply does it all.
        self.spec["load_balancer"]["deletion_protection"] = False
        self._generate()
        self._apply("change")
        self.changed = Snapshot(self.world)

    def _destroy(self) -> None:
        destroyed = self._run("destroy", "-auto-approve", "-input=false", "-no-color")
        assert destroyed.code == 0, destroyed.stderr
        self.after, self.left = self.world.existing(), self.world.inventory()
        self.deleted_secrets, self.last_state = self.world.deleted_secrets(), self.world.state()

    def saved_plan(self, name: str) -> bytes:
        """All that a saved plan holds."""
        with zipfile.ZipFile(self._root / f"{name}.tfplan") as archive:
            return b"\n".join(archive.read(entry) for entry in archive.namelist())

    def _generate(self) -> None:
        Path("spec.yaml").write_text(yaml.safe_dump(self.spec))
        assert main(["generate", "--spec", "spec.yaml", "--out", "out"]) == 0

    def _run(self, command: str, *arguments: str) -> Result:
        result = self._terraform.run(command, *arguments)
        self.output += result.stdout + result.stderr
        return result

    def _plan(self, name: str) -> Result:
        """Ends with 2 where something is to be changed, and with 0 where nothing is."""
        plan = self._run("plan", "-input=false", "-no-color", "-detailed-exitcode", f"-out={name}.tfplan")
        shown = self._terraform.run("show", "-json", f"{name}.tfplan").stdout
        self.plans[name] = shown, copy.deepcopy(self.spec)
        return plan

    def _apply(self, name: str) -> None:
        plan = self._plan(name)
        assert plan.code == 2, plan.stderr
        applied = self._run("apply", "-input=false", "-no-color", f"{name}.tfplan")
        assert applied.code == 0, applied.stderr


def own_spec(world: World) -> dict[str, Any]:
    """The project's own, with what this world has."""
    spec: dict[str, Any] = yaml.safe_load((PROJECT / "spec/spec.yaml").read_text())
    spec["aws"] |= {"account_id": ACCOUNT, "profile": PROFILE}
    spec["existing"] |= {
        "vpc": world.vpc,
        "private_subnets": world.subnets,
        "peers": {"pipelines": {"security_group": world.groups["peer"], "port": 9099}},
    }
    spec["existing"]["database"] |= {
        "url_secret_arn": world.database_url,
        "security_group": world.groups["database"],
    }
    spec["existing"]["files"] = {
        "file_system": world.file_system,
        "access_point": world.access_point,
        "security_groups": [world.groups["files"]],
    }
    spec["service"]["wait_for_steady_state"] = False  # no task ever runs here
    return spec


def environment(folder: Path, world: World, patch: pytest.MonkeyPatch) -> None:
    """Leads Terraform to the emulator, and nowhere else."""
    for name in os.environ:
        if name.startswith(("AWS_", "TF_")) and name != "TF_PLUGIN_DIR":
            patch.delenv(name)
    config, credentials = folder / "aws-config", folder / "aws-credentials"
    config.write_text(f"[profile {PROFILE}]\nregion = {REGION}\n")
    credentials.write_text(f"[{PROFILE}]\naws_access_key_id = test\naws_secret_access_key = test\n")
    values = {
        "AWS_CONFIG_FILE": str(config),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": world.url,
        "AWS_MAX_ATTEMPTS": "2",
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_CONFIG_FILE": os.devnull,
    }
    for name, value in values.items():
        patch.setenv(name, value)
