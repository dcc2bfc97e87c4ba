"""Names of the alarms in CloudWatch."""

import pytest

from owscale.domain.aws import alarms
from tests._support.cases import Case, cases


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_redis_has_an_alarm_for_each_node_and_others_have_one(case: Case) -> None:
    for deployment in case.deployments():
        spec = deployment.spec
        names = alarms.alarm_names(spec)
        assert set(names.values()) == alarms.alarm_settings(spec).keys()
        for alarm in alarms.alarm_settings(spec):
            own_names = [name for name, owner in names.items() if owner == alarm]
            assert len(own_names) == (spec.redis.nodes if alarm.startswith("redis_") else 1)
            assert all(name.startswith(f"{spec.service.name}-{alarm.replace('_', '-')}") for name in own_names)
