"""Many deployments, made from spec/spec.yaml: one spec each, with its own name, state key and service.

Also a plan of many resources, made from a recorded one.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from benchmarks import environment
from benchmarks.paths import PROJECT, owscale

_SPEC = (PROJECT / "spec/spec.yaml").read_text(encoding="utf-8")
_KEYS = {
    "alarms": ("cpu_percent", "memory_percent", "period_seconds", "redis_evictions", "target_5xx_count"),
    "app": ("client_timeout_seconds", "threads", "workers"),
    "autoscaling": ("cpu_percent", "max", "min", "scale_in_cooldown_seconds", "scale_out_cooldown_seconds"),
    "load_balancer": ("http_port", "https_port", "idle_timeout_seconds", "slow_start_seconds", "stickiness_seconds"),
    "redis": ("idle_timeout_seconds", "nodes", "snapshot_retention_days"),
    "secrets": ("recovery_window_days",),
    "service": ("instances", "memory_gb", "vcpu"),
}
_OWN = {
    "service: webui3": "service: webui-{:04}",
    "openwebui/database-url": "openwebui/{:04}/database-url",
    "sg-0a1b2c3d4e5f60701": "sg-0a1b2c3d4e5f7{:04}",
    "fsap-0a1b2c3d4e5f60718": "fsap-0a1b2c3d4e5f7{:04}",
    "https://ai-glondon": "https://ai-{:04}",
}
"""Existing resources that no two deployments may share, and those of each deployment."""
_PLAN = PROJECT / "tests/plans/no-change"
_TOPICS = 950  # beside the resources of the deployment, about 1,000
_CHANGED_TEMPLATE = "modules/network/tasks.tf.j2"
_COMMENT = re.compile(r"^# Benchmark [0-9]+\.\n")


def write_specs(directory: Path, deployments: int) -> None:
    """Write spec/ with that many deployments, which differ a little in size, as real ones do."""
    (directory / "spec").mkdir(parents=True, exist_ok=True)
    for number in range(deployments):
        (directory / f"spec/chat-{number:04}.yaml").write_text(_spec(number), encoding="utf-8")


def _spec(number: int) -> str:
    text = _SPEC.replace("gravity-ai-chat", f"chat-{number:04}").replace("webui3-scaled", f"chat-{number:04}")
    for shared, own in _OWN.items():
        text = text.replace(shared, own.format(number))
    return text.replace("instances: 3", f"instances: {2 + number % 8}")


def generate_output(directory: Path, deployments: int) -> None:
    """Write spec/, and generate its out/ with owscale."""
    write_specs(directory, deployments)
    _generate(directory)


def _generate(directory: Path) -> None:
    subprocess.run(  # noqa: S603 -- the owscale that make installed
        [owscale(), "generate"], cwd=directory, env=environment.variables(directory), capture_output=True, check=True
    )


def generate_with_own_template(directory: Path) -> None:
    """Generate the out/ of a spec with a template of its own, which includes the shipped one."""
    own = directory / "spec/own"
    own.mkdir(parents=True)
    (own / "outputs.tf.j2").write_text('{% include "owscale/outputs.tf.j2" %}', encoding="utf-8")
    generate_output(directory, 1)
    path = directory / "spec/chat-0000.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\ncustom: {{templates: own}}\n", encoding="utf-8")
    _generate(directory)


def write_large_plan(directory: Path) -> None:
    """Write a deployment with many topics in a file of its own, and plan.json, which creates these topics."""
    (directory / "spec").mkdir(parents=True)
    shutil.copy(_PLAN / "spec.yaml", directory / "spec/chat.yaml")
    _generate(directory)
    names = [f"topic{number:04}" for number in range(_TOPICS)]
    code = f'resource "aws_sns_topic" "many" {{\n  for_each = toset({json.dumps(names)})\n  name = each.key\n}}\n'
    (root,) = (directory / "out").glob("*/*")
    (root / "many.tf").write_text(code, encoding="utf-8")
    plan = json.loads((_PLAN / "plan.json").read_text(encoding="utf-8"))
    topic = {"mode": "managed", "type": "aws_sns_topic", "name": "many"}
    managed = topic | {"provider_name": "registry.terraform.io/hashicorp/aws"}
    written = topic | {"address": "aws_sns_topic.many", "provider_config_key": "aws", "for_each_expression": {}}
    plan["configuration"]["root_module"]["resources"] = [
        written | {"expressions": {"name": {"references": ["each.key"]}}}
    ]
    planned = plan["planned_values"]["root_module"].setdefault("resources", [])
    for name in names:
        entry = managed | {"address": f'aws_sns_topic.many["{name}"]', "index": name}
        change = {"actions": ["create"], "before": None, "after": {"name": name}, "after_unknown": {"arn": True}}
        plan["resource_changes"].append(entry | {"change": change})
        planned.append(entry | {"values": {"name": name}})
    (directory / "plan.json").write_text(json.dumps(plan), encoding="utf-8")


def change_value(directory: Path, number: int) -> None:
    """Change one value of the first spec, to another one in each round."""
    path = directory / "spec/chat-0000.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"cpu_percent: [0-9]+", f"cpu_percent: {40 + number % 40}", text, count=1), encoding="utf-8")


def change_value_without_cache(directory: Path, number: int) -> None:
    """Change one value of the first spec, and remove all caches, as if owscale had never run on this machine."""
    change_value(directory, number)
    shutil.rmtree(environment.variables(directory)["XDG_CACHE_HOME"], ignore_errors=True)


def change_template(virtual_environment: Path, number: int) -> None:
    """Change a comment of one template of an installed owscale, so that no cached result is valid."""
    (path,) = virtual_environment.glob(f"lib/python*/site-packages/owscale/templates/{_CHANGED_TEMPLATE}")
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    path.write_text(f"# Benchmark {number}.\n{text}", encoding="utf-8")


def remove_output(directory: Path, _number: int) -> None:
    """Remove out/, so that every file is new."""
    shutil.rmtree(directory / "out", ignore_errors=True)


def write_spec_with_errors(directory: Path) -> None:
    """Write a spec with 50 errors: in each of 25 keys a wrong value, and beside it the key misspelt."""
    data: dict[str, Any] = yaml.safe_load(_SPEC)
    for number, (section, key) in enumerate((section, key) for section, keys in _KEYS.items() for key in keys):
        values = data.setdefault(section, {})
        values[key] = "many" if number % 2 else -1  # of the wrong type, or out of bounds
        values[key[:2] + key[3:]] = 1
    (directory / "spec").mkdir(parents=True)
    (directory / "spec/spec.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
