"""The rendered alarms, and their evaluation in the tests of faults; without Open WebUI."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.openwebui.cloudwatch import ALL_ALARMS, Alarm, rendered_alarms
from tests.openwebui.task_environment import load_deployment

_ALARM = Alarm("5xx", ("AWS/ApplicationELB", "HTTP"), "Sum", "GreaterThanThreshold", 5, 60, 3, 2, "notBreaching")


def test_rendered_alarms_are_those_of_the_spec(tmp_path: Path) -> None:
    alarms = rendered_alarms(load_deployment(tmp_path), tmp_path)
    assert alarms.keys() == {"cpu", "memory", "redis_cpu", "redis_memory", "response_time", "target_5xx"}
    alarm = alarms["target_5xx"]
    assert alarm.metric == ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count")
    assert (alarm.threshold, alarm.evaluation_periods, alarm.missing_data) == (5, 5, "notBreaching")
    assert rendered_alarms(load_deployment(tmp_path, ALL_ALARMS), tmp_path).keys() > alarms.keys()


@pytest.mark.parametrize(
    ("series", "missing_data", "is_raised"),
    [
        ([6, 6, 0], "notBreaching", True),
        ([6, 0, 0, 6], "notBreaching", False),
        ([0, 0, 6, 0, 6], "notBreaching", True),
        ([5, 5, 5], "notBreaching", False),
        ([6, 6], "notBreaching", False),
        ([6, None, None], "notBreaching", False),
        ([6, None, 0], "breaching", True),
        ([6, None, None], "missing", False),
    ],
)
def test_alarm_needs_enough_datapoints_beyond_its_threshold(
    series: list[float | None], missing_data: str, *, is_raised: bool
) -> None:
    assert replace(_ALARM, missing_data=missing_data).is_raised(series) == is_raised


@pytest.mark.parametrize(
    ("comparison", "raised"),
    [
        ("GreaterThanThreshold", [6]),
        ("GreaterThanOrEqualToThreshold", [5, 6]),
        ("LessThanThreshold", [4]),
    ],
)
def test_comparison(comparison: str, raised: list[float]) -> None:
    alarm = replace(_ALARM, comparison=comparison, evaluation_periods=1, datapoints=1)
    assert [value for value in (4, 5, 6) if alarm.is_raised([value])] == raised
