"""Each failure of the checks of alarms and dashboard."""

import re
from datetime import timedelta

import pytest

from owscale.domain.aws import alarms
from tests._support.applied_deployment import AppliedDeployment
from tests._support.cases import Case, cases


def test_missing_alarm_fails(applied: AppliedDeployment) -> None:
    applied.client("cloudwatch").delete_alarms(AlarmNames=[f"{applied.name}-redis-cpu-001"])
    assert f"7 of 8 alarms; missing: {applied.name}-redis-cpu-001\n" in applied.verify_one("alarms.exist")


def test_alarm_without_actions_fails(applied: AppliedDeployment) -> None:
    applied.client("cloudwatch").disable_alarm_actions(AlarmNames=[f"{applied.name}-cpu"])
    lines = applied.verify_one("alarms.exist")
    assert f"actions are off, so no notification is sent: {applied.name}-cpu\n" in lines
    assert f"`aws cloudwatch enable-alarm-actions --alarm-names {applied.name}-cpu" in lines


def test_firing_alarm_fails(applied: AppliedDeployment) -> None:
    applied.set_alarm_state("cpu", "ALARM")
    lines = applied.verify_one("alarms.ok")
    assert f"in ALARM: {applied.name}-cpu: reason of the test\n" in lines
    assert applied.outputs["dashboard_url"] in lines


def test_alarm_without_data_is_a_warning_only_while_it_is_new(applied: AppliedDeployment) -> None:
    applied.set_alarm_state("memory", "INSUFFICIENT_DATA")
    assert f"no data yet: {applied.name}-memory\n" in applied.verify_one("alarms.ok", status="warning")
    # An alarm on the id of a replication group, not on the id of a node, stays in this state forever.
    applied.alarm("memory").configuration_updated_timestamp -= timedelta(hours=1)
    lines = applied.verify_one("alarms.ok")
    assert "hint: compare the dimensions" in lines
    assert f"`aws cloudwatch describe-alarms --alarm-names {applied.name}-memory" in lines


def test_alarm_of_an_idle_load_balancer_is_a_warning(applied: AppliedDeployment) -> None:
    applied.alarm("response-time").configuration_updated_timestamp -= timedelta(hours=1)
    applied.set_alarm_state("response-time", "INSUFFICIENT_DATA")
    applied.verify_one("alarms.ok", status="warning")


def test_empty_or_missing_dashboard_fails(applied: AppliedDeployment) -> None:
    cloudwatch = applied.client("cloudwatch")
    cloudwatch.put_dashboard(DashboardName=applied.name, DashboardBody='{"widgets": []}')
    assert f"{applied.name} exists, but is empty\n" in applied.verify_one("dashboard.exists")
    cloudwatch.delete_dashboards(DashboardNames=[applied.name])
    assert "cloudwatch:GetDashboard: not found: " in applied.verify_one("dashboard.exists")


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_checked_alarm_names_are_those_of_the_templates(case: Case) -> None:
    for deployment in case.deployments():
        spec = deployment.spec
        files = (case.out / deployment.folder / "modules/monitoring").glob("alarms_*.tf")
        texts = "".join(path.read_text() for path in files)
        declared = re.findall(r'alarm_name += "\$\{var\.name\}-([a-z0-9-]+?)(-\$\{each\.key\})?"', texts)
        nodes = [f"-{number:03}" for number in range(1, spec.redis.nodes + 1)]
        names = {
            f"{spec.service.name}-{kind}{node}" for kind, per_node in declared for node in (nodes if per_node else [""])
        }
        assert names == set(alarms.alarm_names(spec))
