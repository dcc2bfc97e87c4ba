"""Times that must fit each other: start of a task, health checks, silence, idle timeouts and stickiness."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from owscale.domain.openwebui import environment
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

_ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
_ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
# https://learn.microsoft.com/entra/identity/app-proxy/application-proxy-add-on-premises-application
_ENTRA_DOMAIN, _ENTRA_MAX_TIMEOUT_SECONDS = ".msappproxy.net", 180


@rule(
    "S217",
    "warning",
    checks="Checks that the cooldowns after a scale-out are at least as long as the start period of a task.",
    rationale="A second scale-out before the first tasks serve adds too many tasks, which are removed later.",
    reference="https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html",
    example="autoscaling: {scale_out_cooldown_seconds: 60}",
    fixed_example="""\
autoscaling: {scale_out_cooldown_seconds: 60}
service: {health_check: {start_period_seconds: 60}}""",
    other_keys=("autoscaling.high_cpu.cooldown_seconds",),
)
def short_cooldown(deployment: Deployment) -> Iterator[Finding]:
    scaling, start = deployment.spec.autoscaling, deployment.spec.service.health_check.start_period_seconds
    if not scaling.enabled:
        return
    for path, cooldown in (
        (("autoscaling", "scale_out_cooldown_seconds"), scaling.scale_out_cooldown_seconds),
        (("autoscaling", "high_cpu", "cooldown_seconds"), scaling.high_cpu.cooldown_seconds),
    ):
        if cooldown < start:
            message = f"a task may take {start} s to start, but the next scale-out follows after {cooldown} s"
            hint = f"write {start}, or lower service.health_check.start_period_seconds if tasks start faster"
            yield Finding(path, message, hint)


@rule(
    "S320",
    "error",
    checks="Checks that stickiness lasts longer than the time that may pass between two polls of a browser.",
    rationale="A browser without a WebSocket polls, and a poll that reaches another task is rejected.",
    reference="https://socket.io/docs/v4/using-multiple-nodes/#why-is-sticky-session-required",
    example="load_balancer: {stickiness_seconds: 30}",
    fixed_example="load_balancer: {stickiness_seconds: 3600}",
)
def stickiness_between_polls(deployment: Deployment) -> Iterator[Finding]:
    stickiness = deployment.spec.load_balancer.stickiness_seconds
    silence = environment.websocket_silence_seconds(deployment.spec)
    if stickiness <= silence:
        message = f"{silence} s may pass between two polls, but stickiness ends after {stickiness} s"
        yield Finding(("load_balancer", "stickiness_seconds"), message, f"write more than {silence}, such as 86400")


@rule(
    "S358",
    "warning",
    checks="Checks that the idle timeout of the load balancer is at least as long as a response may take.",
    rationale="The load balancer closes a connection without traffic, and the response on it is lost.",
    reference=f"{_ALB}/edit-load-balancer-attributes.html#connection-idle-timeout",
    example="load_balancer: {idle_timeout_seconds: 120}",
    fixed_example="""\
load_balancer: {idle_timeout_seconds: 120}
app: {client_timeout_seconds: 120}""",
)
def idle_timeout_during_response(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    idle, longest = spec.load_balancer.idle_timeout_seconds, spec.app.client_timeout_seconds
    if environment.websocket_silence_seconds(spec) < idle < longest:  # S303 reports shorter idle timeouts
        message = f"a model may take {longest} s to respond, but is cut off after {idle} s without a byte"
        hint = f"write {longest}, or lower app.client_timeout_seconds"
        yield Finding(("load_balancer", "idle_timeout_seconds"), message, hint)


@rule(
    "S360",
    "warning",
    checks="Checks that the service has a grace period.",
    rationale="Open WebUI serves nothing until its models are loaded; without a grace period ECS replaces it forever.",
    reference=f"{_ECS}/service_definition_parameters.html#sd-healthcheckgraceperiodseconds",
    example="service: {deployment: {grace_period_seconds: 0}}",
    fixed_example="service: {deployment: {grace_period_seconds: 360}}",
)
def no_grace_period(deployment: Deployment) -> Iterator[Finding]:
    if deployment.spec.service.deployment.grace_period_seconds == 0:
        message = "0 s lets failed health checks replace a task while it starts"
        hint = f"write {_required_grace_seconds(deployment)}"
        yield Finding(("service", "deployment", "grace_period_seconds"), message, hint)


@rule(
    "S361",
    "warning",
    checks="Checks that the grace period covers the start period and the first health checks.",
    rationale="A task that starts slowly is replaced before the load balancer reports it healthy.",
    reference=f"{_ECS}/service_definition_parameters.html#sd-healthcheckgraceperiodseconds",
    example="service: {deployment: {grace_period_seconds: 120}}",
    fixed_example="""\
service:
  health_check: {start_period_seconds: 60}
  deployment: {grace_period_seconds: 120}""",
)
def short_grace_period(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    start, check = spec.service.health_check.start_period_seconds, spec.load_balancer.health_check
    grace, required = spec.service.deployment.grace_period_seconds, _required_grace_seconds(deployment)
    if 0 < grace < required:
        message = (
            f"a task may need {start} s to start plus {check.healthy_threshold} health checks of "
            f"{check.interval_seconds} s, but the grace period is {grace} s"
        )
        yield Finding(("service", "deployment", "grace_period_seconds"), message, f"write {required}")


def _required_grace_seconds(deployment: Deployment) -> int:
    """Return the longest time from the start of a task until the load balancer reports it healthy."""
    check = deployment.spec.load_balancer.health_check
    start = deployment.spec.service.health_check.start_period_seconds
    return start + check.healthy_threshold * check.interval_seconds


@rule(
    "S362",
    "warning",
    checks="Checks that stickiness lasts at least as long as an idle connection is kept open.",
    rationale="While a connection stays on one task, the next request of the browser would go to another.",
    reference=f"{_ALB}/edit-target-group-attributes.html#sticky-sessions",
    example="load_balancer: {stickiness_seconds: 120}",
    fixed_example="load_balancer: {stickiness_seconds: 300}",
)
def stickiness_of_connections(deployment: Deployment) -> Iterator[Finding]:
    balancer = deployment.spec.load_balancer
    stickiness, idle = balancer.stickiness_seconds, balancer.idle_timeout_seconds
    if environment.websocket_silence_seconds(deployment.spec) < stickiness < idle:  # S320 reports shorter stickiness
        message = f"an idle connection is kept open for {idle} s, but stickiness ends after {stickiness} s"
        hint = f"write {idle} or more, or lower load_balancer.idle_timeout_seconds"
        yield Finding(("load_balancer", "stickiness_seconds"), message, hint)


@rule(
    "S363",
    "warning",
    checks="Checks that the proxy before the load balancer waits as long as a response may take.",
    rationale="A request for an answer in one piece, as scripts send it, fails with an error of the proxy, while the "
    "model finishes a response that costs money. Pages read answers from a WebSocket, and are not concerned. Both are "
    "measured with another proxy; the limit of the Entra application proxy is that of its documentation.",
    reference="https://learn.microsoft.com/entra/identity/app-proxy/application-proxy-add-on-premises-application",
    example="load_balancer: {proxy_timeout_seconds: 85}",
    fixed_example="""\
load_balancer: {proxy_timeout_seconds: 180}
app: {client_timeout_seconds: 170}""",
)
def proxy_timeout(deployment: Deployment) -> Iterator[Finding]:
    app, timeout = deployment.spec.app, deployment.spec.load_balancer.proxy_timeout_seconds
    proxy = "the proxy"
    if timeout is None and (urlsplit(app.public_url or "").hostname or "").endswith(_ENTRA_DOMAIN):
        proxy, timeout = "as documented, the Entra application proxy of app.public_url", _ENTRA_MAX_TIMEOUT_SECONDS
    if timeout is not None and app.client_timeout_seconds > timeout:
        seconds = app.client_timeout_seconds
        message = f"{proxy} waits at most {timeout} s, but a model may take {seconds} s for a response in one piece"
        hint = f"write {timeout} or less, or raise the timeout of the proxy and load_balancer.proxy_timeout_seconds"
        yield Finding(("app", "client_timeout_seconds"), message, hint)
