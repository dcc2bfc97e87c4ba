"""Each handled variable has the effect that the table of variables states."""

import pytest

from owscale.domain.openwebui.variables import details
from owscale.rules.runner import check_deployment
from tests._support.cases import altered, cases

SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:chat-AbCdEf"  # noqa: S105 -- the address of a secret
PUBLIC_URL = "https://chat.example.com"

BAD_VALUES: dict[str, dict[str, str]] = {
    "S301": {"PGVECTOR_POOL_MAX_OVERFLOW": "500"},
    "S302": {"WEBSOCKET_REDIS_OPTIONS": '{"retry_on_timeout": true}'},
    "S303": dict.fromkeys(("WEBSOCKET_SERVER_PING_INTERVAL", "WEBSOCKET_SERVER_PING_TIMEOUT"), "3600"),
    "S308": {"REDIS_HEALTH_CHECK_INTERVAL": "86400"},
    "S312": {"ENABLE_WEBSOCKET_SUPPORT": "false"},
    "S313": {"WEBSOCKET_MANAGER": ""},
    "S314": {
        "REDIS_CLUSTER": "true",
        "REDIS_SENTINEL_HOSTS": "redis.example.com",
        "WEBSOCKET_REDIS_CLUSTER": "true",
        "WEBSOCKET_SENTINEL_HOSTS": "redis.example.com",
    },
    "S315": {"DATA_DIR": "/tmp", "STATIC_DIR": "//app/backend/data/../data/static", "STORAGE_PROVIDER": "ftp"},  # noqa: S108 -- a value of a spec
    "S316": dict.fromkeys(("DATABASE_HOST", "DATABASE_NAME", "DATABASE_PORT", "DATABASE_TYPE", "DATABASE_USER"), "x"),
    "S317": {"CORS_ALLOW_ORIGIN": "*"},
    "S319": {"ENABLE_PERSISTENT_CONFIG": "false", "RESET_CONFIG_ON_START": "true"},
    "S323": {name: "REMOTE_USER" for name, code in details("rule").items() if code == "S323"},
    "S325": {"ENABLE_BASE_MODELS_CACHE": "true", "MODELS_CACHE_TTL": " 0 "},
    "S326": {
        name: "https://chat.example.com.evil.example/callback"
        for name, code in details("rule").items()
        if code == "S326"
    },
    "S327": dict.fromkeys(("WEBUI_AUTH_COOKIE_SAME_SITE", "WEBUI_SESSION_COOKIE_SAME_SITE"), "sometimes"),
    "S359": dict.fromkeys(("WEBUI_AUTH_COOKIE_SECURE", "WEBUI_SESSION_COOKIE_SECURE"), "false"),
    "S364": {"AUDIT_LOGS_FILE_PATH": "/app/backend/data/logs/audit.log"},
}
"""A value of each variable that its rule reports."""

ELSEWHERE = {"DATABASE_PASSWORD": "S304"}
"""Variables that another rule reports first under `app.environment`."""


def codes(
    environment: dict[str, str] | None = None,
    secrets: dict[str, str] | None = None,
    *,
    tls_termination: str | None = "proxy",
    **app: object,
) -> set[str]:
    """Return the codes of a deployment with several workers of an old release behind a proxy."""
    (deployment,) = next(case for case in cases() if case.name == "minimal").deployments()
    spec = deployment.spec
    given = {
        "environment": environment or {},
        "image": "ghcr.io/open-webui/open-webui:v0.11.1",
        "public_url": PUBLIC_URL,
        "secrets": secrets or {},
        "workers": 2,
        **app,
    }
    balancer = altered(spec.load_balancer, tls_termination=tls_termination)
    spec = altered(spec, app=altered(spec.app, **given), load_balancer=balancer)
    return {diagnostic.code for diagnostic in check_deployment(deployment._replace(spec=spec)).diagnostics}


def test_every_checked_variable_has_a_bad_value_or_an_address() -> None:
    bad = {name for values in BAD_VALUES.values() for name in values}
    addresses = {name for name, code in details("rule").items() if code == "S305"}
    assert bad | addresses | set(ELSEWHERE) == set(details("rule"))


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [(name, value, code) for code, values in BAD_VALUES.items() for name, value in values.items()],
)
def test_rule_reports_a_bad_value(name: str, value: str, code: str) -> None:
    assert details("rule")[name] == code
    companion = {"AUDIT_LOG_LEVEL": "REQUEST"} if code == "S364" else {}
    image = f"ghcr.io/open-webui/open-webui:v{'0.12.3' if code == 'S302' else '0.11.1'}"
    assert code not in codes(image=image)
    assert code in codes({name: value, **companion}, image=image)


@pytest.mark.parametrize("name", [name for name, code in details("rule").items() if code == "S305"])
def test_vector_database_needs_its_address(name: str) -> None:
    database = {"ELASTICSEARCH_URL": "elasticsearch", "ORACLE_DB_DSN": "oracle23ai"}.get(
        name, name.split("_", maxsplit=1)[0].lower()
    )
    assert "S305" in codes(vector_database=database)
    assert "S305" in codes({name: ""}, vector_database=database)
    assert "S305" not in codes({name: "https://vectors.example.com"}, vector_database=database)
    assert "S305" not in codes(secrets={name: SECRET}, vector_database=database)


@pytest.mark.parametrize("section", ["environment", "secrets"])
@pytest.mark.parametrize(
    ("name", "code"),
    [*((name, "S309") for name in details("key")), *((name, "S324") for name in details("refused"))],
)
def test_variable_with_a_key_or_refused_is_an_error_everywhere(name: str, code: str, section: str) -> None:
    found = codes({name: "1"}) if section == "environment" else codes(secrets={name: SECRET})
    assert code in found


@pytest.mark.parametrize("name", details("secret"))
def test_managed_secret_is_an_error_everywhere(name: str) -> None:
    assert "S304" in codes({name: "value"})
    assert "S306" in codes(secrets={name: SECRET})


@pytest.mark.parametrize(("name", "code"), details("rule").items())
def test_checked_variable_is_an_error_as_a_secret(name: str, code: str) -> None:
    """An address may be a secret; parts of the database URL are errors of their own."""
    expected = {"S305": set(), "S316": {"S316"}}.get(code, {"S307", "S322"})
    found = codes(secrets={name: SECRET}) & {"S307", "S316", "S322"}
    assert (found & expected) if expected else not found


@pytest.mark.parametrize("ttl", ["1", "60", "-1", "often"])
def test_lists_of_models_that_expire_are_valid(ttl: str) -> None:
    assert "S325" not in codes({"MODELS_CACHE_TTL": ttl})


def test_caches_of_a_single_process_are_valid() -> None:
    (deployment,) = next(case for case in cases() if case.name == "minimal").deployments()
    spec = altered(
        deployment.spec,
        app=altered(deployment.spec.app, environment={"MODELS_CACHE_TTL": ""}),
        autoscaling=altered(deployment.spec.autoscaling, enabled=False),
        service=altered(deployment.spec.service, instances=1),
    )
    assert "S325" not in {
        diagnostic.code for diagnostic in check_deployment(deployment._replace(spec=spec)).diagnostics
    }


def test_shared_list_of_models_is_valid() -> None:
    image = "ghcr.io/open-webui/open-webui:v0.11.2"
    assert "S325" not in codes({"ENABLE_BASE_MODELS_CACHE": "true"}, image=image)


@pytest.mark.parametrize("overflow", ["", "0", "many"])
def test_vector_store_without_overflow_adds_no_connections(overflow: str) -> None:
    assert "S301" not in codes({"PGVECTOR_POOL_MAX_OVERFLOW": overflow})


@pytest.mark.parametrize("overflow", ["-1", "1" + "0" * 400])
def test_overflow_without_a_limit_is_an_error(overflow: str) -> None:
    assert "S301" in codes({"PGVECTOR_POOL_MAX_OVERFLOW": overflow})


@pytest.mark.parametrize("folder", ["/app/backend/database", "data", "", "/app/backend/static"])
def test_folders_of_one_task_are_valid(folder: str) -> None:
    assert "S315" not in codes({"STATIC_DIR": folder})


def test_overflow_of_another_vector_database_does_not_count() -> None:
    environment = {"PGVECTOR_POOL_MAX_OVERFLOW": "-1", "QDRANT_URI": "https://vectors.example.com"}
    assert "S301" not in codes(environment, vector_database="qdrant")


def test_none_is_valid_with_secure_cookies_only() -> None:
    name = "WEBUI_SESSION_COOKIE_SAME_SITE"
    assert "S327" not in codes({name: "None"})
    assert "S327" in codes({name: "None", "WEBUI_SESSION_COOKIE_SECURE": "false"})
    assert "S327" in codes({name: "None"}, public_url=None, tls_termination=None)
    assert "S327" not in codes(
        {name: "None", "WEBUI_SESSION_COOKIE_SECURE": "true"}, public_url=None, tls_termination=None
    )
    assert "S327" in codes({name: "None", "WEBUI_AUTH_COOKIE_SECURE": "true"}, public_url=None, tls_termination=None)


@pytest.mark.parametrize(
    "name",
    [
        "ANTHROPIC_BASE_URL",
        "CURL_CA_BUNDLE",
        "DD_AGENT_HOST",
        "HF_TOKEN",
        "HTTPS_PROXY",
        "LANG",
        "OPENAI_ORGANIZATION",
        "OTEL_SERVICE_NAME",
        "REQUESTS_CA_BUNDLE",
        "TZ",
        "WEBSOCKET_REDIS_OPTIONS",
    ],
)
def test_variable_of_a_library_is_not_misspelled(name: str) -> None:
    assert "S371" not in codes({name: "a"})


@pytest.mark.parametrize("name", ["ENABLE_SINGUP", "OPENAI_API_BASE_URLL", "RAG_EMBEDING_MODEL", "WEBUI_NAMES"])
def test_misspelled_variable_is_reported(name: str) -> None:
    assert "S371" in codes({name: "a"})
