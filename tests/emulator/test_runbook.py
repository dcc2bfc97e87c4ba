"""Commands of the runbook, run after the first apply."""

import pytest

from tests._support.emulator.lifecycle import DeploymentLifecycle

pytestmark = pytest.mark.xdist_group("emulator")


def output(lifecycle: DeploymentLifecycle, text: str) -> str:
    """Return the output of the first block with a text."""
    return next(run.out for run in lifecycle.runbook_runs if text in run.block)


def test_all_blocks_succeed(lifecycle: DeploymentLifecycle) -> None:
    assert len(lifecycle.runbook_runs) >= 20
    failed = [(run.block, run.err) for run in lifecycle.runbook_runs if run.code]
    assert not failed, failed


def test_blocks_find_managed_resources(lifecycle: DeploymentLifecycle) -> None:
    assert output(lifecycle, "MemberClusters").split()[0] == "available"
    assert "webui3-scaled-response-time" in output(lifecycle, "describe-alarms")
    assert output(lifecycle, "echo ").strip() == f"http://{lifecycle.created.load_balancer['DNSName']}"
    assert "gravityglobal.example" in output(lifecycle, "list-subscriptions-by-topic")


def test_blocks_find_existing_resources(lifecycle: DeploymentLifecycle) -> None:
    assert "ACTIVE" in output(lifecycle, "describe-table")
    assert "PRE production/" in output(lifecycle, "aws s3 ls")
    assert lifecycle.spec["app"]["image"].partition(":")[0] in output(lifecycle, "containerDefinitions[].image")
