"""Commands of the runbook, run after the first apply."""

from tests._support.emulator.lifecycle import MIGRATION_IMAGE, CreatedDeployment, DeploymentLifecycle


def output(deployment: CreatedDeployment, text: str) -> str:
    """Return the output of the first block with a text."""
    return next(run.out for run in deployment.runbook_runs if text in run.block)


def test_all_blocks_succeed(deployment: CreatedDeployment) -> None:
    assert len(deployment.runbook_runs) >= 20
    failed = [(run.block, run.err) for run in deployment.runbook_runs if run.code]
    assert not failed, failed


def test_blocks_find_managed_resources(deployment: CreatedDeployment) -> None:
    assert output(deployment, "MemberClusters").split()[0] == "available"
    assert "webui3-scaled-response-time" in output(deployment, "describe-alarms")
    assert output(deployment, "echo ").strip() == f"http://{deployment.created.load_balancer['DNSName']}"
    assert "gravityglobal.example" in output(deployment, "list-subscriptions-by-topic")


def test_blocks_find_existing_resources(deployment: CreatedDeployment) -> None:
    assert "ACTIVE" in output(deployment, "describe-table")
    assert "PRE production/" in output(deployment, "aws s3 ls")
    assert deployment.spec["app"]["image"].partition(":")[0] in output(deployment, "containerDefinitions[].image")


def test_migration_has_the_next_image(lifecycle: DeploymentLifecycle) -> None:
    """Its task cannot run here: moto cannot run a Fargate task without a memory of its container."""
    assert lifecycle.migration_run.code == 0, lifecycle.migration_run.err
    assert lifecycle.migration_run.out.strip() == MIGRATION_IMAGE
