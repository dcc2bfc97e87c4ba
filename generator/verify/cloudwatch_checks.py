"""Checks of the CloudWatch alarms and the dashboard."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from owscale.console.invocation import owscale_command
from owscale.console.text import plural
from owscale.domain.aws.alarms import SILENT_WHEN_IDLE, alarm_names, alarm_settings
from owscale.verify.check import Check, Outcome, failed, passed, warning
from owscale.verify.target import Target

if TYPE_CHECKING:
    from owscale.spec.models.alarms import AlarmName

_FIRST_DATA_SECONDS = 300  # metrics arrive late, and the first value needs a running task


def alarms_exist(target: Target) -> Outcome:
    """Check that every alarm of the spec exists and has its actions on."""
    names, alarms = alarm_names(target.spec), _describe_alarms(target)
    missing = sorted(names.keys() - alarms)
    muted = sorted(name for name, alarm in alarms.items() if not alarm["ActionsEnabled"])
    if missing:
        return failed(
            f"{len(alarms)} of {plural(len(names), 'alarm')}; missing: {', '.join(missing)}",
            f"apply the deployment; `{owscale_command('tf', 'plan')}` lists the missing alarms too",
        )
    if muted:
        command = target.aws_command("cloudwatch", "enable-alarm-actions", "--alarm-names", *muted)
        return failed(f"actions are off, so no notification is sent: {', '.join(muted)}", f"run `{command}`")
    return passed(f"{plural(len(alarms), 'alarm')}: {', '.join(sorted(alarms))}")


def alarms_ok(target: Target) -> Outcome:
    """Check that every alarm is in the state OK.

    An alarm without data is a warning where that is normal: the alarm is new, or its metric needs requests.
    """
    names, alarms = alarm_names(target.spec), _describe_alarms(target)
    firing = [
        f"{name}: {alarm['StateReason']}" for name, alarm in sorted(alarms.items()) if alarm["StateValue"] == "ALARM"
    ]
    if firing:
        return failed(
            f"in ALARM: {'; '.join(firing)}",
            f"see {target.outputs.dashboard_url}, and read the log: `{target.log_command}`",
        )
    without_data = sorted(name for name, alarm in alarms.items() if alarm["StateValue"] != "OK")
    if not without_data:
        return passed(f"{plural(len(alarms), 'alarm')} in the state OK")
    evidence = f"no data yet: {', '.join(without_data)}"
    if all(_may_lack_data(target, names[name], alarms[name]) for name in without_data):
        return warning(
            evidence, "wait and verify again: an alarm needs data for all its periods, and some metrics need requests"
        )
    command = target.aws_command("cloudwatch", "describe-alarms", "--alarm-names", *without_data)
    return failed(evidence, f"compare the dimensions with the metric, which may have no source: `{command}`")


def _may_lack_data(target: Target, name: AlarmName, alarm: dict[str, Any]) -> bool:
    if name in SILENT_WHEN_IDLE:
        return True
    settings = alarm_settings(target.spec)[name]
    needed_seconds = settings["period_seconds"] * settings["evaluation_periods"] + _FIRST_DATA_SECONDS
    age = datetime.now(UTC) - alarm["AlarmConfigurationUpdatedTimestamp"]
    return bool(age.total_seconds() < needed_seconds)


def _describe_alarms(target: Target) -> dict[str, dict[str, Any]]:
    """Return the alarms of the spec that exist, by name."""
    names = list(alarm_names(target.spec))
    response = target.call_aws("cloudwatch:DescribeAlarms", AlarmNames=names, AlarmTypes=["MetricAlarm"])
    return {alarm["AlarmName"]: alarm for alarm in response["MetricAlarms"]}


def dashboard(target: Target) -> Outcome:
    """Check that the dashboard exists and has widgets."""
    name = target.spec.service.name
    response = target.call_aws("cloudwatch:GetDashboard", DashboardName=name)
    widgets = json.loads(response["DashboardBody"]).get("widgets")
    if not widgets:
        return failed(f"{name} exists, but is empty", "apply the deployment, which restores the widgets")
    return passed(f"{name} has {plural(len(widgets), 'widget')}: {target.outputs.dashboard_url}")


CHECKS = (
    Check("alarms.exist", alarms_exist),
    Check("alarms.ok", alarms_ok, requires="alarms.exist"),
    Check("dashboard.exists", dashboard),
)
