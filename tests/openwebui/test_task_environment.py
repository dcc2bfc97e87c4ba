"""The environment of the tests is that of the rendered task definition; without Open WebUI, so `make test` runs it."""

from pathlib import Path

import pytest

from owscale.domain.openwebui import environment
from tests.openwebui.task_environment import container_definition, load_deployment

SECRETS = {
    "DATABASE_URL",
    "OPENAI_API_KEY",
    "RAG_OPENAI_API_KEY",
    "REDIS_URL",
    "WEBSOCKET_REDIS_URL",
    "WEBUI_SECRET_KEY",
}


@pytest.mark.parametrize("release", ["0.7.0", "0.12.4"])
def test_environment_of_the_container_is_complete(tmp_path: Path, release: str) -> None:
    image = f"ghcr.io/open-webui/open-webui:v{release}"
    deployment = load_deployment(tmp_path, {"app": {"image": image}})
    container = container_definition(deployment, tmp_path)
    assert container.image == image
    spec = deployment.spec
    expected = environment.default_environment(spec) | spec.app.environment
    assert container.environment == expected | {"FORWARDED_ALLOW_IPS": "127.0.0.0/8,127.0.0.0/8"}
    assert set(container.secrets) == SECRETS
    assert (container.mount_path, container.port) == (environment.DATA_FOLDER, 8080)
    filled = container.filled(dict.fromkeys(SECRETS, "secret"))
    assert set(filled) == set(expected) | SECRETS | {"FORWARDED_ALLOW_IPS"}


def test_secret_without_a_value_is_an_error(tmp_path: Path) -> None:
    container = container_definition(load_deployment(tmp_path), tmp_path)
    with pytest.raises(KeyError, match="REDIS_URL"):
        container.filled(dict.fromkeys(SECRETS - {"REDIS_URL"}, "secret"))
