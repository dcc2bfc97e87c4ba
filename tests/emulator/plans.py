"""Writes tests/plans/: real plans of a generated root against the emulated AWS, as `terraform show -json` tells them.

`make plans` runs it. What differs from run to run (ids, ports, times, drawn values) is replaced by what does not; the
order of subnets and of keys in JSON within JSON is the provider's, and may change.
"""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli import main
from generator.terraform import Terraform
from tests.cases import PROJECT
from tests.emulator import aws
from tests.emulator.scrub import DUMMY, Scrub
from tests.emulator.story import environment, own_spec
from tests.emulator.world import ACCOUNT, REGION, World

PLANS = PROJECT / "tests/plans"
NAME, ENVIRONMENT = "gravity-ai-chat", "production"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{'0' * 36}"

Spec = dict[str, Any]


def _alarm(spec: Spec) -> None:
    spec["alarms"]["cpu_percent"] = 80


def _node_type(spec: Spec) -> None:
    spec["redis"]["node_type"] = "cache.t3.small"


def _redis_replaced(spec: Spec) -> None:
    spec["existing"]["kms_key_arn"] = KEY_ARN


def _database_port(spec: Spec) -> None:
    spec["existing"]["database"]["port"] = 5433


def _no_peer(spec: Spec) -> None:
    spec["existing"]["peers"] = {}


def _unprotected(spec: Spec) -> None:
    spec["load_balancer"]["deletion_protection"] = False


AFTER_APPLY: dict[str, tuple[Callable[[Spec], None] | None, tuple[str, ...]]] = {
    "no-change": (None, ()),
    "alarm": (_alarm, ()),
    "node-type": (_node_type, ()),
    "redis-replaced": (_redis_replaced, ()),
    "database-port": (_database_port, ()),
    "no-peer": (_no_peer, ()),
    "destroy": (_unprotected, ("-destroy",)),
}
"""Plans of a deployment that runs: what the spec says else, and the options of `terraform plan`."""


class Planner:
    """A generated root against one world."""

    def __init__(self, folder: Path, world: World, to: Path) -> None:
        self._root = folder / "out" / NAME / ENVIRONMENT
        self._scrub = Scrub(world)
        self._to = to

    def plan(self, name: str, spec: Spec, *options: str) -> None:
        """Generates and plans, and writes the plan and the spec that it is of."""
        Path("spec.yaml").write_text(yaml.safe_dump(spec))
        assert main(["generate", "--spec", "spec.yaml", "--out", "out"]) == 0
        prepared = Terraform(self._root).init("-no-color", "-reconfigure")
        assert prepared.code == 0, prepared.stderr
        self._run("plan", "-input=false", f"-out={name}.tfplan", *options)
        shown = json.loads(self._run("show", "-json", f"{name}.tfplan"))
        self._to.joinpath(name).mkdir(parents=True, exist_ok=True)
        self._to.joinpath(name, "plan.json").write_text(self._scrub.plan(shown))
        self._to.joinpath(name, "spec.yaml").write_text(self._scrub.spec(spec))

    def apply(self, name: str) -> None:
        self._run("apply", "-input=false", f"{name}.tfplan")

    def _run(self, command: str, *arguments: str) -> str:
        ran = Terraform(self._root).run(command, "-no-color", *arguments)
        assert ran.code == 0, ran.stderr
        return ran.stdout


def everything(world: World) -> Spec:
    """A spec in which all that may exist before does."""
    spec = own_spec(world)
    secrets = world.client("secretsmanager")
    arns = {
        name: secrets.create_secret(Name=f"openwebui/{name}", SecretString=f"{DUMMY}-0123456789")["ARN"]
        for name in ("webui-key", "redis-token", "registry", "openai")
    }
    spec["existing"] |= {
        "access_log_bucket": "company-alb-logs",
        "alarm_topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:platform-alarms",
        "certificate_arn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/{'c' * 36}",
        "kms_key_arn": KEY_ARN,
        "secret_kms_key_arns": [KEY_ARN.replace("key/0", "key/1")],
        "secrets": {"webui_secret_key_arn": arns["webui-key"], "redis_token_arn": arns["redis-token"]},
    }
    spec["app"] |= {"registry_credentials_arn": arns["registry"], "secrets": {"OPENAI_API_KEY": arns["openai"]}}
    spec["load_balancer"]["access_logs"] = {"enabled": True}
    spec["alarms"].pop("notify")
    return spec


def made(world: World) -> Spec:
    """A spec whose deployment makes all that it can."""
    spec = own_spec(world)
    spec["load_balancer"]["access_logs"] = {"enabled": True}
    return spec


def write(to: Path) -> None:
    """Writes every plan, each in a folder of its own."""
    with aws.running() as url, pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        folder, world = Path(name), World(url)
        environment(folder, world, patch)
        patch.chdir(folder)
        planner = Planner(folder, world, to)
        planner.plan("everything-exists", everything(world))
        planner.plan("create", made(world))
        planner.apply("create")
        for plan, (change, options) in AFTER_APPLY.items():
            spec = made(world)
            if change:
                change(spec)
            planner.plan(plan, spec, *options)


if __name__ == "__main__":
    write(PLANS)
