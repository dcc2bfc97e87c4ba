"""Times that must fit each other, from the browser's silence to the start of a task."""

from collections.abc import Iterator

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment
from generator.facts import openwebui

_ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
_ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
# https://learn.microsoft.com/entra/identity/app-proxy/application-proxy-add-on-premises-application
_ENTRA_DOMAIN, _ENTRA_LONG_SECONDS = ".msappproxy.net", 180


@rule(
    "S217",
    "warning",
    "A step that is taken before the last one's tasks serve adds more for the same load, and takes them away later.",
    reference="https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html",
    example="autoscaling: {scale_out_cooldown_seconds: 60}",
    mend="""\
autoscaling: {scale_out_cooldown_seconds: 60}
service: {health_check: {start_period_seconds: 60}}""",
)
def cooldown_covers_a_start(deployment: Deployment) -> Iterator[Finding]:
    scaling, start = deployment.spec.autoscaling, deployment.spec.service.health_check.start_period_seconds
    if not scaling.enabled:
        return
    for path, cooldown in (
        (("autoscaling", "scale_out_cooldown_seconds"), scaling.scale_out_cooldown_seconds),
        (("autoscaling", "high_cpu", "cooldown_seconds"), scaling.high_cpu.cooldown_seconds),
    ):
        if cooldown < start:
            message = f"a task may take {start} s to start, and the next step follows after {cooldown} s"
            hint = f"write {start}, or lower service.health_check.start_period_seconds if tasks start faster"
            yield Finding(path, message, hint)


@rule(
    "S320",
    "error",
    "A browser without a WebSocket polls, and a poll that reaches another task is refused.",
    reference="https://socket.io/docs/v4/using-multiple-nodes/#why-is-sticky-session-required",
    example="load_balancer: {stickiness_seconds: 30}",
    mend="load_balancer: {stickiness_seconds: 3600}",
)
def stickiness_outlives_silence(deployment: Deployment) -> Iterator[Finding]:
    quiet, sticky = openwebui.silence_seconds(deployment.spec), deployment.spec.load_balancer.stickiness_seconds
    if sticky <= quiet:
        message = f"{sticky} s is not more than the {quiet} s that may pass between two polls"
        yield Finding(("load_balancer", "stickiness_seconds"), message, f"write more than {quiet}, such as 86400")


@rule(
    "S358",
    "warning",
    "The load balancer closes a connection on which nothing moves, and with it the answer that is awaited there.",
    reference=f"{_ALB}/edit-load-balancer-attributes.html#connection-idle-timeout",
    example="load_balancer: {idle_timeout_seconds: 120}",
    mend="""\
load_balancer: {idle_timeout_seconds: 120}
app: {client_timeout_seconds: 120}""",
)
def idle_timeout_covers_an_answer(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    idle, longest = spec.load_balancer.idle_timeout_seconds, spec.app.client_timeout_seconds
    if openwebui.silence_seconds(spec) < idle < longest:  # else see S303
        message = f"a model may take {longest} s for an answer, and is cut off after {idle} s without a byte"
        hint = f"write {longest}, or lower app.client_timeout_seconds"
        yield Finding(("load_balancer", "idle_timeout_seconds"), message, hint)


@rule(
    "S360",
    "warning",
    "Open WebUI serves nothing until its models are loaded; without a grace period ECS replaces it for that, for ever.",
    reference=f"{_ECS}/service_definition_parameters.html#sd-healthcheckgraceperiodseconds",
    example="service: {deployment: {grace_period_seconds: 0}}",
    mend="service: {deployment: {grace_period_seconds: 360}}",
)
def no_grace(deployment: Deployment) -> Iterator[Finding]:
    if deployment.spec.service.deployment.grace_period_seconds == 0:
        message = "the load balancer's verdict counts from the first second"
        yield Finding(("service", "deployment", "grace_period_seconds"), message, f"write {_grace(deployment)}")


@rule(
    "S361",
    "warning",
    "A task that starts as slowly as it may is replaced before the load balancer has seen it healthy.",
    reference=f"{_ECS}/service_definition_parameters.html#sd-healthcheckgraceperiodseconds",
    example="service: {deployment: {grace_period_seconds: 120}}",
    mend="""\
service:
  health_check: {start_period_seconds: 60}
  deployment: {grace_period_seconds: 120}""",
)
def grace_covers_a_start(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    start, check = spec.service.health_check.start_period_seconds, spec.load_balancer.health_check
    grace, needed = spec.service.deployment.grace_period_seconds, _grace(deployment)
    if 0 < grace < needed:
        message = (
            f"{grace} s are less than the {start} s of a start and {check.healthy_threshold} checks of "
            f"{check.interval_seconds} s"
        )
        yield Finding(("service", "deployment", "grace_period_seconds"), message, f"write {needed}")


def _grace(deployment: Deployment) -> int:
    """From the start of a task to the load balancer's word that it is healthy, at the longest."""
    check = deployment.spec.load_balancer.health_check
    start = deployment.spec.service.health_check.start_period_seconds
    return start + check.healthy_threshold * check.interval_seconds


@rule(
    "S362",
    "warning",
    "While a connection lives on one task, the browser's next request goes to another.",
    reference=f"{_ALB}/edit-target-group-attributes.html#sticky-sessions",
    example="load_balancer: {stickiness_seconds: 120}",
    mend="load_balancer: {stickiness_seconds: 300}",
)
def stickiness_outlives_a_connection(deployment: Deployment) -> Iterator[Finding]:
    balancer = deployment.spec.load_balancer
    sticky, idle = balancer.stickiness_seconds, balancer.idle_timeout_seconds
    if openwebui.silence_seconds(deployment.spec) < sticky < idle:  # else see S320
        message = f"{sticky} s are less than the {idle} s for which a quiet connection is kept"
        hint = f"write {idle} or more, or lower idle_timeout_seconds"
        yield Finding(("load_balancer", "stickiness_seconds"), message, hint)


@rule(
    "S363",
    "warning",
    "The proxy gives up first: the user sees its error page, while the model is paid to finish the answer.",
    reference="https://learn.microsoft.com/entra/identity/app-proxy/application-proxy-add-on-premises-application",
    example="load_balancer: {proxy_timeout_seconds: 85}",
    mend="""\
load_balancer: {proxy_timeout_seconds: 180}
app: {client_timeout_seconds: 170}""",
)
def proxy_waits_for_an_answer(deployment: Deployment) -> Iterator[Finding]:
    app, timeout = deployment.spec.app, deployment.spec.load_balancer.proxy_timeout_seconds
    proxy = "the proxy waits"
    if timeout is None and (app.public_url or "").partition(":")[2].partition(":")[0].endswith(_ENTRA_DOMAIN):
        proxy, timeout = "the Entra App Proxy of app.public_url waits at most", _ENTRA_LONG_SECONDS
    if timeout is not None and app.client_timeout_seconds > timeout:
        message = f"{proxy} {timeout} s, and a model may take {app.client_timeout_seconds} s for an answer"
        hint = f"write {timeout} or less, or raise the proxy's timeout (load_balancer.proxy_timeout_seconds)"
        yield Finding(("app", "client_timeout_seconds"), message, hint)
