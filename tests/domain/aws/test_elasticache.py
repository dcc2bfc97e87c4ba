"""Names and limits of Redis nodes."""

import pytest

from owscale.domain.aws import elasticache


def test_node_names_end_with_the_number_of_the_node() -> None:
    assert elasticache.node_names("chat", 2) == ["chat-001", "chat-002"]


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [("redis", "6.2", "redis6.x"), ("redis", "7.1", "redis7"), ("valkey", "8.0", "valkey8")],
)
def test_parameter_group_family(engine: str, version: str, family: str) -> None:
    assert elasticache.parameter_group_family(engine, version) == family


@pytest.mark.parametrize(
    ("node_type", "percent", "engine_cpu"),
    [("cache.t4g.small", 45, False), ("cache.m7g.xlarge", 90, True), ("cache.unknown", 90, False)],
)
def test_advised_cpu_is_of_the_engine_from_four_vcpu_on(node_type: str, percent: int, *, engine_cpu: bool) -> None:
    assert elasticache.advised_cpu_percent(node_type) == percent
    assert elasticache.measures_engine_cpu(node_type) is engine_cpu
