"""Settings of the load balancer that exclude each other."""

from collections.abc import Iterator

from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment


@rule(
    "S207",
    "error",
    checks="Checks that ports, health check, slow start and algorithm of `load_balancer` are compatible.",
    rationale="Elastic Load Balancing rejects the listener or the target group.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html",
    example="load_balancer: {slow_start_seconds: 10}",
    fixed_example="load_balancer: {slow_start_seconds: 30}",
)
def listeners_and_target_group(deployment: Deployment) -> Iterator[Finding]:
    balancer = deployment.spec.load_balancer
    timeout, interval = balancer.health_check.timeout_seconds, balancer.health_check.interval_seconds
    slow_start, slow_start_path = balancer.slow_start_seconds, ("load_balancer", "slow_start_seconds")
    if timeout >= interval:
        message = f"a check begins every {interval} s, but may take {timeout} s"
        hint = f"write {interval - 1} or less, or raise interval_seconds"
        path, interval_path = (("load_balancer", "health_check", f"{key}_seconds") for key in ("timeout", "interval"))
        yield Finding(path, message, hint, related=(interval_path,))
    if 0 < slow_start < 30:  # noqa: PLR2004 -- see ModifyTargetGroupAttributes, slow_start.duration_seconds
        message = f"must be 0 or from 30 to 900, not {slow_start}"
        yield Finding(slow_start_path, message, "write 30, or 0 for no slow start")
    if slow_start and balancer.algorithm != "round_robin":
        message = f"a slow start of {slow_start} s is not possible with {balancer.algorithm}"
        hint = "write `slow_start_seconds: 0`, or `algorithm: round_robin`"
        yield Finding(("load_balancer", "algorithm"), message, hint, related=(slow_start_path,))
    if deployment.spec.existing.certificate_arn and balancer.http_port == balancer.https_port:
        message = f"HTTP and HTTPS cannot both listen on port {balancer.http_port}"
        key = "https_port" if "https_port" in balancer.model_fields_set else "http_port"  # the key that the spec sets
        hint = "choose two different ports; the HTTP port redirects to HTTPS"
        ports = (("load_balancer", "http_port"), ("load_balancer", "https_port"))
        yield Finding(("load_balancer", key), message, hint, related=ports)
