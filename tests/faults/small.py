"""A deployment that is applied in seconds: its spec keeps a main.tf of the test's own, with three topics."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from tests.emulator.story import Told, own_spec, owscale
from tests.emulator.world import BUCKET, World

TOPICS = ("one", "two", "three")
OWN = ("backend.tf", "main.tf", "outputs.tf", "providers.tf")

_OWN = """
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
  description = "Something secret."
  value       = "not-to-be-shown"
  sensitive   = true
}
"""


class Small:
    """One such deployment, in the current folder."""

    def __init__(self, folder: Path, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.root = folder / f"out/{name}/production"
        self.plan_file = self.root / ".terraform/owscale/next.tfplan"
        self.spec: dict[str, Any] = own_spec(world)
        self.spec["name"] = name
        self.spec["service"]["name"] = name
        self.spec["state"]["key"] = f"{name}.tfstate"
        self.spec["keep"] = list(OWN)
        self.root.mkdir(parents=True)
        self.generate()

    def generate(self, topics: tuple[str, ...] = TOPICS, more: str = "") -> None:
        """Writes the spec and the root; `more` is Terraform code."""
        for own in OWN:
            (self.root / own).unlink(missing_ok=True)
        self._generate(self.spec | {"keep": []})
        # Of the generated calls only the one that makes nothing.
        main_tf = (self.root / "main.tf").read_text().partition('\nmodule "network"')[0]
        (self.root / "main.tf").write_text(main_tf + _OWN.format(topics=json.dumps(topics), name=self.name) + more)
        (self.root / "outputs.tf").write_text(_OUTPUTS)
        # Each tries for minutes to reach an AWS that does not answer.
        for patient, line in (("backend.tf", "encrypt"), ("providers.tf", "region")):
            path = self.root / patient
            path.write_text(
                re.sub(rf"^( +)({line} )", r"\1max_retries = 1\n\1\2", path.read_text(), flags=re.MULTILINE)
            )
        self._generate(self.spec)

    def _generate(self, spec: dict[str, Any]) -> None:
        Path("spec.yaml").write_text(yaml.safe_dump(spec))
        told = owscale("generate", "--spec", "spec.yaml", "--force")
        assert told.code == 0, told.err

    def tf(self, action: str, *arguments: str) -> Told:
        """`owscale tf` on it, without waiting for a lock."""
        return owscale(*self.words(action, *arguments))

    @staticmethod
    def words(action: str, *arguments: str) -> tuple[str, ...]:
        return ("tf", action, *arguments, "--spec", "spec.yaml", "--lock-timeout", "0")

    def planned(self) -> None:
        told = self.tf("plan")
        assert told.code == 0, told.err

    def applied(self) -> Told:
        self.planned()
        told = self.tf("apply", "--yes")
        assert told.code == 0, told.err
        return told

    @property
    def topics(self) -> list[str]:
        """The topics that there are, by their names' ends."""
        arns = [topic["TopicArn"] for topic in self.world.client("sns").list_topics()["Topics"]]
        return sorted(arn.rpartition("-")[2] for arn in arns if f":{self.name}-" in arn)

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            self._s3().get_object(Bucket=BUCKET, Key=f"{self.name}.tfstate")["Body"].read()
        )
        return found

    def put_state(self, state: dict[str, Any]) -> None:
        self._s3().put_object(Bucket=BUCKET, Key=f"{self.name}.tfstate", Body=json.dumps(state).encode())

    def _s3(self) -> Any:
        return self.world.client("s3")
