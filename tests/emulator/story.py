"""One deployment from its first plan to its end; the tests look at what is recorded here."""

import contextlib
import copy
import io
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli import main
from generator.terraform import Terraform
from tests.cases import PROJECT
from tests.emulator import runbook
from tests.emulator.snapshot import Snapshot
from tests.emulator.world import ACCOUNT, REGION, World

WEBUI_KEY = "EmulatorKey-0123456789-abcdefghij-KLMNOP-z"
WEBUI_VARIABLE = "TF_VAR_webui_secret_key"
PROFILE = "emulated"
SHOWN = ("first", "second", "change")  # the plans whose JSON tests look at: to show one takes some seconds
NAME = "gravity-ai-chat/production"
ROTATED = "module.secrets.aws_secretsmanager_secret_version.redis_token"


@dataclass(frozen=True)
class Told:
    """How a command of owscale ended, and what it printed."""

    code: int
    out: str
    err: str


def owscale(*arguments: str) -> Told:
    """Runs one command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return Told(code, out.getvalue(), err.getvalue())


@dataclass(frozen=True)
class Planned:
    """A plan: what was told of it, its JSON, the spec that it is of, all that the saved plan holds, and its record."""

    told: Told
    shown: str
    spec: dict[str, Any]
    content: bytes
    record: str


class Story:
    """What happened, in order. All of it went through the command line."""

    def __init__(self, folder: Path, world: World, patch: pytest.MonkeyPatch) -> None:
        self._root = folder / "out/gravity-ai-chat/production"
        self.world = world
        self.output = ""
        self.plans: dict[str, Planned] = {}
        self.spec = own_spec(world)
        self.before, self.stock = world.existing(), world.inventory()
        environment(folder, world, patch)
        patch.chdir(folder)
        self._first(patch)
        self._plan("second")
        self.pasted = runbook.pasted(runbook.readers((self._root / "RUNBOOK.md").read_text()), folder)
        self.outputs = json.loads(self._owscale("tf", "output", "--as", "json").out)
        self.refused = self._owscale("tf", "destroy", "--confirm", NAME)
        self._change()
        self._plan("after-change")
        self._destroy()

    def _first(self, patch: pytest.MonkeyPatch) -> None:
        self.first_spec = copy.deepcopy(self.spec)
        self._generate()
        self.unplanned = self._owscale("tf", "apply", "--yes")
        patch.setenv(WEBUI_VARIABLE, WEBUI_KEY)
        self._plan("first")
        patch.delenv(WEBUI_VARIABLE)
        self.without_key = self._owscale("tf", "apply", "--yes")
        patch.setenv(WEBUI_VARIABLE, WEBUI_KEY)
        self.applied = self._owscale("tf", "apply", "--yes")
        patch.delenv(WEBUI_VARIABLE)
        self.first = Snapshot(self.world)
        self.status = self._owscale("tf", "status")

    def _change(self) -> None:
        self.spec["secrets"] = {"redis_token_version": 2}
        self.spec["allow"] = {ROTATED: "the token is rotated"}
        self.spec["alarms"]["cpu_percent"] = 80
        self.spec["redis"]["node_type"] = "cache.t3.small"
        self.spec["autoscaling"]["min"] = 3  # service.instances is how many it begins with
        # The provider waits half a minute after every change of a load balancer: one apply does it all.
        self.spec["load_balancer"]["deletion_protection"] = False
        self._generate()
        self._plan("change")
        self.change_applied = self._owscale("tf", "apply", "--yes")
        self.changed = Snapshot(self.world)

    def _destroy(self) -> None:
        self.misnamed = self._owscale("tf", "destroy", "--confirm", "another/production")
        self.destroyed = self._owscale("tf", "destroy", "--confirm", NAME)
        self.after, self.left = self.world.existing(), self.world.inventory()
        self.deleted_secrets, self.last_state = self.world.deleted_secrets(), self.world.state()

    def _generate(self) -> None:
        Path("spec.yaml").write_text(yaml.safe_dump(self.spec))
        assert main(["generate", "--spec", "spec.yaml", "--out", "out"]) == 0

    def _plan(self, name: str) -> None:
        told = self._owscale("tf", "plan", "--detailed-exitcode")
        saved = self._root / ".terraform/owscale/next.tfplan"
        shown = Terraform(self._root).run("show", "-json", str(saved)).stdout if name in SHOWN else ""
        with zipfile.ZipFile(saved) as archive:
            content = b"\n".join(archive.read(entry) for entry in archive.namelist())
        record = saved.with_name("next.json").read_text()
        self.plans[name] = Planned(told, shown, copy.deepcopy(self.spec), content, record)

    def _owscale(self, *arguments: str) -> Told:
        told = owscale(*arguments, "--spec", "spec.yaml", "--env", "production")
        self.output += told.out + told.err
        return told


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
