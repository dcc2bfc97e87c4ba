"""A task definition of ECS, as `aws ecs describe-task-definition` prints it."""

from __future__ import annotations

import json
import re
from typing import Any

from owscale.console.secret_texts import find_secrets
from owscale.discovery import container_choice
from owscale.discovery.aws_commands import plain_value_command, ssm_value_command
from owscale.discovery.plain_data import at, mapping, mappings, named_values, number, text, texts
from owscale.discovery.running_service import Container, Found, RunningService, Secret, Volume
from owscale.domain.openwebui.environment import DATA_FOLDER
from owscale.errors import OwscaleError

MAX_BYTES = 512 * 1024
"""ECS accepts 64 KiB: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"""

_ARN = re.compile(r"arn:aws[a-z-]*:ecs:([a-z0-9-]+):([0-9]{12}):task-definition/(.+)")
_SECRET = re.compile(r"(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:]+)(?::([^:]*):([^:]*):([^:]*))?")
_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}$")
_HINT = "write it with `aws ecs describe-task-definition --task-definition FAMILY > taskdef.json`"
_CPU_UNITS, _MIB = 1024, 1024


def parse(content: bytes, file: str, container: str | None) -> RunningService:
    """Read the text of a file. Raises OwscaleError if it is not a task definition."""
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        place = f":{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise OwscaleError(f"{file}{place}: not JSON", hint=_HINT) from None
    definition = at(data, "taskDefinition") or data
    if not mappings(at(definition, "containerDefinitions")):
        raise OwscaleError(f"{file}: not a task definition; it has no containerDefinitions", hint=_HINT)
    running = read(mapping(definition), container, file)
    running.tags = {text(tag.get("key")): text(tag.get("value")) for tag in mappings(at(data, "tags"))}
    return running


def read(
    definition: dict[str, Any], container: str | None, where: str, behind_load_balancer: str = "", profile: str = ""
) -> RunningService:
    """Return the service of a task definition. Of its containers, the one behind the load balancer is preferred."""
    arn = _ARN.fullmatch(text(definition.get("taskDefinitionArn")))
    name = arn[3] if arn else text(definition.get("family")) or where
    containers = dict(named_values(definition.get("containerDefinitions")))
    candidates = [_candidate(key, each) for key, each in containers.items()]
    preferred = [each for each in candidates if each.name == behind_load_balancer and each.evidence]
    chosen = container_choice.choose(preferred or candidates, container if not preferred or container else None, where)
    found = containers[chosen]
    origin = f"task definition {name}"
    others = [key for key in containers if key != chosen]
    running = RunningService(
        title=f"the task definition {name}",
        container=_container(found, origin if not others else f"{origin}, container {chosen}", profile),
    )
    if arn:
        running.region = Found(arn[1], origin)
        running.account_id = Found(arn[2], origin)
        if not find_secrets(name):  # a command shows it
            running.container.value_command = plain_value_command(arn[0], chosen, arn[1], profile)
    compatibilities = texts(definition.get("requiresCompatibilities"))
    if compatibilities and "FARGATE" not in compatibilities:
        running.left_behind.append("the EC2 instances under the tasks: the new tasks run on Fargate")
    running.left_behind += [_describe_other(key, containers[key]) for key in others]
    _read_size(running, definition, found, origin)
    running.volume = _volume(definition, found, origin)
    return running


def _candidate(name: str, container: dict[str, Any]) -> container_choice.Candidate:
    variables = {each for key in ("environment", "secrets") for each, _ in named_values(container.get(key))}
    mounts = [text(mount.get("containerPath")) for mount in mappings(container.get("mountPoints"))]
    return container_choice.Candidate(name, text(container.get("image")), variables, mounts)


def _describe_other(name: str, container: dict[str, Any]) -> str:
    return f"the container {name} ({text(container.get('image')) or 'no image'}) of the same task: the spec has none"


def _container(container: dict[str, Any], origin: str, profile: str) -> Container:
    files = [text(each.get("value")) for each in mappings(container.get("environmentFiles"))]
    return Container(
        origin=origin,
        image=text(container.get("image")),
        environment={name: text(each.get("value")) for name, each in named_values(container.get("environment"))},
        secrets={
            name: secret(text(each.get("valueFrom")), profile) for name, each in named_values(container.get("secrets"))
        },
        unread=[f"The variables in {file} were not read: add them." for file in files],
        registry_credentials=text(at(container, "repositoryCredentials", "credentialsParameter")),
    )


def secret(reference: str, profile: str) -> Secret:
    """Return the secret that `valueFrom` names.

    A spec takes a secret of Secrets Manager, with or without a key of its JSON, and always in its current version.
    """
    match = _SECRET.fullmatch(reference)
    if match is None:
        if ":secretsmanager:" in reference:
            return Secret(problem="its reference has an unknown form")
        return Secret(
            problem="it is a parameter of Systems Manager, and a spec takes secrets of Secrets Manager",
            copy_command=ssm_value_command(reference, profile),
        )
    arn, key, stage, version = match.groups()
    if version or stage not in (None, "", "AWSCURRENT"):
        return Secret(problem="it is pinned to a version of the secret, and a spec takes the current one")
    if not _SUFFIX.search(arn):
        return Secret(arn=arn, problem="the six random characters at the end of its ARN are missing")
    return Secret(arn=f"{arn}:{key}::" if key else arn)


def _read_size(running: RunningService, definition: dict[str, Any], container: dict[str, Any], origin: str) -> None:
    cpu, memory = number(definition.get("cpu")), number(definition.get("memory"))
    cpu = cpu or number(container.get("cpu")) or _number_with_unit(definition.get("cpu"), "vcpu")
    memory = memory or number(container.get("memory")) or _number_with_unit(definition.get("memory"), "gb")
    running.vcpu = Found(cpu / _CPU_UNITS, origin) if cpu else None
    running.memory_gb = Found(memory / _MIB, origin) if memory else None
    architecture = text(at(definition, "runtimePlatform", "cpuArchitecture"))
    if architecture:
        running.architecture = Found(architecture, origin)
    storage = number(at(definition, "ephemeralStorage", "sizeInGiB"))
    running.ephemeral_storage_gb = Found(int(storage), origin) if storage else None


def _number_with_unit(value: object, unit: str) -> float | None:
    """Return the CPU units or MiB of a text such as `2 vCPU` or `8 GB`, which ECS accepts too."""
    written, _, rest = text(value).strip().partition(" ")
    found = number(written) if rest.strip().lower() == unit else None
    return found * _CPU_UNITS if found else None


def _volume(definition: dict[str, Any], container: dict[str, Any], origin: str) -> Volume | None:
    """Return the volume at the data directory (DATA_DIR), or else the only one on EFS."""
    volumes = dict(named_values(definition.get("volumes")))
    mounts = [
        (text(mount.get("containerPath")), volumes.get(text(mount.get("sourceVolume")), {}))
        for mount in mappings(container.get("mountPoints"))
    ]
    variables = {name: text(each.get("value")) for name, each in named_values(container.get("environment"))}
    folder = variables.get("DATA_DIR") or DATA_FOLDER
    at_data = [(path, volume) for path, volume in mounts if path.rstrip("/") == folder.rstrip("/")]
    on_efs = [(path, volume) for path, volume in mounts if "efsVolumeConfiguration" in volume]
    for path, volume in at_data or on_efs[:1]:
        efs = volume.get("efsVolumeConfiguration")
        return Volume(
            path,
            origin,
            "EFS" if mapping(efs) else "the disk of the task",
            text(at(efs, "fileSystemId")),
            text(at(efs, "authorizationConfig", "accessPointId")),
            text(at(efs, "rootDirectory")),
        )
    return None
