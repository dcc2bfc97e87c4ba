"""A failed `check` block of the generated code is reported with its address."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from owscale.terraform.events import RunResult, follow_run
from owscale.terraform.runner import Terraform
from tests._support.cases import GOLDEN

RECORDING = Path(__file__).with_name("check_block.jsonl")
"""What `terraform plan -json` of Terraform 1.11.4 printed for the root module of this test, without `@timestamp`."""

REDIS = GOLDEN / "minimal/out/minimal/production/modules/redis/main.tf"
MODULE = """
variable "name" { type = string }
variable "nodes" { type = number }
variable "member_clusters" { type = set(string) }
locals { node_suffixes = [for number in range(1, var.nodes + 1) : format("%03d", number)] }
"""
CALL = """
module "redis" {
  source          = "./modules/redis"
  name            = "chat"
  nodes           = 2
  member_clusters = ["chat-001", "chat-NODE"]
}
"""
WARNING = (
    "check.alarms_watch_the_nodes: Check block assertion failed\n"
    "The Redis nodes are chat-001, chat-003; the alarms watch chat-001 to -002."
)


def _plan(folder: Path, node: str) -> RunResult:
    """Plan the real `check` block of the Redis module, with its nodes as a variable instead of a resource."""
    (block,) = re.findall(r'^check "alarms_watch_the_nodes" \{\n.*?^\}\n', REDIS.read_text(), re.DOTALL | re.MULTILINE)
    nodes = "aws_elasticache_replication_group.this.member_clusters"
    assert nodes in block
    (folder / "modules/redis").mkdir(parents=True)
    (folder / "modules/redis/main.tf").write_text(MODULE + block.replace(nodes, "var.member_clusters"))
    (folder / "main.tf").write_text(CALL.replace("NODE", node))
    terraform = Terraform(folder)
    assert terraform.init().code == 0
    return follow_run(lambda: terraform.start("plan", "-input=false", "-json"), lambda _: None, lambda: None)


@pytest.mark.usefixtures("terraform")
def test_alarms_on_missing_nodes_are_a_warning_with_the_address_of_the_check(tmp_path: Path) -> None:
    result = _plan(tmp_path, "003")
    assert [(each.severity, str(each)) for each in result.diagnostics] == [("warning", WARNING)]


@pytest.mark.usefixtures("terraform")
def test_alarms_on_all_nodes_are_no_warning(tmp_path: Path) -> None:
    assert not _plan(tmp_path, "002").diagnostics


def test_recorded_plan_names_the_check() -> None:
    code = f"print(open({str(RECORDING)!r}).read())"
    process = [sys.executable, "-c", code]
    result = follow_run(
        lambda: subprocess.Popen(process, stdout=subprocess.PIPE, text=True),  # noqa: S603 -- code of this test
        lambda _: None,
        lambda: None,
    )
    assert [str(each) for each in result.diagnostics] == [WARNING]
