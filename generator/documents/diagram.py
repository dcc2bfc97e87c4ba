"""The deployment as a Mermaid diagram: what is made here, and, dashed, what was there before.

https://mermaid.js.org/syntax/flowchart.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from generator.documents.alarms import topic_name
from generator.errors import count
from generator.facts.cloudwatch import alarm_settings
from generator.markdown import Ready
from generator.model import Spec

# Colours of their own, ink included, so that they read on a white page and on a black one.
_STYLES = """\
  classDef made fill:#dbeafe,stroke:#2563eb,stroke-width:1px,color:#0b1f44
  classDef existing fill:#f3f4f6,stroke:#6b7280,stroke-width:1px,stroke-dasharray:5 4,color:#1f2937
  classDef frame fill:none,stroke:#2563eb,stroke-width:1px
  classDef before fill:none,stroke:#6b7280,stroke-width:1px,stroke-dasharray:5 4"""
_MOST_SHOWN = 6
_PLAIN = re.compile(r"[^\w .,:/@()+-]")
_Class = Literal["made", "existing", "frame", "before"]


def diagram(spec: Spec, allow_from: Mapping[str, Any]) -> list[Ready]:
    """The lines of the diagram; `allow_from` is as the HCL has it."""
    lines = [
        "flowchart LR",
        *_callers(spec, allow_from),
        *_service(spec),
        *_stores(spec),
        *_replaced(spec),
        *_alarms(spec),
        *_STYLES.splitlines(),
    ]
    return [Ready(line) for line in lines]


def _callers(spec: Spec, allow_from: Mapping[str, Any]) -> Iterator[str]:
    sources = [(name, next(iter(end.values()))) for name, end in sorted(allow_from.items())]
    yield from _frame("callers", ["who may connect"], sources, "before")
    ports = f"HTTP {spec.load_balancer.http_port}"
    if spec.existing.certificate_arn:
        ports = f"HTTPS {spec.load_balancer.https_port}"
    yield _node("alb", [f"ALB {spec.service.name}", f"internal, {ports}"], "made")
    yield "  callers --> alb"


def _service(spec: Spec) -> Iterator[str]:
    service, scaling = spec.service, spec.autoscaling
    by_load = f", {scaling.min} to {scaling.max} by load" if scaling.enabled else ""
    title = f"ECS service {service.name}: {count(service.instances, 'task')}{by_load}"
    size = f"{service.vcpu:g} vCPU, {service.memory_gb:g} GB each"
    subnets = spec.existing.private_subnets
    low, more = divmod(service.instances, len(subnets))
    each = f"{low} or {low + 1} tasks" if more and low else "0 or 1 task" if more else count(low, "task")
    yield from _frame("service", [title, size], [(subnet, each) for subnet in subnets], "frame", "made")
    yield '  alb -->|"8080, sticky"| service'


def _stores(spec: Spec) -> Iterator[str]:
    redis = spec.redis
    title = f"ElastiCache {redis.engine.capitalize()} {redis.engine_version}"
    nodes = [(f"{spec.service.name}-{number:03}", redis.node_type) for number in range(1, redis.nodes + 1)]
    yield from _frame("redis", [title], nodes, "frame", "made", "cylinder")
    yield '  service -->|"6379, TLS"| redis'
    yield _node("database", ["PostgreSQL", spec.existing.database.security_group], "existing", "cylinder")
    yield f"  service -->|{spec.existing.database.port}| database"
    yield _node("files", ["EFS", spec.existing.files.file_system], "existing", "cylinder")
    yield "  service -->|2049| files"
    if spec.existing.peers:
        peers = [(name, f"port {peer.port}") for name, peer in sorted(spec.existing.peers.items())]
        yield from _frame("peers", ["peers"], peers, "before")
        yield "  service --> peers"


def _replaced(spec: Spec) -> Iterator[str]:
    if spec.existing.service:
        yield _node("replaced", [f"ECS service {spec.existing.service}", "to be replaced"], "existing")
        yield "  callers -.-> replaced"
        yield "  replaced -.-> database"
        yield "  replaced -.-> files"


def _alarms(spec: Spec) -> Iterator[str]:
    names = [name.replace("_", " ") for name in alarm_settings(spec)]
    rows = [", ".join(names[at : at + 2]) for at in range(0, len(names), 2)]
    yield _node("alarms", ["Alarms:", *rows], "made")
    topic = spec.existing.alarm_topic_arn
    yield _node("topic", ["SNS topic", topic_name(spec)], "existing" if topic else "made")
    yield "  alarms -.-> topic"
    if spec.autoscaling.enabled:
        yield f'  alarms -.->|"cpu: {count(spec.autoscaling.high_cpu.instances, "task")} more"| service'
    if spec.alarms.notify and not topic:
        yield _node("mails", _few(list(spec.alarms.notify)), "existing")
        yield "  topic -.-> mails"


def _frame(  # noqa: PLR0913, PLR0917 -- the parts of a frame
    name: str,
    title: Sequence[str],
    nodes: Sequence[tuple[str, str]],
    style: _Class,
    inside: _Class = "existing",
    shape: str = "",
) -> Iterator[str]:
    """A named group of nodes; more than fit are one node that says how many."""
    shown = nodes if len(nodes) <= _MOST_SHOWN else nodes[: _MOST_SHOWN - 1]
    yield f'  subgraph {name}["{_label(title)}"]'
    for number, lines in enumerate(shown, 1):
        yield f"  {_node(f'{name}{number}', lines, inside, shape)}"
    if len(shown) < len(nodes):
        yield f"  {_node(f'{name}0', [f'and {len(nodes) - len(shown)} more'], inside)}"
    yield "  end"
    yield f"  class {name} {style}"


def _node(name: str, lines: Sequence[str], style: _Class, shape: str = "") -> str:
    opening, closing = ("[(", ")]") if shape else ("[", "]")
    return f'  {name}{opening}"{_label(lines)}"{closing}:::{style}'


def _few(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _MOST_SHOWN else [*lines[: _MOST_SHOWN - 1], f"and {len(lines) - _MOST_SHOWN + 1} more"]


def _label(lines: Sequence[str]) -> str:
    return "<br/>".join(_PLAIN.sub(lambda found: f"#{ord(found[0])};", line) for line in lines)
