"""Settings of the load balancer that exclude each other, and its TLS."""

from collections.abc import Iterator

from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

_MIN_SLOW_START_SECONDS = 30
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html"""


@rule(
    "S207",
    "error",
    checks="Checks that ports, health check, slow start and algorithm of `load_balancer` are compatible.",
    rationale="Elastic Load Balancing rejects the listener or the target group.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html",
    example="load_balancer: {slow_start_seconds: 10}",
    fixed_example="load_balancer: {slow_start_seconds: 30}",
    other_keys=(
        "load_balancer.algorithm",
        "load_balancer.health_check.interval_seconds",
        "load_balancer.health_check.timeout_seconds",
        "load_balancer.http_port",
        "load_balancer.https_port",
    ),
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
    if 0 < slow_start < _MIN_SLOW_START_SECONDS:
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


@rule(
    "S321",
    "error",
    checks="Checks that either a proxy or the load balancer terminates the TLS of `app.public_url`.",
    rationale="Over HTTP, browsers discard the session cookie, which is marked Secure, so users cannot stay signed in. "
    "Their passwords are sent unencrypted.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html",
    example="app: {public_url: https://chat.example.com}",
    fixed_example="""\
app: {public_url: https://chat.example.com}
load_balancer: {tls_termination: proxy}""",
)
def tls_termination(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    terminator, path = spec.load_balancer.tls_termination, ("load_balancer", "tls_termination")
    if spec.existing.certificate_arn is not None:
        return
    if terminator == "load_balancer":
        message = "without a certificate, the load balancer serves only HTTP"
        hint = "set existing.certificate_arn, or write `proxy` if a proxy in front of it serves HTTPS"
        yield Finding(path, message, hint, related=(("app", "public_url"),))
    elif terminator is None and spec.app.public_url is not None:
        message = "browsers use HTTPS, but the load balancer has no certificate and serves only HTTP"
        hint = (
            "write `tls_termination: proxy` under load_balancer if a proxy in front of it serves HTTPS; otherwise set "
            "existing.certificate_arn"
        )
        yield Finding(("app", "public_url"), message, hint, related=(path,))
