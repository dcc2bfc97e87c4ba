"""The estimate: sums that were checked by hand, what is unknown, and that it counts what the HCL has."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import main
from generator.cost import Component, Estimate, difference, estimate, told
from generator.cost.changes import COMPARED
from generator.cost.parts import cents
from generator.facts.prices import node_price, price
from generator.model import Spec
from generator.validation import entries, validated
from tests.cases import GOLDEN, Case, cases

(SEED,) = (deployment.spec for deployment in cases()[0].deployments())
CASES = ("minimum", "expected", "maximum", "deployment", "cut_over")


def changed(spec: Spec, **sections: dict[str, Any]) -> Spec:
    """A spec with other values in its sections."""
    data = _plain(spec)
    for section, values in sections.items():
        data[section] |= values
    return validated(data)


def _plain(node: Any) -> Any:
    held = entries(node)
    return node if held is None else {name: _plain(value) for name, value in held.items()}


def part(found: Estimate, name: str) -> Component:
    (component,) = (component for component in found.components if component.name == name)
    return component


def usd(found: Estimate, name: str) -> list[str]:
    return [str(amount.usd) for amount in part(found, name).amounts]


# --- by hand ------------------------------------------------------------------------------------------------------


def test_the_project_by_hand() -> None:
    found = estimate(changed(SEED, existing={"service_size": {"instances": 1, "vcpu": 4, "memory_gb": 16}}))
    assert [case.name for case in found.cases] == list(CASES)
    assert [case.tasks for case in found.cases] == [2, 3, 10, 6, 3]
    # 2 tasks × 2 vCPU × 730 h × 0.04048 = 118.2016; 3: 177.3024; 10: 591.008; 6: 354.6048
    assert usd(found, "Fargate vCPU") == ["118.20", "177.30", "591.01", "354.60", "177.30"]
    # 2 tasks × 8 GB × 730 h × 0.004445 = 51.9176; 3: 77.8764; 10: 259.588; 6: 155.7528
    assert usd(found, "Fargate memory") == ["51.92", "77.88", "259.59", "155.75", "77.88"]
    # 1 task × 4 vCPU × 730 h × 0.04048 = 118.2016; 1 task × 16 GB × 730 h × 0.004445 = 51.9176
    assert usd(found, "webui3: Fargate vCPU") == ["0.00", "0.00", "0.00", "0.00", "118.20"]
    assert usd(found, "webui3: Fargate memory") == ["0.00", "0.00", "0.00", "0.00", "51.92"]
    assert usd(found, "Load balancer") == ["16.43"] * 5  # 730 h × 0.0225 = 16.425
    assert usd(found, "ElastiCache Redis cache.t3.micro") == ["12.41"] * 5  # 730 h × 0.017
    assert usd(found, "Secrets") == ["1.20"] * 5  # 3 × 0.40
    assert usd(found, "Alarms") == ["0.40"] * 5  # 4 × 0.10
    assert usd(found, "Alarms of autoscaling") == ["0.20"] * 5  # 2 × 0.10
    assert usd(found, "Dashboard") == ["3.00"] * 5
    # Beside the tasks: 16.43 + 12.41 + 1.20 + 0.40 + 0.20 + 3.00 = 33.64
    totals = {case.name: str(found.total(case.name)) for case in found.cases}
    assert totals == {
        "minimum": "203.76",  # 118.20 + 51.92 + 33.64
        "expected": "288.82",  # 177.30 + 77.88 + 33.64
        "maximum": "884.24",  # 591.01 + 259.59 + 33.64
        "deployment": "543.99",  # 354.60 + 155.75 + 33.64
        "cut_over": "458.94",  # 288.82 + 118.20 + 51.92
    }
    assert str(found.more_an_hour("deployment")) == "0.35"  # (354.60 - 177.30 + 155.75 - 77.88) / 730 = 0.3495
    assert str(found.more_an_hour("cut_over")) == "0.23"  # (118.20 + 51.92) / 730 = 0.2330
    assert len(found.components) == 10


def test_half_a_cent_goes_up() -> None:
    assert [str(cents(Decimal(text))) for text in ("16.425", "16.435", "16.4249", "0")] == [
        "16.43",
        "16.44",
        "16.42",
        "0.00",
    ]


def test_arm_valkey_and_disk_by_hand() -> None:
    spec = changed(
        SEED,
        service={"architecture": "ARM64", "ephemeral_storage_gb": 50, "vcpu": 0.5, "memory_gb": 1},
        redis={"engine": "valkey", "engine_version": "8.0", "node_type": "cache.m7g.large", "nodes": 2},
    )
    found = estimate(spec)
    assert part(found, "Fargate vCPU").amounts[1].words == "3 tasks × 0.5 vCPU × 730 hours"
    assert usd(found, "Fargate vCPU")[1] == "35.46"  # 3 × 0.5 × 730 × 0.03238 = 35.4561
    assert usd(found, "Fargate memory")[1] == "7.80"  # 3 × 1 × 730 × 0.00356 = 7.7964
    assert usd(found, "Fargate disk above 20 GB")[1] == "7.29"  # 3 × 30 × 730 × 0.000111 = 7.2927
    assert usd(found, "ElastiCache Valkey cache.m7g.large")[1] == "184.54"  # 2 × 730 × 0.1264 = 184.544
    assert part(found, "Alarms").amounts[1].words == "5 alarms"  # redis_cpu watches each of the two nodes


@pytest.mark.parametrize(("percent", "tasks"), [(100, 3), (150, 4), (200, 6)])
def test_a_deployment_has_as_many_tasks_as_ecs_allows(percent: int, tasks: int) -> None:
    found = estimate(changed(SEED, service={"deployment": {"maximum_percent": percent}}))
    assert found.cases[found.case("deployment")].tasks == tasks


def test_without_autoscaling_there_is_one_number_of_tasks() -> None:
    found = estimate(changed(SEED, autoscaling={"enabled": False}))
    assert [case.tasks for case in found.cases[:3]] == [3, 3, 3]
    assert "Alarms of autoscaling" not in {component.name for component in found.components}


def test_without_the_old_service_there_is_no_cut_over() -> None:
    found = estimate(changed(SEED, existing={"service": None}))
    assert [case.name for case in found.cases] == list(CASES[:4])
    assert not any("webui3" in component.name for component in found.components)


def test_volumes_bring_in_what_is_paid_by_use() -> None:
    spec = changed(SEED, cost={"lcus": 1.5, "log_gb_per_month": 20, "secret_requests_per_month": 25_000})
    found = estimate(spec)
    assert usd(found, "Load balancer capacity") == ["8.76"] * 5  # 1.5 × 730 × 0.008
    assert usd(found, "Logs taken in") == ["10.00"] * 5  # 20 × 0.50
    assert usd(found, "Secrets requests") == ["0.13"] * 5  # 2.5 × 0.05 = 0.125
    assert str(found.total("expected")) == "307.71"  # 288.82 + 8.76 + 10.00 + 0.13
    assert str(found.total("expected", lambda component: component.kind == "fixed")) == "288.82"
    left_out = {one.name for one in found.excluded}
    assert not left_out & {"Load balancer capacity", "Logs taken in", "Secrets requests"}
    assert {"NAT gateway traffic", "Data transfer", "What existed before"} <= left_out
    lines = told.text(found)
    assert [line.split() for line in lines if line.startswith(("Fixed", "Total"))] == [
        ["Fixed", "203.76", "288.82", "884.24", "543.99", "at", "least", "288.82"],
        ["Total", "222.65", "307.71", "903.13", "562.88", "at", "least", "307.71"],
    ]


# --- what is unknown ----------------------------------------------------------------------------------------------


def test_the_old_services_size_is_never_guessed() -> None:
    found = estimate(changed(SEED, existing={"service_size": {"instances": 1, "vcpu": 4}}))
    assert usd(found, "webui3: Fargate vCPU")[4] == "118.20"
    assert usd(found, "webui3: Fargate memory") == ["0.00", "0.00", "0.00", "0.00", "None"]
    assert part(found, "webui3: Fargate memory").missing == "existing.service_size.memory_gb"
    assert str(found.total("cut_over")) == "at least 407.02"  # 288.82 + 118.20
    assert str(found.total("expected")) == "288.82"
    assert "webui3: Fargate memory: unknown without existing.service_size.memory_gb." in told.notes(found)


def test_a_region_without_prices_is_unknown() -> None:
    found = estimate(changed(SEED, aws={"region": "me-south-1"}))
    assert {amount.usd for component in found.components for amount in component.amounts if amount.words} == {None}
    assert part(found, "Load balancer").missing == "its price in me-south-1"
    assert str(found.total("expected")) == "at least 0.00"
    assert "Load balancer: unknown without its price in me-south-1." in told.notes(found)


def test_a_region_with_some_prices_says_at_least() -> None:
    found = estimate(changed(SEED, aws={"region": "eu-central-1"}))
    # 3 × 2 × 730 × 0.04656 = 203.9328; 3 × 8 × 730 × 0.00511 = 89.5272; 730 × the node's hour
    assert usd(found, "Fargate vCPU")[1] == "203.93"
    assert usd(found, "Fargate memory")[1] == "89.53"
    assert usd(found, "Load balancer")[1] == "None"
    assert not found.total("expected").complete
    assert any("ec2instances.info" in note for note in told.notes(found))  # a price that AWS did not give itself


def test_container_insights_is_unknown() -> None:
    found = estimate(changed(SEED, existing={"container_insights": True}))
    assert usd(found, "Container Insights") == ["None"] * 5
    assert str(found.total("minimum")) == "at least 203.76"
    assert not found.more_an_hour("deployment").complete


def test_the_latest_list_that_has_a_node_gives_its_price() -> None:
    newer = node_price("ap-northeast-1", "redis", "cache.r7g.large")
    older = node_price("ap-northeast-1", "redis", "cache.t3.micro")
    assert newer
    assert older
    assert (newer.usd, newer.as_of) == (Decimal("0.263"), "2026-07-23")
    assert (older.usd, older.as_of) == (Decimal("0.026"), "2022-02-13")
    assert node_price("us-east-1", "redis", "cache.m8g.large") is None  # Valkey's alone
    assert price("us-east-1", "fargate", "spot_vcpu_hour") is None


# --- properties ---------------------------------------------------------------------------------------------------


SPECS = st.builds(
    lambda region, instances, most, size, nodes, lcus: changed(
        SEED,
        aws={"region": region},
        service={"instances": instances, "vcpu": size[0], "memory_gb": size[1]},
        autoscaling={"max": most},
        redis={"nodes": nodes},
        cost={"lcus": lcus},
    ),
    region=st.sampled_from(["us-east-1", "eu-west-2", "eu-central-1", "ap-northeast-2", "af-south-1"]),
    instances=st.integers(1, 100),
    most=st.integers(1, 100),
    size=st.sampled_from([(0.25, 0.5), (2, 8), (8, 60), (32, 244)]),
    nodes=st.integers(1, 6),
    lcus=st.one_of(st.none(), st.floats(0, 1000)),
)


@settings(max_examples=100, deadline=None)
@given(SPECS)
def test_a_total_is_the_sum_of_what_the_table_shows(spec: Spec) -> None:
    lines = told.text(estimate(spec))[4:]
    rows = [re.split(r"\s{2,}", line) for line in lines[: lines.index("")]]
    total = rows.pop()
    parts = [row for row in rows if row[0] != "Fixed"]
    assert total[0] == "Total"
    for place in range(1, 6):
        shown = [row[place].replace(",", "") for row in parts]
        known = sum((Decimal(one) for one in shown if one not in ("-", "unknown")), Decimal(0))
        assert total[place] == f"{'at least ' if 'unknown' in shown else ''}{known:,.2f}"


@settings(max_examples=50, deadline=None)
@given(SPECS, SPECS)
def test_a_difference_is_that_of_the_totals(one: Spec, other: Spec) -> None:
    before, after = estimate(one), estimate(other)
    found = difference(before, after)
    assert [str(total) for total in found.after] == [str(after.total(name)) for name in COMPARED]
    for old, new, by in zip(found.before, found.after, found.by, strict=True):
        if old.complete and new.complete:
            assert by == new.usd - old.usd


# Every type of resource that the templates make: either it is in the estimate, or AWS takes nothing for it.
PRICED = {
    "aws_cloudwatch_dashboard": "Dashboard",
    "aws_ecs_service": "Fargate vCPU",
    "aws_elasticache_replication_group": "ElastiCache",
    "aws_lb": "Load balancer",
    "aws_secretsmanager_secret": "Secrets",
}
BY_USE = {"aws_cloudwatch_log_group", "aws_s3_bucket", "aws_sns_topic", "aws_sns_topic_subscription"}
FREE = (
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


def resources(folder: Path) -> Counter[str]:
    texts = (path.read_text() for path in folder.rglob("*.tf"))
    return Counter(kind for text in texts for kind in re.findall(r'^resource "(\w+)"', text, re.MULTILINE))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_what_the_code_makes_is_in_the_estimate(case: Case) -> None:
    for deployment in case.deployments():
        made = resources(case.out / deployment.folder)
        counted = {component.name: component for component in estimate(deployment.spec).components}
        for kind, name in PRICED.items():
            assert made[kind] >= 1
            assert any(component.startswith(name) for component in counted), name
        assert counted["Secrets"].amounts[0].quantity == made["aws_secretsmanager_secret"]
        assert made["aws_lb"] == made["aws_elasticache_replication_group"] == made["aws_cloudwatch_dashboard"] == 1
        others = [kind for kind in made if kind not in PRICED and kind not in BY_USE and not kind.startswith(FREE)]
        assert set(others) == {"aws_cloudwatch_metric_alarm"}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_alarms_are_those_of_the_code(case: Case) -> None:
    alarm = re.compile(r'^resource "aws_cloudwatch_metric_alarm" "\w+" \{\n(  for_each)?', re.MULTILINE)
    for deployment in case.deployments():
        module = case.out / deployment.folder / "modules/monitoring"
        per_node = [each for path in module.glob("*.tf") for each in alarm.findall(path.read_text())]
        nodes = deployment.spec.redis.nodes
        found = estimate(deployment.spec)
        assert part(found, "Alarms").amounts[0].quantity == sum(nodes if each else 1 for each in per_node)


def test_the_estimates_keys_change_no_code(tmp_path: Path) -> None:
    spec = (GOLDEN / "minimal/spec.yaml").read_text()
    sized = re.sub(r"^existing:\n", "existing:\n  service_size: {instances: 7, vcpu: 4}\n", spec, flags=re.MULTILINE)
    assert sized != spec
    (tmp_path / "spec.yaml").write_text(sized + "cost: {lcus: 3, snapshot_gb: 4}\n")
    arguments = ["generate", "--spec", str(tmp_path / "spec.yaml"), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    for path in (GOLDEN / "minimal/out").rglob("*.tf"):
        made = tmp_path / "out" / path.relative_to(GOLDEN / "minimal/out")
        assert made.read_text() == path.read_text()
