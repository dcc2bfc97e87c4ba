"""The environment of a container, read from the Terraform that owscale renders for a spec."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from owscale.rules.runner import check_deployment
from owscale.spec.deployment import Deployment
from owscale.terraform.config.evaluation import Failure, Instance, evaluate_root_module
from owscale.workflow.pipeline import expected_files, load_specs
from owscale.workflow.project import ProjectPaths
from tests._support.cases import GOLDEN

_SUBNET_RANGES = "127.0.0.0/8"
"""The load balancer and the tasks of the tests are on the loopback address."""

SPEC_FOR_TESTS = """
app:
  workers: 1
  public_url: https://chat.example.com
  environment:
    BYPASS_MODEL_ACCESS_CONTROL: "true"
    ENABLE_OLLAMA_API: "false"
    HF_HUB_OFFLINE: "1"
    OFFLINE_MODE: "true"
    OPENAI_API_BASE_URL: http://models.internal/v1
    RAG_EMBEDDING_ENGINE: openai
    RAG_OPENAI_API_BASE_URL: http://models.internal/v1
  secrets:
    OPENAI_API_KEY: arn:aws:secretsmanager:eu-west-1:111122223333:secret:openai-AbCdEf
    RAG_OPENAI_API_KEY: arn:aws:secretsmanager:eu-west-1:111122223333:secret:openai-AbCdEf
existing: {service: chat-old}
load_balancer: {tls_termination: proxy}
service: {instances: 2}
redis: {nodes: 2}
"""
"""Merged over tests/golden/minimal/spec.yaml: remote embedding, a model server, and nothing from the internet."""


@dataclass(frozen=True)
class ContainerDefinition:
    """The container of a task, from the JSON that ECS gets.

    `secrets` has, by variable, the address that ECS reads its value from, or None where only AWS knows it.
    """

    image: str
    environment: Mapping[str, str]
    secrets: Mapping[str, str | None]
    mount_path: str
    port: int

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the environment with a value for each secret. Raises KeyError for a secret without one."""
        return {**self.environment, **{name: values[name] for name in self.secrets}}


def load_deployment(folder: Path, changes: Mapping[str, Any] | None = None) -> Deployment:
    """Return a valid deployment of the spec of these tests, with changes merged over it."""
    spec = yaml.safe_load((GOLDEN / "minimal/spec.yaml").read_text())
    for layer in (yaml.safe_load(SPEC_FOR_TESTS), changes or {}):
        spec = _merged(spec, layer)
    path = folder / "spec.yaml"
    path.write_text(yaml.safe_dump(spec))
    specs = load_specs(path)
    problems = [each for each in specs.report if each.severity == "error"]
    assert not problems, problems
    [checked] = specs.deployments
    return checked.deployment


def container_definition(deployment: Deployment, folder: Path) -> ContainerDefinition:
    """Return the container of the rendered task definition."""
    [definition] = rendered_resources(deployment, folder, "aws_ecs_task_definition")
    value = definition["container_definitions"]
    assert not isinstance(value, Failure), value
    [container] = json.loads(value) if isinstance(value, str) else value
    [mount] = container["mountPoints"]
    return ContainerDefinition(
        container["image"],
        {entry["name"]: entry["value"] for entry in container["environment"]},
        {entry["name"]: entry["valueFrom"] for entry in container["secrets"]},
        mount["containerPath"],
        container["portMappings"][0]["containerPort"],
    )


def rendered_resources(deployment: Deployment, folder: Path, kind: str) -> list[Mapping[str, Any]]:
    """Return the arguments of each rendered resource of a type."""
    files = expected_files(check_deployment(deployment), ProjectPaths(folder / "spec.yaml", folder / "out"))
    texts = {str(path): file.content.decode() for path, file in files.files.items() if str(path).endswith(".tf")}
    root = evaluate_root_module(texts, _Attributes, {"webui_secret_key": "secret"})
    return [
        instance.arguments for instance in root.instances() if isinstance(instance, Instance) and instance.type == kind
    ]


class _Attributes(dict[str, Any]):
    """Attributes that AWS computes, each a text that names it; a known one has its value."""

    def __init__(self, address: str) -> None:
        super().__init__(cidr_block=_SUBNET_RANGES)
        self._address = address

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> str:
        return f"{self._address}.{key}"

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] or default


def _merged(base: Any, layer: Any) -> Any:
    if isinstance(base, dict) and isinstance(layer, Mapping):
        return base | {key: _merged(base.get(key), value) for key, value in layer.items()}
    return layer
