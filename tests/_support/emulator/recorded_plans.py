"""Write tests/plans/: plans of a generated root module against the emulated AWS, as `terraform show -json` prints them.

`make plans` runs it. Values that differ between runs (ids, ports, times, random values) are replaced by fixed ones. The
provider determines the order of subnets, and of keys in JSON within JSON, which may still differ.
"""

import json
import re
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from owscale.cli.main import main
from owscale.terraform.runner import Terraform
from tests._support.cases import PROJECT
from tests._support.emulator import server
from tests._support.emulator.account import ACCOUNT, REGION, EmulatedAccount
from tests._support.emulator.lifecycle import account_spec, use_emulator
from tests._support.emulator.scrub import DUMMY_VALUE, Scrubber

PLANS = PROJECT / "tests/plans"
NAME, ENVIRONMENT = "gravity-ai-chat", "production"
NEXT_IMAGE = "ghcr.io/open-webui/open-webui:v0.13.0"
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


def _migration(spec: Spec) -> None:
    spec["app"]["migration_image"] = NEXT_IMAGE
    spec["service"]["circuit_breaker_rollback"] = False


def _release(spec: Spec) -> None:
    spec["app"]["image"] = NEXT_IMAGE
    spec["service"]["circuit_breaker_rollback"] = False


def _with_capacity_provider(code: str, arguments: tuple[str, ...]) -> str:
    """Return the code of the service with a capacity provider instead of the launch type, and more arguments."""
    block = ["capacity_provider_strategy {", 'capacity_provider = "FARGATE"', "weight = 1", "}", *arguments]
    edited, number = re.subn(r"launch_type +=.*", "\n".join(block), code)
    assert number == 1
    return edited


AFTER_APPLY: dict[str, tuple[Callable[[Spec], None] | None, tuple[str, ...]]] = {
    "no-change": (None, ()),
    "alarm": (_alarm, ()),
    "node-type": (_node_type, ()),
    "redis-replaced": (_redis_replaced, ()),
    "database-port": (_database_port, ()),
    "no-peer": (_no_peer, ()),
    "destroy": (_unprotected, ("-destroy",)),
}
"""Plans of a running deployment: the change of its spec, and the options of `terraform plan`."""

EDITED: dict[str, tuple[str, ...]] = {
    "capacity-provider": (),
    "capacity-provider-forced": ("force_new_deployment = true",),
}
"""Plans of a running deployment whose code has a capacity provider, which no spec has, and these arguments."""


class PlanRecorder:
    """A generated root module in one account, whose plans are written to a directory."""

    def __init__(self, folder: Path, account: EmulatedAccount, target: Path) -> None:
        self._root = folder / "out" / NAME / ENVIRONMENT
        self._scrubber = Scrubber(account)
        self._target = target

    def plan(self, name: str, spec: Spec, *options: str, edit: Callable[[str], str] | None = None) -> None:
        """Generate and plan; write the plan and its spec. `edit` changes the code of the service."""
        Path("spec.yaml").write_text(yaml.safe_dump(spec))
        assert main(["generate", "--spec", "spec.yaml", "--out", "out"]) == 0
        file = self._root / "modules/service/main.tf"
        text = file.read_text()
        file.write_text(edit(text) if edit else text)
        init = Terraform(self._root).init("-no-color", "-reconfigure")
        assert init.code == 0, init.stderr
        self._run("plan", "-input=false", f"-out={name}.tfplan", *options)
        plan = json.loads(self._run("show", "-json", f"{name}.tfplan"))
        directory = self._target / name
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "plan.json").write_text(self._scrubber.plan(plan))
        (directory / "spec.yaml").write_text(self._scrubber.spec(spec))
        file.write_text(text)

    def apply(self, name: str) -> None:
        """Apply a saved plan."""
        self._run("apply", "-input=false", f"{name}.tfplan")

    def _run(self, command: str, *arguments: str) -> str:
        output = Terraform(self._root).run(command, "-no-color", *arguments)
        assert output.code == 0, output.stderr
        return output.stdout


def everything_exists(account: EmulatedAccount) -> Spec:
    """Return a spec in which every resource that may exist is an existing one."""
    spec = account_spec(account)
    secrets = account.client("secretsmanager")
    arns = {
        name: secrets.create_secret(Name=f"openwebui/{name}", SecretString=f"{DUMMY_VALUE}-0123456789")["ARN"]
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


def everything_managed(account: EmulatedAccount) -> Spec:
    """Return a spec whose deployment manages every resource that it can."""
    spec = account_spec(account)
    spec["load_balancer"]["access_logs"] = {"enabled": True}
    return spec


def record_plans(target: Path) -> None:
    """Write every plan, each in a directory of its own."""
    with server.running() as url, pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        folder, account = Path(name), EmulatedAccount(url)
        use_emulator(folder, account.url, patch)
        patch.chdir(folder)
        recorder = PlanRecorder(folder, account, target)
        recorder.plan("everything-exists", everything_exists(account))
        recorder.plan("create", everything_managed(account))
        recorder.apply("create")
        for plan, (change_spec, options) in AFTER_APPLY.items():
            spec = everything_managed(account)
            if change_spec:
                change_spec(spec)
            recorder.plan(plan, spec, *options)
        for plan, arguments in EDITED.items():
            edit = partial(_with_capacity_provider, arguments=arguments)
            recorder.plan(plan, everything_managed(account), edit=edit)
        for plan, change_spec in {"migration": _migration, "release": _release}.items():
            spec = everything_managed(account)
            change_spec(spec)
            recorder.plan(plan, spec)
            recorder.apply(plan)


if __name__ == "__main__":
    record_plans(PLANS)
