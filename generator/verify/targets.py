"""The targets behind the load balancer."""

from collections import Counter
from typing import Any

from generator.verify.check import Check, Outcome, failed, passed
from generator.verify.subject import Subject

_MOST_TOLD = 5
_ADVICE = {
    "Target.FailedHealthChecks": "the task answers, but not well",
    "Target.NotInUse": "no listener leads to the target group: apply the deployment",
    "Target.ResponseCodeMismatch": "the task answers with another status: look at load_balancer.health_check",
    "Target.Timeout": "the task does not answer: it still starts, is overloaded, or its security group lets nobody in",
}
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html"""


def healthy(subject: Subject) -> Outcome:
    arn = subject.outputs.target_group_arn
    answer = subject.ask("elbv2", "describe_target_health", TargetGroupArn=arn)
    targets = [each for each in answer["TargetHealthDescriptions"] if each["TargetHealth"]["State"] != "draining"]
    states = Counter(each["TargetHealth"]["State"] for each in targets)
    least = subject.least_tasks
    seen = f"{states['healthy']} of {len(targets)} targets healthy; at least {least} are asked for"
    others = [each for each in targets if each["TargetHealth"]["State"] != "healthy"]
    if states["healthy"] >= least and not others:
        return passed(seen)
    told = [_told(each) for each in others[:_MOST_TOLD]]
    if len(others) > _MOST_TOLD:
        told.append(f"and {len(others) - _MOST_TOLD} more")
    advice = {_ADVICE[reason] for each in others if (reason := each["TargetHealth"].get("Reason")) in _ADVICE}
    return failed("; ".join([seen, *told]), "; ".join([*sorted(advice), f"look at the log: {subject.logs}"]))


def _told(described: dict[str, Any]) -> str:
    target, health = described["Target"], described["TargetHealth"]
    why = ": ".join(health[key] for key in ("Reason", "Description") if health.get(key))
    return f"{target['Id']}:{target.get('Port', '')} {health['State']}{f' ({why})' if why else ''}"


CHECKS = (Check("targets.healthy", healthy),)
