"""The alarms and the dashboard."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from generator.errors import count
from generator.facts import cloudwatch
from generator.verify.check import Check, CheckError, Outcome, failed, passed, warning
from generator.verify.subject import Subject

if TYPE_CHECKING:
    from generator.model.alarms import AlarmName

_LATE_SECONDS = 300  # metrics come with some delay, and a first one waits for the first task


def alarms_exist(subject: Subject) -> Outcome:
    names, found = cloudwatch.alarm_names(subject.spec), _alarms(subject)
    missing, mute = names.keys() - found, [name for name, each in found.items() if not each["ActionsEnabled"]]
    if missing:
        told = f"{len(found)} of {len(names)} alarms; missing: {', '.join(sorted(missing))}"
        return failed(told, "apply the deployment: terraform plan names them too")
    if mute:
        told = f"switched off, so that nobody is called: {', '.join(sorted(mute))}"
        return failed(told, subject.command("cloudwatch", "enable-alarm-actions", "--alarm-names", *sorted(mute)))
    return passed(f"{len(found)} alarms: {', '.join(sorted(found))}")


def alarms_ok(subject: Subject) -> Outcome:
    """An alarm without data is only warned of where that can be: it is new, or nobody has asked anything yet."""
    names, found = cloudwatch.alarm_names(subject.spec), _alarms(subject)
    firing = {name: each for name, each in found.items() if each["StateValue"] == "ALARM"}
    if firing:
        told = "; ".join(f"{name}: {each['StateReason']}" for name, each in sorted(firing.items()))
        return failed(f"in ALARM: {told}", f"look at {subject.outputs.dashboard_url}; the log: {subject.logs}")
    blind = sorted(name for name, each in found.items() if each["StateValue"] != "OK")
    if not blind:
        return passed(f"{len(found)} alarms are OK")
    told = f"without data yet: {', '.join(blind)}"
    if all(_may_be_blind(subject, names[name], found[name]) for name in blind):
        return warning(told, "wait and verify again: an alarm needs its periods of data, and some need requests")
    return failed(
        told, f"a metric that never comes has wrong dimensions, or its source is gone: {_history(subject, blind)}"
    )


def _may_be_blind(subject: Subject, kind: AlarmName, alarm: dict[str, Any]) -> bool:
    if kind in cloudwatch.QUIET_WHEN_IDLE:
        return True
    settings = cloudwatch.alarm_settings(subject.spec)[kind]
    needed = settings["period_seconds"] * settings["evaluation_periods"] + _LATE_SECONDS
    age = datetime.now(UTC) - alarm["AlarmConfigurationUpdatedTimestamp"]
    return bool(age.total_seconds() < needed)


def _history(subject: Subject, names: list[str]) -> str:
    return subject.command("cloudwatch", "describe-alarms", "--alarm-names", *names)


def _alarms(subject: Subject) -> dict[str, dict[str, Any]]:
    names = list(cloudwatch.alarm_names(subject.spec))
    answer = subject.ask("cloudwatch", "describe_alarms", AlarmNames=names, AlarmTypes=["MetricAlarm"])
    return {alarm["AlarmName"]: alarm for alarm in answer["MetricAlarms"]}


def dashboard(subject: Subject) -> Outcome:
    name = subject.spec.service.name
    widgets = json.loads(subject.ask("cloudwatch", "get_dashboard", DashboardName=name)["DashboardBody"]).get("widgets")
    if not widgets:
        raise CheckError(failed(f"{name} is there, and empty", "apply the deployment: somebody emptied it"))
    return passed(f"{name} has {count(len(widgets), 'widget')}: {subject.outputs.dashboard_url}")


CHECKS = (
    Check("alarms.exist", alarms_exist),
    Check("alarms.ok", alarms_ok, after="alarms.exist"),
    Check("dashboard.exists", dashboard),
)
