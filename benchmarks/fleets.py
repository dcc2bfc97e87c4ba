"""Deployments by the hundred, made of spec/spec.yaml: a spec each, with a name, a state and a service of its own."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from benchmarks import environment
from benchmarks.places import PROJECT, owscale

_TEXT = (PROJECT / "spec/spec.yaml").read_text(encoding="utf-8")
_KEYS = {
    "alarms": ("cpu_percent", "memory_percent", "period_seconds", "redis_evictions", "target_5xx_count"),
    "app": ("client_timeout_seconds", "threads", "workers"),
    "autoscaling": ("cpu_percent", "max", "min", "scale_in_cooldown_seconds", "scale_out_cooldown_seconds"),
    "load_balancer": ("http_port", "https_port", "idle_timeout_seconds", "slow_start_seconds", "stickiness_seconds"),
    "redis": ("idle_timeout_seconds", "nodes", "snapshot_retention_days"),
    "secrets": ("recovery_window_days",),
    "service": ("instances", "memory_gb", "vcpu"),
}
_MARKED = "modules/network/tasks.tf.j2"
_MARK = re.compile(r"^# Benchmark [0-9]+\.\n")


def specs(folder: Path, deployments: int) -> None:
    """Writes spec/ with so many deployments; the sizes differ a little from one to the next, as in real life."""
    (folder / "spec").mkdir(parents=True)
    for number in range(deployments):
        (folder / f"spec/chat-{number:04}.yaml").write_text(_spec(number), encoding="utf-8")


def _spec(number: int) -> str:
    text = _TEXT.replace("gravity-ai-chat", f"chat-{number:04}").replace("webui3-scaled", f"chat-{number:04}")
    return text.replace("instances: 3", f"instances: {2 + number % 8}")


def generated(folder: Path, deployments: int) -> None:
    """Writes spec/ and, with owscale, the out/ that belongs to it."""
    specs(folder, deployments)
    subprocess.run(  # noqa: S603 -- the owscale that make installed
        [owscale(), "generate"], cwd=folder, env=environment.of(folder), capture_output=True, check=True
    )


def change_value(folder: Path, number: int) -> None:
    """Changes one value of the first spec, to another one each time."""
    path = folder / "spec/chat-0000.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"cpu_percent: [0-9]+", f"cpu_percent: {40 + number % 40}", text, count=1), encoding="utf-8")


def change_template(environment_folder: Path, number: int) -> None:
    """Changes a comment of one template of an installed owscale, so that no earlier answer holds."""
    (path,) = environment_folder.glob(f"lib/python*/site-packages/generator/templates/{_MARKED}")
    text = _MARK.sub("", path.read_text(encoding="utf-8"))
    path.write_text(f"# Benchmark {number}.\n{text}", encoding="utf-8")


def without_output(folder: Path, _number: int) -> None:
    """Takes out/ away, so that all of it is new."""
    shutil.rmtree(folder / "out", ignore_errors=True)


def mistaken(folder: Path) -> None:
    """Writes a spec with fifty mistakes: in each of 25 keys a wrong value, and beside it the key misspelt."""
    data: dict[str, Any] = yaml.safe_load(_TEXT)
    for number, (section, key) in enumerate((section, key) for section, keys in _KEYS.items() for key in keys):
        values = data.setdefault(section, {})
        values[key] = "many" if number % 2 else -1  # of the wrong type, or out of bounds
        values[key[:2] + key[3:]] = 1
    (folder / "spec").mkdir(parents=True)
    (folder / "spec/spec.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
