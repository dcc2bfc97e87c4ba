"""The upgrade of Open WebUI: a failed deployment must not put the earlier release on the next one's database."""

from collections.abc import Iterator

from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment
from owscale.spec.document import Path

_PATH: Path = ("service", "circuit_breaker_rollback")


@rule(
    "S331",
    "error",
    checks=(
        "Checks that `service.circuit_breaker_rollback` is `false` while `app.migration_image` prepares a release "
        "whose database the present one was not measured to use."
    ),
    rationale=(
        "If the tasks of the next release fail, ECS starts the present ones again by itself. After the migration they "
        "would use a database that is newer than their code."
    ),
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
    example="app: {migration_image: ghcr.io/open-webui/open-webui:v0.13.0}",
    fixed_example="""\
app: {migration_image: ghcr.io/open-webui/open-webui:v0.13.0}
service: {circuit_breaker_rollback: false}
""",
    other_keys=("app.migration_image", "app.image"),
)
def rollback_to_the_earlier_release(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    if not app.migration_image or not deployment.spec.service.circuit_breaker_rollback:
        return
    from owscale.domain.openwebui.upgrade_texts import unsafe_rollback  # noqa: PLC0415 -- few specs need the catalogue
    from owscale.domain.openwebui.upgrades import upgrade  # noqa: PLC0415 -- few specs need the catalogue

    change = upgrade(app.image, app.migration_image)
    if change and not change.is_back and not change.may_roll_back:
        message = f"ECS may start the earlier release again: {unsafe_rollback(change)}"
        related: tuple[Path, ...] = (("app", "migration_image"),)
        hint = "write false until the upgrade is complete"
        if not change.is_known:
            hint = f"check the tag, because owscale does not know its release; then {hint}"
        yield Finding(_PATH, message, hint, related=related)


@rule(
    "S332",
    "warning",
    checks="Checks that `service.circuit_breaker_rollback` is not `false` without an upgrade.",
    rationale=(
        "A deployment that fails then stops: tasks of the earlier revision serve on, but the service keeps the failed "
        "revision, and starts it at the next scaling or replacement of a task."
    ),
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
    example="service: {circuit_breaker_rollback: false}",
    fixed_example="service: {circuit_breaker_rollback: true}",
    other_keys=("app.migration_image",),
)
def rollback_is_on(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    if not spec.service.circuit_breaker_rollback and not spec.app.migration_image:
        message = "a deployment that fails is not rolled back"
        hint = "remove the key; during an upgrade of Open WebUI, accept the warning until it is complete"
        yield Finding(_PATH, message, hint)
