"""Values of the Helm chart of Open WebUI (`values.yaml`).

https://github.com/open-webui/helm-charts/blob/main/charts/open-webui/values.yaml
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from owscale.discovery.plain_data import at, mapping, mappings, number, text, texts
from owscale.discovery.running_service import Container, Found, RunningService, Secret, Volume
from owscale.domain.openwebui.environment import DATA_FOLDER
from owscale.errors import OwscaleError
from owscale.spec.other_yaml import parse_other_yaml

_HINT = "name a values.yaml of the chart open-webui; `helm get values RELEASE --all` prints one"
_CHART_KEYS = {"databaseUrl", "extraEnvVars", "image", "ingress", "ollamaUrls", "openaiBaseApiUrl", "persistence"}
_CHART_KEYS |= {"commonEnvVars", "openaiBaseApiUrls", "replicaCount", "sso", "websocket"}
_REPOSITORY = "ghcr.io/open-webui/open-webui"
_IN_KUBERNETES = "it is a secret of Kubernetes"
_QUANTITY = re.compile(r"(\d{1,12}(?:\.\d+)?)(m|[KMG]i?)?")
_FACTORS = {"m": 1e-3, "K": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
_CHARTS = {"ollama": "Ollama", "pipelines": "Pipelines", "tika": "Apache Tika"}
_SIGN_IN = {
    ("google", "clientId"): "GOOGLE_CLIENT_ID",
    ("google", "clientSecret"): "GOOGLE_CLIENT_SECRET",
    ("microsoft", "clientId"): "MICROSOFT_CLIENT_ID",
    ("microsoft", "clientSecret"): "MICROSOFT_CLIENT_SECRET",
    ("microsoft", "tenantId"): "MICROSOFT_CLIENT_TENANT_ID",
    ("github", "clientId"): "GITHUB_CLIENT_ID",
    ("github", "clientSecret"): "GITHUB_CLIENT_SECRET",
    ("oidc", "clientId"): "OAUTH_CLIENT_ID",
    ("oidc", "clientSecret"): "OAUTH_CLIENT_SECRET",
    ("oidc", "providerUrl"): "OPENID_PROVIDER_URL",
    ("oidc", "providerName"): "OAUTH_PROVIDER_NAME",
    ("oidc", "scopes"): "OAUTH_SCOPES",
    ("trustedHeader", "emailHeader"): "WEBUI_AUTH_TRUSTED_EMAIL_HEADER",
    ("trustedHeader", "nameHeader"): "WEBUI_AUTH_TRUSTED_NAME_HEADER",
}
"""The variables that the chart sets from `sso`, by the provider and the key, if the provider is enabled:
https://github.com/open-webui/helm-charts/blob/main/charts/open-webui/templates/workload-manager.yaml"""
_SIGN_IN_SWITCHES = {
    "enableSignup": "ENABLE_OAUTH_SIGNUP",
    "mergeAccountsByEmail": "OAUTH_MERGE_ACCOUNTS_BY_EMAIL",
    "enableRoleManagement": "ENABLE_OAUTH_ROLE_MANAGEMENT",
    "enableGroupManagement": "ENABLE_OAUTH_GROUP_MANAGEMENT",
}
_S3 = {
    "accessKey": "S3_ACCESS_KEY_ID",
    "secretKey": "S3_SECRET_ACCESS_KEY",
    "endpointUrl": "S3_ENDPOINT_URL",
    "region": "S3_REGION_NAME",
    "bucket": "S3_BUCKET_NAME",
    "keyPrefix": "S3_KEY_PREFIX",
}


def parse(content: bytes, file: str, _container: str | None) -> RunningService:
    """Read the text of a file. Raises OwscaleError if it is not values of the chart."""
    values = mapping(parse_other_yaml(content.decode("utf-8-sig", errors="replace"), file, _HINT))
    if not _CHART_KEYS & values.keys() and "open-webui" in values:
        values = mapping(values["open-webui"])  # the values of a chart with the chart of Open WebUI as its dependency
    if not _CHART_KEYS & values.keys():
        raise OwscaleError(f"{file}: not values of the chart of Open WebUI: it has none of their keys", hint=_HINT)
    origin = f"{file}"
    running = RunningService(f"the Helm values in {file}", Container(origin))
    container = running.container
    tag = text(at(values, "image", "tag"))
    if tag or at(values, "image", "repository"):
        container.image = f"{text(at(values, 'image', 'repository')) or _REPOSITORY}{f':{tag}' if tag else ''}"
    container.environment |= {name: value for name, value in _chart_variables(values) if value}
    for key in ("commonEnvVars", "extraEnvVars"):
        _add_variables(container, values.get(key))
    for source in mappings(values.get("extraEnvFrom")):
        name = text(at(source, "secretRef", "name")) or text(at(source, "configMapRef", "name"))
        container.unread.append(f"The variables in {name or 'extraEnvFrom'} of Kubernetes were not read: add them.")
    _add_existing_secrets(container, values)
    running.left_behind += [
        f"{title}, which the chart installs beside Open WebUI"
        for chart, title in _CHARTS.items()
        if text(at(values, chart, "enabled")) == "true"
    ]
    limits = at(values, "resources", "limits") or at(values, "resources", "requests")
    cpu, memory = _quantity(at(limits, "cpu")), _quantity(at(limits, "memory"))
    running.vcpu = Found(cpu, origin) if cpu else None
    running.memory_gb = Found(memory / 2**30, origin) if memory else None
    tasks = number(values.get("replicaCount"))
    running.tasks = Found(int(tasks), origin) if tasks else None
    if text(at(values, "persistence", "enabled")) != "false":
        running.volume = Volume(DATA_FOLDER, origin, "a volume of Kubernetes")
    return running


def _chart_variables(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the variables that the chart derives from other values."""
    yield "DATABASE_URL", text(values.get("databaseUrl"))
    yield "OLLAMA_BASE_URLS", ";".join(texts(values.get("ollamaUrls")))
    urls, keys = texts(values.get("openaiBaseApiUrls")), texts(values.get("openaiApiKeys"))
    yield from (("OPENAI_API_BASE_URLS", ";".join(urls)), ("OPENAI_API_KEYS", ";".join(keys)))
    if not urls:
        yield "OPENAI_API_BASE_URL", text(values.get("openaiBaseApiUrl"))
        yield "OPENAI_API_KEY", text(values.get("openaiApiKey"))
    if text(at(values, "ingress", "enabled")) == "true" and text(at(values, "ingress", "tls")) == "true":
        yield "WEBUI_URL", f"https://{text(at(values, 'ingress', 'host'))}"
    websocket = values.get("websocket")
    if text(at(websocket, "enabled")) == "true":
        yield "WEBSOCKET_MANAGER", text(at(websocket, "manager"))
        yield "WEBSOCKET_REDIS_URL", text(at(websocket, "url"))
    elif text(at(websocket, "enabled")) == "false":
        yield "ENABLE_WEBSOCKET_SUPPORT", "false"
    provider = text(at(values, "persistence", "provider"))
    if provider not in {"", "local"}:
        yield "STORAGE_PROVIDER", provider
    if provider == "s3":
        yield from ((variable, text(at(values, "persistence", "s3", key))) for key, variable in _S3.items())
    if text(at(values, "sso", "enabled")) == "true":
        yield from ((name, text(at(values, "sso", key))) for key, name in _SIGN_IN_SWITCHES.items())
        for (provider, key), variable in _SIGN_IN.items():
            if text(at(values, "sso", provider, "enabled")) == "true":
                yield variable, text(at(values, "sso", provider, key))


def _add_variables(container: Container, value: object) -> None:
    """Add the variables of a list of `name` and `value`, or of a mapping."""
    entries = {text(each.get("name")): each for each in mappings(value)} or mapping(value)
    for name, each in entries.items():
        if not name:
            continue
        source = mapping(at(each, "valueFrom"))
        container.environment.pop(name, None)
        if "secretKeyRef" in source:
            reference = f"{text(at(source, 'secretKeyRef', 'name'))}, {text(at(source, 'secretKeyRef', 'key'))}"
            container.secrets[name] = Secret(problem=f"{_IN_KUBERNETES} ({reference})")
        elif source:
            container.unset.append(name)
        else:
            container.environment[name] = text(at(each, "value")) if isinstance(each, dict) else text(each)


def _add_existing_secrets(container: Container, values: dict[str, Any]) -> None:
    for provider in ("google", "microsoft", "github", "oidc"):
        name = text(at(values, "sso", provider, "clientExistingSecret"))
        if name and text(at(values, "sso", provider, "enabled")) == "true":
            variable = _SIGN_IN[provider, "clientSecret"]
            container.environment.pop(variable, None)
            container.secrets[variable] = Secret(problem=f"{_IN_KUBERNETES} ({name})")

    if container.environment.get("STORAGE_PROVIDER") != "s3":
        return
    for key in ("accessKey", "secretKey"):
        if name := text(at(values, "persistence", "s3", f"{key}ExistingSecret")):
            container.environment.pop(_S3[key], None)
            container.secrets[_S3[key]] = Secret(problem=f"{_IN_KUBERNETES} ({name})")


def _quantity(value: object) -> float | None:
    match = _QUANTITY.fullmatch(text(value))
    return float(match[1]) * _FACTORS.get(match[2] or "", 1) if match else None
