"""A first deployment on an empty database, a change, and a second environment beside it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests._support.emulator import server
from tests._support.emulator.account import EmulatedAccount
from tests._support.emulator.first_deployment import PRODUCTION, STAGING, FirstDeployment

pytestmark = pytest.mark.xdist_group("first deployment")


def _scaled(first: FirstDeployment) -> list[tuple[str, int, int]]:
    """Return the services that are scaled, with their minimum and maximum."""
    targets = first.account.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
    return [
        (target["ResourceId"].rpartition("/")[2], target["MinCapacity"], target["MaxCapacity"])
        for target in targets["ScalableTargets"]
    ]


@pytest.fixture
def first(tmp_path: Path) -> Iterator[FirstDeployment]:
    with server.running() as url, pytest.MonkeyPatch.context() as patch:
        yield FirstDeployment(tmp_path, EmulatedAccount(url), patch)


def test_files_of_a_first_deployment_and_of_a_second_environment(first: FirstDeployment) -> None:
    """The same steps as below, without Terraform."""
    first.choose_administrator()
    intended = first.prepare_empty_database()
    main_tf = first.root / "main.tf"
    prepared = main_tf.read_text()
    for line in (
        r'ENABLE_DB_MIGRATIONS += "true"',
        r'UVICORN_WORKERS += "1"',
        "instances += 1",
        "max += 1",
        "min += 1",
    ):
        assert re.search(rf"^ +{line}$", prepared, re.MULTILINE), line
    assert re.search(r'WEBUI_ADMIN_PASSWORD += "arn:aws:secretsmanager:', prepared)
    first.spec = intended
    first.generate()
    assert re.search(r'ENABLE_DB_MIGRATIONS += "false"', main_tf.read_text())
    before = first.files()
    first.add_staging()
    assert first.files() == before


@pytest.mark.slow
@pytest.mark.usefixtures("terraform")
def test_first_deployment_then_a_change_then_a_second_environment(first: FirstDeployment) -> None:
    rules_before = {rule["SecurityGroupRuleId"] for rule in first.account.rules()}
    # The runbook: choose the first administrator, prepare an empty database.
    first.choose_administrator()
    intended = first.prepare_empty_database()
    text = first.plan_and_apply()
    assert "plan check passed" in text
    assert "0 in-place changes, 0 replaced, 0 destroyed" in text
    service, variables = first.container()
    assert service["desiredCount"] == 1
    assert (variables["ENABLE_DB_MIGRATIONS"], variables["UVICORN_WORKERS"]) == ("true", "1")
    assert variables["WEBUI_ADMIN_EMAIL"] == "admin@example.com"
    assert _scaled(first) == [(PRODUCTION, 1, 1)]
    # Step 2: change the spec back.
    first.spec = intended
    first.generate()
    assert "plan check passed" in first.plan_and_apply()
    service, variables = first.container()
    assert (variables["ENABLE_DB_MIGRATIONS"], variables["UVICORN_WORKERS"]) == ("false", "2")
    assert _scaled(first) == [(PRODUCTION, 2, 10)]
    # A change, and the task definition of the next migration.
    first.spec["alarms"] |= {"cpu_percent": 80, "healthy_hosts": 1}
    first.spec["app"]["migration_image"] = "ghcr.io/open-webui/open-webui:v0.13.0"
    first.spec["service"]["circuit_breaker_rollback"] = False
    first.generate()
    assert "plan check passed" in first.plan_and_apply()
    families = first.account.client("ecs").list_task_definition_families()["families"]
    assert f"{PRODUCTION}-migration" in families
    # A second environment, which touches nothing of the first.
    before = first.production()
    rules = {rule["SecurityGroupRuleId"] for rule in first.account.rules()}
    first.add_staging()
    text = first.plan_and_apply("staging")
    assert "0 in-place changes, 0 replaced, 0 destroyed" in text
    assert first.production() == before
    assert rules_before < rules < {rule["SecurityGroupRuleId"] for rule in first.account.rules()}
    assert first.container(STAGING)[1]["WEBUI_URL"] == "https://staging.example.com"
    assert "no changes: nothing to apply" in first.tf("plan").err
