"""Variables that Open WebUI reads only for a database without settings, or without users."""

from collections.abc import Iterator

from owscale.domain.openwebui import database_settings, environment
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

_ADMIN_PAIR = ("WEBUI_ADMIN_EMAIL", "WEBUI_ADMIN_PASSWORD")


@rule(
    "S367",
    "warning",
    checks="Checks that no variable in `app.environment` or `app.secrets` only seeds a setting in the database.",
    rationale="Open WebUI stores the value when the database has none. Later it reads the database: a change of the "
    "variable, or a new value of the secret, restarts the tasks and changes nothing.",
    reference="docs/openwebui-variables.md",
    example="app: {environment: {RAG_TOP_K: '5'}}",
    fixed_example="app: {environment: {}}",
    other_keys=("app.image", "app.secrets"),
)
def seeded_settings(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    for section, names in (("environment", app.environment), ("secrets", app.secrets)):
        for name in names:
            if name in environment.SPEC_KEYS_BY_VARIABLE:  # S309 reports it
                continue
            if setting := database_settings.seeded_setting(deployment.spec, name):
                message = (
                    f"only a database without the setting {setting} reads this variable; a later change has no effect"
                )
                hint = (
                    "change the setting in the admin panel of Open WebUI, and keep the variable only for a new database"
                )
                yield Finding(("app", section, name), message, hint, at_key=True)


@rule(
    "S368",
    "error",
    checks="Checks that the first administrator has both an email address and a password.",
    rationale="Open WebUI ignores one without the other, and the first visitor of an empty database becomes its "
    "administrator.",
    reference="https://docs.openwebui.com/reference/env-configuration#webui_admin_email",
    example="app: {environment: {WEBUI_ADMIN_EMAIL: admin@example.com}}",
    fixed_example="""\
app:
  environment: {WEBUI_ADMIN_EMAIL: admin@example.com}
  secrets: {WEBUI_ADMIN_PASSWORD: arn:aws:secretsmanager:eu-west-1:111122223333:secret:admin-AbCdEf}""",
    other_keys=("app.secrets",),
)
def first_administrator(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    sections = {
        name: section
        for section, names in (("environment", app.environment), ("secrets", app.secrets))
        for name in _ADMIN_PAIR
        if names.get(name)
    }
    if len(sections) == 1:
        ((name, section),) = sections.items()
        missing = next(other for other in _ADMIN_PAIR if other != name)
        place = "app.secrets" if missing == "WEBUI_ADMIN_PASSWORD" else "app.environment"
        message = f"has no effect without {missing}"
        yield Finding(("app", section, name), message, f"add {missing} under {place}, or remove it", at_key=True)
