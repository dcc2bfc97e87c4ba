"""Runs of `owscale verify` on processes of a stack."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from owscale.cli.main import main
from tests.openwebui.client import ADMIN
from tests.openwebui.stack import Process, Stack

_OUTPUTS = {
    "alb_dns_name": "internal-chat.invalid",
    "dashboard_url": "https://console.invalid/",
    "log_group_name": "/ecs/chat",
    "service_name": "chat",
    "target_group_arn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/chat/1",
    "task_definition_arn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/chat:1",
}


@dataclass(frozen=True)
class Verification:
    """The exit code of a run, and its checks by name."""

    code: int
    checks: dict[str, dict[str, Any]]

    def __str__(self) -> str:
        return "\n".join(f"{check['status']} {name}: {self.evidence(name[6:])}" for name, check in self.checks.items())

    def names(self, status: str) -> set[str]:
        """Return the checks with a status, without their group."""
        return {name.partition(".")[2] for name, check in self.checks.items() if check["status"] == status}

    def evidence(self, name: str) -> str:
        """Return evidence and hint of a check."""
        check = self.checks[f"tasks.{name}"]
        return f"{check['evidence']}; {check['hint']}"


def verify(
    stack: Stack, capsys: pytest.CaptureFixture[str], processes: Sequence[Process] = (), *arguments: str
) -> Verification:
    """Run the checks of tasks once, through the addresses of processes, or as the arguments say."""
    outputs = stack.folder / "outputs.json"
    outputs.write_text(
        json.dumps({key: {"sensitive": False, "type": "string", "value": value} for key, value in _OUTPUTS.items()})
    )
    words = ["verify", "--spec", str(stack.spec_file()), "--outputs", str(outputs), "--only", "tasks"]
    words += ["--account", "env", "--timeout", "10", "--interval", "10", "--output-format", "json", *arguments]
    words += [word for process in processes for word in ("--task", process.url)]
    for key in stack.redis.command("KEYS", "*:ratelimit:*").split():  # 15 sign-ins in three minutes
        stack.redis.command("DEL", key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OWSCALE_VERIFY_EMAIL", ADMIN["email"])
        patch.setenv("OWSCALE_VERIFY_PASSWORD", ADMIN["password"])
        code = main(words)
    document = json.loads(capsys.readouterr().out)
    return Verification(code, {check["name"]: check for check in document["checks"]})
