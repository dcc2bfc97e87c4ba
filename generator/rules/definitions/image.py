"""The release of the image: whether owscale supports it, and whether it supports the variables."""

from collections.abc import Iterator

from owscale.console.text import plural
from owscale.domain.aws import ecr
from owscale.domain.openwebui import known_faults, releases
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

_FAULTS_IN_MESSAGE = 2


@rule(
    "S310",
    "error",
    checks="Checks that the images are of Open WebUI 0.7.0 or newer.",
    rationale=(
        "Before 0.7.0 every process migrates the database at its start, and two at once break it, because Alembic "
        "takes no lock."
    ),
    reference="https://github.com/open-webui/open-webui/commit/9824f0e33359a917ac07b60bf1f972074d5c8203",
    example="app: {image: ghcr.io/open-webui/open-webui:v0.6.43}",
    fixed_example="app: {image: ghcr.io/open-webui/open-webui:v0.12.4}",
    other_keys=("app.migration_image",),
)
def old_release(deployment: Deployment) -> Iterator[Finding]:
    oldest = releases.OLDEST
    for key, image in releases.images(deployment.spec).items():
        release = releases.release(image)
        if release and releases.is_older(release, oldest):
            message = f"{release} is too old: ENABLE_DB_MIGRATIONS, which stops tasks from migrating, needs {oldest}"
            hint = f"upgrade the service to be replaced to {oldest} or newer first, then use the same version here"
            yield Finding(("app", key), message, hint)


@rule(
    "S311",
    "error",
    checks="Checks that the release of the image supports the variables in `app.environment` and `app.secrets`.",
    rationale="Open WebUI ignores a variable that it does not know, so the setting has no effect.",
    reference="https://github.com/open-webui/open-webui/blob/main/CHANGELOG.md",
    example="""\
app:
  image: ghcr.io/open-webui/open-webui:v0.8.12
  environment: {REDIS_SOCKET_TIMEOUT: "10"}
accept: {S366: the upgrade to 0.12.4 is planned}""",
    fixed_example="""\
app:
  image: ghcr.io/open-webui/open-webui:v0.12.4
  environment: {REDIS_SOCKET_TIMEOUT: "10"}""",
    other_keys=("app.secrets",),
)
def unsupported_variable(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    for section, names in (("environment", app.environment), ("secrets", app.secrets)):
        for name in names:
            if not releases.supports_variable(app.image, name):
                since = releases.VARIABLE_SINCE[name]
                message = f"{releases.release(app.image)} does not support this variable; {since} introduced it"
                hint = f"remove it, or use an image of {since} or newer"
                yield Finding(("app", section, name), message, hint, at_key=True)


@rule(
    "S329",
    "error",
    checks="Checks that `app.migration_image` is another image than `app.image`, and of no older release.",
    rationale=(
        "The database is migrated before the service gets the next release. With the same image the upgrade is over, "
        "and Alembic cannot migrate to an older release."
    ),
    reference="https://docs.openwebui.com/troubleshooting/multi-replica#updates-and-migrations",
    example="app: {migration_image: ghcr.io/open-webui/open-webui:v0.12.2}",
    fixed_example="""\
app: {migration_image: ghcr.io/open-webui/open-webui:v0.13.0}
service: {circuit_breaker_rollback: false}
""",
    other_keys=("app.image",),
)
def migration_image(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    if not app.migration_image:
        return
    path, related = ("app", "migration_image"), (("app", "image"),)
    current, following = releases.release(app.image), releases.release(app.migration_image)
    if app.migration_image == app.image:
        hint = "remove it if the migration is done; to migrate, write the image of the next release"
        yield Finding(path, "is the image that the service has", hint, related=related)
    elif current and following and releases.is_older(following, current):
        message = f"{following} is older than {current}, and a database cannot be migrated back"
        yield Finding(path, message, "write the image of the next release, or remove the key", related=related)


@rule(
    "S242",
    "error",
    checks="Checks that `app.pull_through_cache` is used with an image of ECR.",
    rationale="Only a repository of ECR can be in a pull-through cache.",
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html",
    example="app: {pull_through_cache: true}",
    fixed_example="""\
app:
  image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/ghcr/open-webui/open-webui:v0.12.4
  pull_through_cache: true""",
    other_keys=("app.image",),
)
def pull_through_cache(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    if app.pull_through_cache and not ecr.repository_arn(app.image):
        message = "the image is not in a repository of ECR"
        hint = "remove it, or write the address of the image in the cache as app.image"
        yield Finding(("app", "pull_through_cache"), message, hint, related=(("app", "image"),))


@rule(
    "S366",
    "warning",
    checks="Checks that the release of each image has no known fault with several tasks, Redis or PostgreSQL.",
    rationale="Users notice the fault, for example after a failover of Redis; a later release does not have it.",
    reference="docs/openwebui-releases.md",
    example="app: {image: ghcr.io/open-webui/open-webui:v0.9.6}",
    fixed_example="app: {image: ghcr.io/open-webui/open-webui:v0.12.4}",
    other_keys=("app.migration_image",),
)
def release_with_faults(deployment: Deployment) -> Iterator[Finding]:
    for key, image in releases.images(deployment.spec).items():
        release = releases.release(image)
        if not release or list(known_faults.faults(release, deployment.spec, "refused")):  # S302 reports it
            continue
        if faults := list(known_faults.faults(release, deployment.spec, "warning")):
            effects = "; ".join(fault.effect for fault in faults[:_FAULTS_IN_MESSAGE])
            such_as = ", such as" if len(faults) > _FAULTS_IN_MESSAGE else ""
            message = f"{release} has {plural(len(faults), 'known fault')}{such_as}: {effects}"
            hint = f"use {known_faults.JUDGED_UNTIL}, or accept the faults with a reason"
            if key == "image":
                hint += f"; if {release} already runs, follow RUNBOOK.md, Upgrade Open WebUI"
            yield Finding(("app", key), message, hint)
