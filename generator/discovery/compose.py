"""A service of a compose file (`docker-compose.yml`).

https://docs.docker.com/reference/compose-file/services/
"""

from __future__ import annotations

import re
from typing import Any

from owscale.discovery import container_choice
from owscale.discovery.plain_data import at, mapping, mappings, number, text, texts
from owscale.discovery.running_service import Container, Found, RunningService, Volume
from owscale.domain.openwebui.environment import DATA_FOLDER
from owscale.errors import OwscaleError
from owscale.spec.other_yaml import parse_other_yaml

_HINT = "name a compose file, such as docker-compose.yml"
_INTERPOLATION = re.compile(
    r"\$(?:\$|(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<op>:?[-?+])(?P<other>[^}]*))?\})"
)
_MEMORY = re.compile(r"(\d{1,12}(?:\.\d+)?)\s*([bkmg])?b?", re.IGNORECASE)
_BYTES = {"b": 1, "k": 2**10, "m": 2**20, "g": 2**30}


def parse(content: bytes, file: str, service: str | None) -> RunningService:
    """Read the text of a file. Raises OwscaleError if it has no service of Open WebUI."""
    data = parse_other_yaml(content.decode("utf-8-sig", errors="replace"), file, _HINT)
    services = {name: mapping(each) for name, each in mapping(at(data, "services")).items()}
    if not services:
        raise OwscaleError(f"{file}: not a compose file; it has no services", hint=_HINT)
    chosen = container_choice.choose([_candidate(name, each) for name, each in services.items()], service, file)
    found = services[chosen]
    origin = f"service {chosen}"
    running = RunningService(f"the service {chosen} in {file}", Container(origin))
    container = running.container
    container.image, _ = _interpolate(text(found.get("image")))
    for name, value in _pairs(found.get("environment")).items():
        resolved, is_complete = _interpolate(value) if value is not None else ("", False)
        if is_complete:
            container.environment[name] = resolved
        else:
            container.unset.append(name)
    container.unread = [f"The variables in {each} were not read: add them." for each in _env_files(found)]
    secrets = [each if isinstance(each, str) else text(at(each, "source")) for each in found.get("secrets") or ()]
    running.left_behind += [
        f"the secret {each}, which the container reads from a file" for each in filter(None, secrets)
    ]
    running.left_behind += [
        f"the service {name} ({text(each.get('image')) or 'built from source'})"
        for name, each in services.items()
        if name != chosen
    ]
    limits = at(found, "deploy", "resources", "limits")
    cpus = number(at(limits, "cpus")) or number(found.get("cpus"))
    memory = _memory(at(limits, "memory")) or _memory(found.get("mem_limit"))
    running.vcpu = Found(cpus, origin) if cpus else None
    running.memory_gb = Found(memory, origin) if memory else None
    running.architecture = _architecture(text(found.get("platform")), origin)
    if any(each.rstrip("/") == DATA_FOLDER for each in _mounts(found)):
        running.volume = Volume(DATA_FOLDER, origin, "a volume of Docker")
    return running


def _candidate(name: str, service: dict[str, Any]) -> container_choice.Candidate:
    variables = _pairs(service.get("environment"))
    return container_choice.Candidate(name, text(service.get("image")), variables, _mounts(service))


def _pairs(value: object) -> dict[str, str | None]:
    """Return the variables of a mapping, or of a list of `NAME=value`; None for a value of the shell."""
    if isinstance(value, list):
        parts = [item.partition("=") for item in texts(value)]
        return {name: item if sign else None for name, sign, item in parts if name}
    return {name: text(item) if item is not None and item != "" else None for name, item in mapping(value).items()}


def _interpolate(value: str) -> tuple[str, bool]:
    """Return a text with the defaults of its variables, and whether each variable has one."""
    is_complete = True

    def replace(match: re.Match[str]) -> str:
        nonlocal is_complete
        if match[0] == "$$":
            return "$"
        if match["op"] in ("-", ":-"):
            return match["other"]
        is_complete = False
        return ""

    return _INTERPOLATION.sub(replace, value), is_complete


def _env_files(service: dict[str, Any]) -> list[str]:
    value = service.get("env_file")
    files = value if isinstance(value, list) else [value]
    return [found for each in files if (found := text(each) or text(at(each, "path")))]


def _mounts(service: dict[str, Any]) -> list[str]:
    volumes = service.get("volumes")
    short = [each.split(":")[1] for each in texts(volumes) if ":" in each]
    return short + [text(each.get("target")) for each in mappings(volumes)]


def _memory(value: object) -> float | None:
    match = _MEMORY.fullmatch(text(value).strip())
    return float(match[1]) * _BYTES[(match[2] or "b").lower()] / 2**30 if match else None


def _architecture(platform: str, origin: str) -> Found[str] | None:
    if not platform:
        return None
    return Found("ARM64" if "arm64" in platform else "X86_64", f"{origin}, platform {platform}")
