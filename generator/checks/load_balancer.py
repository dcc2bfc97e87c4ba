"""The load balancer: settings that Elastic Load Balancing takes together."""

from collections.abc import Iterator

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment


@rule(
    "S207",
    "error",
    "Elastic Load Balancing refuses the target group.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html",
    example="load_balancer: {slow_start_seconds: 10}",
    mend="load_balancer: {slow_start_seconds: 30}",
)
def target_group(deployment: Deployment) -> Iterator[Finding]:
    balancer = deployment.spec.load_balancer
    check, slow_start = balancer.health_check, balancer.slow_start_seconds
    if check.timeout_seconds >= check.interval_seconds:
        message = (
            f"a check may not take {check.timeout_seconds} s when the next begins after {check.interval_seconds} s"
        )
        hint = f"write {check.interval_seconds - 1} or less, or raise interval_seconds"
        also = (("load_balancer", "health_check", "interval_seconds"),)
        yield Finding(("load_balancer", "health_check", "timeout_seconds"), message, hint, also=also)
    if 0 < slow_start < 30:  # noqa: PLR2004 -- see ModifyTargetGroupAttributes, slow_start.duration_seconds
        message = f"slow start takes 0 or 30 to 900 seconds, not {slow_start}"
        yield Finding(("load_balancer", "slow_start_seconds"), message, "write 30, or 0 for none")
    if slow_start and balancer.algorithm != "round_robin":
        message = f"{balancer.algorithm} does not go with a slow start, which is {slow_start} s"
        hint, other = "write slow_start_seconds: 0, or algorithm: round_robin", ("load_balancer", "slow_start_seconds")
        yield Finding(("load_balancer", "algorithm"), message, hint, also=(other,))
    if deployment.spec.existing.certificate_arn and balancer.http_port == balancer.https_port:
        message = f"HTTP and HTTPS cannot both listen on port {balancer.http_port}"
        key = "https_port" if "https_port" in balancer.model_fields_set else "http_port"  # the one that is written
        both = (("load_balancer", "http_port"), ("load_balancer", "https_port"))
        yield Finding(("load_balancer", key), message, "HTTP redirects to HTTPS; give it a port of its own", also=both)
