"""The deployment as a Mermaid diagram: managed resources, and existing resources with a dashed border.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from owscale.console.markdown import SafeMarkdown
from owscale.console.text import plural
from owscale.domain.aws.alarms import alarm_settings
from owscale.domain.aws.elasticache import node_names
from owscale.domain.openwebui.environment import has_tls_proxy
from owscale.domain.ports import APP_PORT, NFS_PORT, REDIS_PORT
from owscale.render.documents.alarms import topic_name

if TYPE_CHECKING:
    from owscale.spec.models import Spec

# Wide enough for a mail address on one line.
_SETTINGS = '%%{init: {"flowchart": {"wrappingWidth": 400}}}%%'
# Fill, stroke and text colour are all set, so that nodes are readable on a white page and on a black one.
_STYLES = """\
  classDef managed fill:#dbeafe,stroke:#2563eb,stroke-width:1px,color:#0b1f44
  classDef existing fill:#f3f4f6,stroke:#6b7280,stroke-width:1px,stroke-dasharray:5 4,color:#1f2937"""
_FRAME_STYLES = {"managed": "fill:none,stroke:#2563eb", "existing": "fill:none,stroke:#6b7280,stroke-dasharray:5 4"}
_MAX_NODES = 6
_SYNTAX = re.compile(r"[!-~](?<![\w.,:/@()+-])")
"""A character that Mermaid can take for syntax: every visible one of ASCII, except those with no meaning in a label."""
_FULL_WIDTH_OFFSET = 0xFEE0
"""Distance from an ASCII character to its full-width variant, which looks alike and is no syntax.

Mermaid has entities too, but not every version shows them.
"""
_Class = Literal["managed", "existing"]
_Node = tuple[str, ...]
"""The lines of a node's label."""


def architecture_diagram(spec: Spec, allow_from: Mapping[str, Any]) -> list[SafeMarkdown]:
    """Return the lines of the diagram; `allow_from` has its values in the HCL.

    Mermaid draws the nodes of a row from left to right in the order of their lines.
    """
    lines = [
        _SETTINGS,
        "flowchart TB",
        *_alarms(spec),
        *_sources(spec, allow_from),
        *_service(spec),
        *_redis(spec),
        *_existing(spec),
        *_STYLES.splitlines(),
    ]
    return [SafeMarkdown(line) for line in lines]


def _alarms(spec: Spec) -> Iterator[str]:
    names = [name.replace("_", " ") for name in alarm_settings(spec)]
    rows = [", ".join(names[start : start + 2]) for start in range(0, len(names), 2)]
    yield _node("alarms", ("Alarms:", *rows), "managed")
    topic = spec.existing.alarm_topic_arn
    yield _node("topic", ("SNS topic", topic_name(spec)), "existing" if topic else "managed")
    yield "  alarms -.-> topic"
    if spec.alarms.notify and not topic:
        yield _node("mails", _limit(spec.alarms.notify), "existing")
        yield "  topic -.-> mails"


def _sources(spec: Spec, allow_from: Mapping[str, Any]) -> Iterator[str]:
    sources = [(name, next(iter(end.values()))) for name, end in sorted(allow_from.items())]
    title = "allowed sources, such as the proxy" if has_tls_proxy(spec) else "allowed sources"
    yield from _frame("sources", title, sources, "existing")
    ports = f"HTTP {spec.load_balancer.http_port}"
    if spec.existing.certificate_arn:
        ports = f"HTTPS {spec.load_balancer.https_port}"
    yield _node("alb", (f"ALB {spec.service.name}", f"internal, {ports}"), "managed")
    yield "  sources --> alb"


def _service(spec: Spec) -> Iterator[str]:
    service, scaling = spec.service, spec.autoscaling
    bounds = f", autoscaling from {scaling.min} to {scaling.max}" if scaling.enabled else ""
    title = f"ECS service {service.name}: {plural(service.instances, 'task')}{bounds}"
    size = f"{service.vcpu:g} vCPU and {service.memory_gb:g} GB each"
    subnets = spec.existing.private_subnets
    low, remainder = divmod(service.instances, len(subnets))
    tasks = f"{low} or {low + 1} tasks" if remainder and low else "0 or 1 task" if remainder else plural(low, "task")
    yield from _frame("service", f"{title}, {size}", [(subnet, tasks) for subnet in subnets], "managed")
    yield f'  alb -->|"{APP_PORT}, sticky"| service'
    if scaling.enabled:
        yield f'  alarms -.->|"cpu: adds {plural(scaling.high_cpu.instances, "task")}"| service'


def _redis(spec: Spec) -> Iterator[str]:
    redis = spec.redis
    title = f"ElastiCache {redis.engine.capitalize()} {redis.engine_version}"
    nodes = [(name, redis.node_type) for name in node_names(spec.service.name, redis.nodes)]
    yield from _frame("redis", title, nodes, "managed", cylinder=True)
    yield f'  service -->|"{REDIS_PORT}, TLS"| redis'


def _existing(spec: Spec) -> Iterator[str]:
    """Yield the existing resources that the tasks use, and the service that the deployment replaces."""
    existing = spec.existing
    if existing.peers:
        peers = [(name, f"port {peer.port}") for name, peer in sorted(existing.peers.items())]
        yield from _frame("peers", "existing peers", peers, "existing")
        yield "  service --> peers"
    database = (f"PostgreSQL, port {existing.database.port}", existing.database.security_group)
    files = (f"EFS, port {NFS_PORT}", existing.files.file_system)
    yield from _frame("data", "existing database and files", [database, files], "existing", cylinder=True)
    yield "  service --> data"
    if existing.service:
        yield _node("replaced", (f"ECS service {existing.service}", "to be replaced"), "existing")
        yield "  sources -.-> replaced"
        yield "  replaced -.-> data"


def _frame(name: str, title: str, nodes: Sequence[_Node], style: _Class, *, cylinder: bool = False) -> Iterator[str]:
    """Yield a group of nodes with a title; the last node counts those that are left out."""
    shown = nodes if len(nodes) <= _MAX_NODES else [*nodes[: _MAX_NODES - 1], (_more(nodes),)]
    yield f'  subgraph {name}["{_label([title])}"]'
    yield "    direction TB"
    for number, lines in enumerate(shown, 1):
        yield f"  {_node(f'{name}{number}', lines, style, cylinder=cylinder)}"
    yield "  end"
    yield f"  style {name} {_FRAME_STYLES[style]}"


def _node(name: str, lines: Sequence[str], style: _Class, *, cylinder: bool = False) -> str:
    opening, closing = ("[(", ")]") if cylinder else ("[", "]")
    return f'  {name}{opening}"{_label(lines)}"{closing}:::{style}'


def _limit(lines: Sequence[str]) -> Sequence[str]:
    return lines if len(lines) <= _MAX_NODES else [*lines[: _MAX_NODES - 1], _more(lines)]


def _more(items: Sequence[object]) -> str:
    return f"and {len(items) - _MAX_NODES + 1} more"


def _label(lines: Sequence[str]) -> str:
    return "<br/>".join(_SYNTAX.sub(lambda match: chr(ord(match[0]) + _FULL_WIDTH_OFFSET), line) for line in lines)
