"""What the image's release can do."""

from collections.abc import Iterator

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment
from generator.facts import releases


@rule(
    "S310",
    "error",
    "Before 0.7.0 every process migrates the database when it starts, and two at once break it: Alembic takes no lock.",
    reference="https://github.com/open-webui/open-webui/commit/9824f0e33359a917ac07b60bf1f972074d5c8203",
    example="app: {image: ghcr.io/open-webui/open-webui:v0.6.43}",
    mend="app: {image: ghcr.io/open-webui/open-webui:v0.12.4}",
)
def old_release(deployment: Deployment) -> Iterator[Finding]:
    release = releases.release(deployment.spec.app.image)
    if release and releases.older(release, releases.OLDEST):
        message = f"{release} is too old: ENABLE_DB_MIGRATIONS, which keeps tasks from migrating, came with 0.7.0"
        hint = "bring the service that is replaced to 0.7.0 or later first; then name the same version here"
        yield Finding(("app", "image"), message, hint)


@rule(
    "S311",
    "error",
    "Open WebUI ignores a variable that it does not know, and what it was to change stays as it is.",
    reference="https://github.com/open-webui/open-webui/blob/main/CHANGELOG.md",
    example="""\
app:
  image: ghcr.io/open-webui/open-webui:v0.8.12
  environment: {REDIS_SOCKET_TIMEOUT: "10"}""",
    mend="""\
app:
  image: ghcr.io/open-webui/open-webui:v0.11.0
  environment: {REDIS_SOCKET_TIMEOUT: "10"}""",
)
def unknown_variable(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    for section, names in (("environment", app.environment), ("secrets", app.secrets)):
        for name in names:
            if not releases.knows(app.image, name):
                message = f"{releases.release(app.image)} does not know it; {releases.SINCE[name]} brought it"
                hint = f"remove it, or take an image of {releases.SINCE[name]} or later"
                yield Finding(("app", section, name), message, hint, on_key=True)
