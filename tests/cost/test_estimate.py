"""Estimates calculated by hand, unknown amounts, and agreement with the generated code."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from owscale.cli.main import main
from owscale.cost import format_text
from owscale.cost.estimate import estimate_cost
from owscale.cost.model import CostComponent, Estimate
from owscale.domain.aws.prices import SHIPPED_PRICES
from tests._support.cases import GOLDEN, Case, cases
from tests.cost.project_spec import CASE_NAMES, PROJECT_SPEC, with_values


def component(estimate: Estimate, name: str) -> CostComponent:
    (match,) = (component for component in estimate.components if component.name == name)
    return match


def amounts_usd(estimate: Estimate, name: str) -> list[str]:
    return [str(amount.usd) for amount in component(estimate, name).amounts]


# --- calculated by hand -------------------------------------------------------------------------------------------


def test_estimate_of_the_project() -> None:
    size = {"instances": 1, "vcpu": 4, "memory_gb": 16}
    estimate = estimate_cost(with_values(PROJECT_SPEC, existing={"service_size": size}))
    assert [case.name for case in estimate.cases] == list(CASE_NAMES)
    assert [case.tasks for case in estimate.cases] == [2, 2, 10, 4, 2]
    # 2 tasks × 2 vCPU × 730 h × 0.04048 = 118.2016; 4: 236.4032; 10: 591.008
    assert amounts_usd(estimate, "Fargate vCPU") == ["118.20", "118.20", "591.01", "236.40", "118.20"]
    # 2 tasks × 8 GB × 730 h × 0.004445 = 51.9176; 4: 103.8352; 10: 259.588
    assert amounts_usd(estimate, "Fargate memory") == ["51.92", "51.92", "259.59", "103.84", "51.92"]
    # 1 task × 4 vCPU × 730 h × 0.04048 = 118.2016; 1 task × 16 GB × 730 h × 0.004445 = 51.9176
    assert amounts_usd(estimate, "webui3: Fargate vCPU") == ["0.00", "0.00", "0.00", "0.00", "118.20"]
    assert amounts_usd(estimate, "webui3: Fargate memory") == ["0.00", "0.00", "0.00", "0.00", "51.92"]
    assert amounts_usd(estimate, "Load balancer") == ["16.43"] * 5  # 730 h × 0.0225 = 16.425
    assert amounts_usd(estimate, "ElastiCache Redis cache.t3.micro") == ["12.41"] * 5  # 730 h × 0.017
    assert amounts_usd(estimate, "Secrets") == ["1.20"] * 5  # 3 × 0.40
    assert amounts_usd(estimate, "Alarms") == ["0.40"] * 5  # 4 × 0.10
    assert amounts_usd(estimate, "Autoscaling alarms") == ["0.20"] * 5  # 2 × 0.10
    assert amounts_usd(estimate, "Dashboard") == ["3.00"] * 5
    # Without the tasks: 16.43 + 12.41 + 1.20 + 0.40 + 0.20 + 3.00 = 33.64
    totals = {case.name: str(estimate.total(case.name)) for case in estimate.cases}
    assert totals == {
        "minimum": "203.76",  # 118.20 + 51.92 + 33.64
        "expected": "203.76",  # 118.20 + 51.92 + 33.64
        "maximum": "884.24",  # 591.01 + 259.59 + 33.64
        "deployment": "373.88",  # 236.40 + 103.84 + 33.64
        "cut_over": "373.88",  # 203.76 + 118.20 + 51.92
    }
    assert str(estimate.extra_per_hour("deployment")) == "0.23"  # (236.40 - 118.20 + 103.84 - 51.92) / 730 = 0.2330
    assert str(estimate.extra_per_hour("cut_over")) == "0.23"  # (118.20 + 51.92) / 730 = 0.2330
    assert len(estimate.components) == 10


def test_estimate_of_arm_tasks_valkey_and_a_larger_disk() -> None:
    spec = with_values(
        PROJECT_SPEC,
        service={"architecture": "ARM64", "ephemeral_storage_gb": 50, "vcpu": 0.5, "memory_gb": 1},
        redis={"engine": "valkey", "engine_version": "8.0", "node_type": "cache.m7g.large", "nodes": 2},
    )
    estimate = estimate_cost(spec)
    assert component(estimate, "Fargate vCPU").amounts[1].text == "2 tasks × 0.5 vCPU × 730 hours"
    assert amounts_usd(estimate, "Fargate vCPU")[1] == "23.64"  # 2 × 0.5 × 730 × 0.03238 = 23.6374
    assert amounts_usd(estimate, "Fargate memory")[1] == "5.20"  # 2 × 1 × 730 × 0.00356 = 5.1976
    assert amounts_usd(estimate, "Fargate disk above 20 GB")[1] == "4.86"  # 2 × 30 × 730 × 0.000111 = 4.8618
    assert amounts_usd(estimate, "ElastiCache Valkey cache.m7g.large")[1] == "184.54"  # 2 × 730 × 0.1264 = 184.544
    assert component(estimate, "Alarms").amounts[1].text == "5 alarms"  # redis_cpu has one for each of the two nodes


@pytest.mark.parametrize(("percent", "tasks"), [(100, 3), (150, 4), (200, 6)])
def test_deployment_has_the_tasks_that_ecs_allows(percent: int, tasks: int) -> None:
    spec = with_values(PROJECT_SPEC, autoscaling={"min": 3}, service={"deployment": {"maximum_percent": percent}})
    estimate = estimate_cost(spec)
    assert estimate.cases[estimate.case_index("deployment")].tasks == tasks


def test_number_of_tasks_is_fixed_without_autoscaling() -> None:
    estimate = estimate_cost(with_values(PROJECT_SPEC, autoscaling={"enabled": False}))
    assert [case.tasks for case in estimate.cases[:3]] == [3, 3, 3]
    assert "Autoscaling alarms" not in {component.name for component in estimate.components}


def test_there_is_no_cut_over_without_an_existing_service() -> None:
    estimate = estimate_cost(with_values(PROJECT_SPEC, existing={"service": None}))
    assert [case.name for case in estimate.cases] == list(CASE_NAMES[:4])
    assert not any("webui3" in component.name for component in estimate.components)


# --- unknown amounts ----------------------------------------------------------------------------------------------


def test_size_of_the_existing_service_is_not_guessed() -> None:
    spec = with_values(PROJECT_SPEC, existing={"service_size": {"instances": 1, "vcpu": 4}})
    estimate = estimate_cost(spec)
    assert amounts_usd(estimate, "webui3: Fargate vCPU")[4] == "118.20"
    assert amounts_usd(estimate, "webui3: Fargate memory") == ["0.00", "0.00", "0.00", "0.00", "None"]
    assert component(estimate, "webui3: Fargate memory").missing == "existing.service_size.memory_gb"
    assert str(estimate.total("cut_over")) == "at least 321.96"  # 203.76 + 118.20
    assert str(estimate.total("expected")) == "203.76"
    note = "webui3: Fargate memory: unknown without existing.service_size.memory_gb."
    assert note in format_text.estimate_notes(estimate)


def test_region_without_prices_is_unknown() -> None:
    estimate = estimate_cost(with_values(PROJECT_SPEC, aws={"region": "me-south-1"}))
    amounts = [amount for component in estimate.components for amount in component.amounts]
    assert {amount.usd for amount in amounts if amount.text} == {None}
    assert component(estimate, "Load balancer").missing == "its price in me-south-1"
    assert str(estimate.total("expected")) == "unknown"
    lines = format_text.format_text(estimate)
    (line,) = (line for line in lines if "price" in line)
    assert line == (
        "No price in me-south-1 for Fargate vCPU, Fargate memory, webui3: Fargate vCPU and 7 more; "
        "`owscale prices` gets them"
    )
    assert "Load balancer                     1 load balancer × 730 hours" in lines
    assert not any("unknown without its price" in line or "at least 0.00" in line for line in lines)


def test_total_is_a_lower_bound_in_a_region_with_some_prices() -> None:
    estimate = estimate_cost(with_values(PROJECT_SPEC, aws={"region": "eu-central-1"}))
    assert amounts_usd(estimate, "Fargate vCPU")[1] == "135.96"  # 2 × 2 × 730 × 0.04656 = 135.9552
    assert amounts_usd(estimate, "Fargate memory")[1] == "59.68"  # 2 × 8 × 730 × 0.00511 = 59.6848
    assert amounts_usd(estimate, "Load balancer")[1] == "None"
    assert not estimate.total("expected").complete
    unofficial = [note for note in format_text.estimate_notes(estimate) if "ec2instances.info" in note]
    assert unofficial


def test_container_insights_has_an_unknown_cost() -> None:
    estimate = estimate_cost(with_values(PROJECT_SPEC, existing={"container_insights": True}))
    assert amounts_usd(estimate, "Container Insights") == ["None"] * 5
    assert str(estimate.total("minimum")) == "at least 203.76"
    assert not estimate.extra_per_hour("deployment").complete


def test_node_price_is_that_of_the_newest_list_with_the_node() -> None:
    newer = SHIPPED_PRICES.node_price("ap-northeast-1", "redis", "cache.r7g.large")
    older = SHIPPED_PRICES.node_price("ap-northeast-1", "redis", "cache.t3.micro")
    assert newer
    assert older
    assert (newer.usd, newer.as_of) == (Decimal("0.263"), "2026-07-23")
    assert (older.usd, older.as_of) == (Decimal("0.026"), "2022-02-13")
    assert (
        SHIPPED_PRICES.node_price("us-east-1", "redis", "cache.m8g.large") is None
    )  # there is a price for Valkey alone
    assert SHIPPED_PRICES.price("us-east-1", "fargate", "spot_vcpu_hour") is None


# --- agreement with the generated Terraform code ------------------------------------------------------------------

# Every resource type of the templates: it has a component, is billed by usage, or is free.
PRICED = {
    "aws_cloudwatch_dashboard": "Dashboard",
    "aws_ecs_service": "Fargate vCPU",
    "aws_elasticache_replication_group": "ElastiCache",
    "aws_lb": "Load balancer",
    "aws_secretsmanager_secret": "Secrets",
}
BILLED_BY_USAGE = {"aws_cloudwatch_log_group", "aws_s3_bucket", "aws_sns_topic", "aws_sns_topic_subscription"}
FREE_PREFIXES = (
    "aws_appautoscaling_",
    "aws_ecs_task_definition",
    "aws_elasticache_parameter_group",
    "aws_elasticache_subnet_group",
    "aws_iam_",
    "aws_lb_",
    "aws_s3_bucket_",
    "aws_secretsmanager_secret_version",
    "aws_security_group",
    "aws_sns_topic_policy",
    "aws_vpc_security_group_",
    "terraform_data",
)


def _resource_types(directory: Path) -> Counter[str]:
    """Return the types of the resources of the shipped templates; custom Terraform has no estimate."""
    texts = [path.read_text() for path in directory.rglob("*.tf")]
    texts = [text for text in texts if not text.startswith("# Copied from")]
    return Counter(name for text in texts for name in re.findall(r'^resource "(\w+)"', text, re.MULTILINE))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_resource_type_is_priced_billed_by_usage_or_free(case: Case) -> None:
    for deployment in case.deployments():
        types = _resource_types(case.out / deployment.folder)
        components = {component.name: component for component in estimate_cost(deployment.spec).components}
        for name, prefix in PRICED.items():
            assert types[name] >= 1
            assert any(component.startswith(prefix) for component in components), prefix
        assert components["Secrets"].amounts[0].quantity == types["aws_secretsmanager_secret"]
        assert types["aws_lb"] == types["aws_elasticache_replication_group"] == types["aws_cloudwatch_dashboard"] == 1
        other = {
            name for name in types if name not in {*PRICED, *BILLED_BY_USAGE} and not name.startswith(FREE_PREFIXES)
        }
        assert other == {"aws_cloudwatch_metric_alarm"}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_number_of_alarms_is_that_of_the_generated_code(case: Case) -> None:
    alarm = re.compile(r'^resource "aws_cloudwatch_metric_alarm" "\w+" \{\n(  for_each)?', re.MULTILINE)
    for deployment in case.deployments():
        module = case.out / deployment.folder / "modules/monitoring"
        has_for_each = [match for path in module.glob("*.tf") for match in alarm.findall(path.read_text())]
        alarms = sum(deployment.spec.redis.nodes if per_node else 1 for per_node in has_for_each)
        assert component(estimate_cost(deployment.spec), "Alarms").amounts[0].quantity == alarms


def test_keys_of_the_estimate_change_no_code(tmp_path: Path) -> None:
    spec = (GOLDEN / "minimal/spec.yaml").read_text()
    sized = re.sub(r"^existing:\n", "existing:\n  service_size: {instances: 7, vcpu: 4}\n", spec, flags=re.MULTILINE)
    assert sized != spec
    (tmp_path / "spec.yaml").write_text(sized + "cost: {lcus: 3, snapshot_gb: 4}\n")
    assert main(["generate", "--spec", str(tmp_path / "spec.yaml"), "--out", str(tmp_path / "out")]) == 0
    for path in (GOLDEN / "minimal/out").rglob("*.tf"):
        generated = tmp_path / "out" / path.relative_to(GOLDEN / "minimal/out")
        assert generated.read_text() == path.read_text()
