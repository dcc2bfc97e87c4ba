"""The deployment as a Mermaid diagram: what is made here, and, dashed, what was there before.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from generator.documents.alarms import topic_name
from generator.documents.rules import FILES_PORT
from generator.errors import count
from generator.facts.cloudwatch import alarm_settings
from generator.markdown import Ready

if TYPE_CHECKING:
    from generator.model import Spec

# Wide enough for a mail address on one line.
_SETTINGS = '%%{init: {"flowchart": {"wrappingWidth": 400}}}%%'
# Colours of their own, ink included, so that they read on a white page and on a black one.
_STYLES = """\
  classDef made fill:#dbeafe,stroke:#2563eb,stroke-width:1px,color:#0b1f44
  classDef existing fill:#f3f4f6,stroke:#6b7280,stroke-width:1px,stroke-dasharray:5 4,color:#1f2937"""
_FRAMES = {"made": "fill:none,stroke:#2563eb", "existing": "fill:none,stroke:#6b7280,stroke-dasharray:5 4"}
_MOST_SHOWN = 6
_MEANT = re.compile(r"[!-~](?<![\w.,:/@()+-])")
_TWIN = 0xFEE0
"""From a character of ASCII to its full-width twin, which looks alike and means nothing to Mermaid.

Mermaid has entities too, but not every version shows them.
"""
_Class = Literal["made", "existing"]
_Node = tuple[str, ...]
"""The lines of a node's label."""


def diagram(spec: Spec, allow_from: Mapping[str, Any]) -> list[Ready]:
    """The lines of the diagram; `allow_from` is as the HCL has it. Whoever comes first stands to the left."""
    lines = [
        _SETTINGS,
        "flowchart TB",
        *_alarms(spec),
        *_callers(spec, allow_from),
        *_service(spec),
        *_redis(spec),
        *_before(spec),
        *_STYLES.splitlines(),
    ]
    return [Ready(line) for line in lines]


def _alarms(spec: Spec) -> Iterator[str]:
    names = [name.replace("_", " ") for name in alarm_settings(spec)]
    rows = [", ".join(names[at : at + 2]) for at in range(0, len(names), 2)]
    yield _node("alarms", ("Alarms:", *rows), "made")
    topic = spec.existing.alarm_topic_arn
    yield _node("topic", ("SNS topic", topic_name(spec)), "existing" if topic else "made")
    yield "  alarms -.-> topic"
    if spec.alarms.notify and not topic:
        yield _node("mails", _few(spec.alarms.notify), "existing")
        yield "  topic -.-> mails"


def _callers(spec: Spec, allow_from: Mapping[str, Any]) -> Iterator[str]:
    sources = [(name, next(iter(end.values()))) for name, end in sorted(allow_from.items())]
    yield from _frame("callers", "the proxy, and who else may connect", sources, "existing")
    ports = f"HTTP {spec.load_balancer.http_port}"
    if spec.existing.certificate_arn:
        ports = f"HTTPS {spec.load_balancer.https_port}"
    yield _node("alb", (f"ALB {spec.service.name}", f"internal, {ports}"), "made")
    yield "  callers --> alb"


def _service(spec: Spec) -> Iterator[str]:
    service, scaling = spec.service, spec.autoscaling
    by_load = f", {scaling.min} to {scaling.max} by load" if scaling.enabled else ""
    title = f"ECS service {service.name}: {count(service.instances, 'task')}{by_load}"
    size = f"{service.vcpu:g} vCPU and {service.memory_gb:g} GB each"
    subnets = spec.existing.private_subnets
    low, more = divmod(service.instances, len(subnets))
    each = f"{low} or {low + 1} tasks" if more and low else "0 or 1 task" if more else count(low, "task")
    yield from _frame("service", f"{title}, {size}", [(subnet, each) for subnet in subnets], "made")
    yield '  alb -->|"8080, sticky"| service'
    if scaling.enabled:
        yield f'  alarms -.->|"cpu: {count(scaling.high_cpu.instances, "task")} more"| service'


def _redis(spec: Spec) -> Iterator[str]:
    redis = spec.redis
    title = f"ElastiCache {redis.engine.capitalize()} {redis.engine_version}"
    nodes = [(f"{spec.service.name}-{number:03}", redis.node_type) for number in range(1, redis.nodes + 1)]
    yield from _frame("redis", title, nodes, "made", cylinder=True)
    yield '  service -->|"6379, TLS"| redis'


def _before(spec: Spec) -> Iterator[str]:
    """What the tasks use that was there before, and the service that has used it until now."""
    existing = spec.existing
    if existing.peers:
        peers = [(name, f"port {peer.port}") for name, peer in sorted(existing.peers.items())]
        yield from _frame("peers", "peers, there before", peers, "existing")
        yield "  service --> peers"
    database = (f"PostgreSQL, port {existing.database.port}", existing.database.security_group)
    files = (f"EFS, port {FILES_PORT}", existing.files.file_system)
    yield from _frame("data", "database and files, there before", [database, files], "existing", cylinder=True)
    yield "  service --> data"
    if existing.service:
        yield _node("replaced", (f"ECS service {existing.service}", "to be replaced"), "existing")
        yield "  callers -.-> replaced"
        yield "  replaced -.-> data"


def _frame(name: str, title: str, nodes: Sequence[_Node], style: _Class, *, cylinder: bool = False) -> Iterator[str]:
    """A named group of nodes; of more than fit the last one says how many."""
    shown = nodes if len(nodes) <= _MOST_SHOWN else [*nodes[: _MOST_SHOWN - 1], (_more(nodes),)]
    yield f'  subgraph {name}["{_label([title])}"]'
    yield "    direction TB"
    for number, lines in enumerate(shown, 1):
        yield f"  {_node(f'{name}{number}', lines, style, cylinder=cylinder)}"
    yield "  end"
    yield f"  style {name} {_FRAMES[style]}"


def _node(name: str, lines: Sequence[str], style: _Class, *, cylinder: bool = False) -> str:
    opening, closing = ("[(", ")]") if cylinder else ("[", "]")
    return f'  {name}{opening}"{_label(lines)}"{closing}:::{style}'


def _few(lines: Sequence[str]) -> Sequence[str]:
    return lines if len(lines) <= _MOST_SHOWN else [*lines[: _MOST_SHOWN - 1], _more(lines)]


def _more(whole: Sequence[object]) -> str:
    return f"and {len(whole) - _MOST_SHOWN + 1} more"


def _label(lines: Sequence[str]) -> str:
    return "<br/>".join(_MEANT.sub(lambda found: chr(ord(found[0]) + _TWIN), line) for line in lines)
