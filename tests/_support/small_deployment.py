"""A deployment that is applied in seconds: its main.tf is replaced by one with three SNS topics."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from tests._support.emulator.account import BUCKET, EmulatedAccount
from tests._support.emulator.command_run import CommandRun, owscale
from tests._support.emulator.lifecycle import account_spec

TOPICS = ("one", "two", "three")
KEPT_FILES = ("backend.tf", "main.tf", "outputs.tf", "providers.tf")
"""The files under `keep:`, which the test writes."""

_TOPICS = """
resource "aws_sns_topic" "this" {{
  for_each = toset({topics})

  name = "{name}-${{each.key}}"
}}
"""
_OUTPUTS = """
output "topics" {
  description = "Topics."
  value       = [for topic in aws_sns_topic.this : topic.name]
}

output "token" {
  description = "A secret."
  value       = "not-to-be-shown"
  sensitive   = true
}
"""


class SmallDeployment:
    """A small deployment in the current directory."""

    def __init__(self, folder: Path, account: EmulatedAccount, name: str) -> None:
        self.account, self.name = account, name
        self.root = folder / f"out/{name}/production"
        self.plan_file = self.root / ".terraform/owscale/next.tfplan"
        self.spec: dict[str, Any] = account_spec(account)
        self.spec["name"] = name
        self.spec["service"]["name"] = name
        self.spec["state"]["key"] = f"{name}.tfstate"
        self.spec["keep"] = list(KEPT_FILES)
        self.root.mkdir(parents=True)
        self.generate()

    def generate(self, topics: tuple[str, ...] = TOPICS, extra_terraform: str = "") -> None:
        """Write the spec and the root module; `extra_terraform` is appended to main.tf."""
        for name in KEPT_FILES:
            (self.root / name).unlink(missing_ok=True)
        self._generate(self.spec | {"keep": []})
        # The part before the module `network` creates nothing.
        main_tf = (self.root / "main.tf").read_text().partition('\nmodule "network"')[0]
        main_tf += _TOPICS.format(topics=json.dumps(topics), name=self.name)
        (self.root / "main.tf").write_text(main_tf + extra_terraform)
        (self.root / "outputs.tf").write_text(_OUTPUTS)
        # Without max_retries, the backend and the provider retry a lost connection for minutes.
        for name, argument in (("backend.tf", "encrypt"), ("providers.tf", "region")):
            path = self.root / name
            text = re.sub(rf"^( +)({argument} )", r"\1max_retries = 1\n\1\2", path.read_text(), flags=re.MULTILINE)
            path.write_text(text)
        self._generate(self.spec)

    def _generate(self, spec: dict[str, Any]) -> None:
        Path("spec.yaml").write_text(yaml.safe_dump(spec))
        run = owscale("generate", "--spec", "spec.yaml", "--force")
        assert run.code == 0, run.out + run.err

    def tf(self, action: str, *arguments: str) -> CommandRun:
        """Run an action of `owscale tf`."""
        return owscale(*self.words(action, *arguments))

    @staticmethod
    def words(action: str, *arguments: str) -> tuple[str, ...]:
        """Return the words of an action of `owscale tf` that does not wait for a lock."""
        if action in ("plan", "destroy"):  # the provider block under `keep:` is own code, and there is no base
            arguments = ("--accept-code", *arguments)
        return ("tf", action, *arguments, "--spec", "spec.yaml", "--lock-timeout", "0")

    def plan(self) -> None:
        """Plan, which must succeed."""
        run = self.tf("plan")
        assert run.code == 0, run.out + run.err

    def plan_and_apply(self) -> CommandRun:
        """Plan and apply, which must both succeed."""
        self.plan()
        run = self.tf("apply", "--yes")
        assert run.code == 0, run.out + run.err
        return run

    @property
    def topics(self) -> list[str]:
        """The topics of this deployment in the account, by the ends of their names."""
        arns = [topic["TopicArn"] for topic in self.account.client("sns").list_topics()["Topics"]]
        return sorted(arn.rpartition("-")[2] for arn in arns if f":{self.name}-" in arn)

    def state(self) -> dict[str, Any]:
        """Return the Terraform state in the bucket."""
        body = self._s3().get_object(Bucket=BUCKET, Key=f"{self.name}.tfstate")["Body"]
        state: dict[str, Any] = json.loads(body.read())
        return state

    def put_state(self, state: dict[str, Any]) -> None:
        """Replace the Terraform state in the bucket."""
        self._s3().put_object(Bucket=BUCKET, Key=f"{self.name}.tfstate", Body=json.dumps(state).encode())

    def _s3(self) -> Any:
        return self.account.client("s3")
