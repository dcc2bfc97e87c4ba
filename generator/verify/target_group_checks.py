"""Check of the targets behind the load balancer."""

from typing import Any

from owscale.console.text import and_more
from owscale.domain.openwebui.capacity import min_tasks
from owscale.verify.check import Check, Outcome, failed, passed
from owscale.verify.target import Target

_MAX_LISTED = 5
_HINTS = {
    "Target.FailedHealthChecks": "check the task: its connection fails, or its response is malformed",
    "Target.NotInUse": "apply the deployment: no listener forwards to the target group",
    "Target.ResponseCodeMismatch": "compare the status of the response with load_balancer.health_check",
    "Target.Timeout": "check whether the task is still starting, overloaded, or closed off by its security group",
}
"""Hints by the reason code of a target that is not healthy.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""


def healthy(target: Target) -> Outcome:
    """Check that all targets are healthy and that there are enough of them.

    Draining targets do not count.
    """
    response = target.call_aws(
        "elasticloadbalancing:DescribeTargetHealth", TargetGroupArn=target.outputs.target_group_arn
    )
    targets = [each for each in response["TargetHealthDescriptions"] if _state(each) != "draining"]
    unhealthy = [each for each in targets if _state(each) != "healthy"]
    healthy_count, required = len(targets) - len(unhealthy), min_tasks(target.spec)
    evidence = f"{healthy_count} of {len(targets)} targets healthy; at least {required} required"
    if healthy_count >= required and not unhealthy:
        return passed(evidence)
    if unhealthy:
        evidence = f"{evidence}: {and_more([_format_target(each) for each in unhealthy], _MAX_LISTED)}"
    reasons = {each["TargetHealth"].get("Reason") for each in unhealthy}
    hints = sorted(hint for reason, hint in _HINTS.items() if reason in reasons)
    return failed(evidence, "; ".join([*hints, f"read the log: `{target.log_command}`"]))


def _state(description: dict[str, Any]) -> str:
    return str(description["TargetHealth"]["State"])


def _format_target(description: dict[str, Any]) -> str:
    """Return a target such as `10.0.1.5:8080 unhealthy (Target.Timeout: Request timed out)`."""
    target, health = description["Target"], description["TargetHealth"]
    cause = ": ".join(health[key] for key in ("Reason", "Description") if health.get(key))
    return f"{target['Id']}:{target.get('Port', '')} {health['State']}{f' ({cause})' if cause else ''}"


CHECKS = (Check("targets.healthy", healthy),)
