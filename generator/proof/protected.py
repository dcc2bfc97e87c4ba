"""What a deployment must not touch: everything that its spec says is there already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from generator.model import Spec


Kind = Literal[
    "access point",
    "bucket",
    "certificate",
    "cluster",
    "file system",
    "key",
    "policy",
    "secret",
    "security group",
    "service",
    "subnet",
    "table",
    "topic",
    "vpc",
]


@dataclass(frozen=True)
class Protected:
    """One thing, with all the ways to name it.

    `key` is where the spec has it. `mention` finds what can mean nothing else (an id, an ARN) in any text. `names` are
    bare names, lower-cased: they mean this thing only where a thing of this kind is named.
    """

    key: str
    kind: Kind
    id: str
    mention: re.Pattern[str]
    names: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.key} ({self.id})"

    def mentioned_in(self, text: str) -> bool:
        return self.mention.search(text) is not None

    def is_named(self, text: str) -> bool:
        return text.lower() in self.names


def protected(spec: Spec) -> tuple[Protected, ...]:
    """Everything that exists already, each once for each key of the spec that names it."""
    return tuple(_protected(spec))


def _protected(spec: Spec) -> Iterator[Protected]:
    existing = spec.existing
    yield _by_id("existing.vpc", "vpc", existing.vpc)
    yield from (_by_id("existing.private_subnets", "subnet", subnet) for subnet in existing.private_subnets)
    yield _by_name("existing.cluster", "cluster", existing.cluster, f":cluster/{re.escape(existing.cluster)}")
    if existing.service:
        cluster, name = re.escape(existing.cluster), re.escape(existing.service)
        # The ARN of a service has its cluster only since 2018, and `cluster/service` is what an import takes.
        forms = rf"\bservice/{cluster}/{name}|:service/{name}|^{cluster}/{name}"
        yield _by_name("existing.service", "service", existing.service, forms)
    yield _by_id("existing.files.file_system", "file system", existing.files.file_system)
    yield _by_id("existing.files.access_point", "access point", existing.files.access_point)
    yield from (_by_id(key, "security group", group) for key, group in _groups(spec))
    yield from (_secret(key, arn) for key, arn in _secrets(spec))
    yield from (_by_arn(key, kind, arn) for key, kind, arn in _arns(spec))
    yield from (_bucket(key, name) for key, name in _buckets(spec))
    if table := spec.state.dynamodb_table:
        yield _by_name("state.dynamodb_table", "table", table, f":table/{re.escape(table)}")


def _groups(spec: Spec) -> Iterator[tuple[str, str]]:
    existing = spec.existing
    yield "existing.database.security_group", existing.database.security_group
    for group in existing.files.security_groups:
        yield "existing.files.security_groups", group
    for name, peer in existing.peers.items():
        yield f"existing.peers.{name}.security_group", peer.security_group
    for name, source in spec.load_balancer.allow_from.items():
        if source.security_group:
            yield f"load_balancer.allow_from.{name}.security_group", source.security_group
    for name, to in spec.service.egress.items():
        if to.security_group:
            yield f"service.egress.{name}.security_group", to.security_group


def _secrets(spec: Spec) -> Iterator[tuple[str, str]]:
    secrets = spec.existing.secrets
    yield "existing.database.url_secret_arn", spec.existing.database.url_secret_arn
    if secrets.webui_secret_key_arn:
        yield "existing.secrets.webui_secret_key_arn", secrets.webui_secret_key_arn
    if secrets.redis_token_arn:
        yield "existing.secrets.redis_token_arn", secrets.redis_token_arn
    if spec.app.registry_credentials_arn:
        yield "app.registry_credentials_arn", spec.app.registry_credentials_arn
    for name, arn in spec.app.secrets.items():
        yield f"app.secrets.{name}", arn


def _arns(spec: Spec) -> Iterator[tuple[str, Kind, str]]:
    existing = spec.existing
    named: tuple[tuple[str, Kind, str | None], ...] = (
        ("existing.certificate_arn", "certificate", existing.certificate_arn),
        ("existing.alarm_topic_arn", "topic", existing.alarm_topic_arn),
        ("existing.kms_key_arn", "key", existing.kms_key_arn),
        ("state.kms_key_arn", "key", spec.state.kms_key_arn),
    )
    yield from ((key, kind, arn) for key, kind, arn in named if arn)
    yield from (("existing.secret_kms_key_arns", "key", arn) for arn in existing.secret_kms_key_arns)
    for name, arn in spec.service.task_policy_arns.items():
        yield f"service.task_policy_arns.{name}", "policy", arn


def _buckets(spec: Spec) -> Iterator[tuple[str, str]]:
    yield "state.bucket", spec.state.bucket
    if spec.existing.access_log_bucket:
        yield "existing.access_log_bucket", spec.existing.access_log_bucket


def _pattern(forms: str, end: str = "[A-Za-z0-9_-]") -> re.Pattern[str]:
    """The forms, unless the name goes on. Upper and lower case are one: AWS takes some ids in both."""
    return re.compile(f"(?:{forms})(?!{end})", re.IGNORECASE)


def _by_id(key: str, kind: Kind, name: str) -> Protected:
    return Protected(key, kind, name, _pattern(re.escape(name), "[A-Za-z0-9]"))


def _by_name(key: str, kind: Kind, name: str, forms: str) -> Protected:
    return Protected(key, kind, name, _pattern(forms), frozenset({name.lower()}))


def _by_arn(key: str, kind: Kind, arn: str) -> Protected:
    """By the ARN, and by what follows its account: a name of its own or, of a key or a certificate, a UUID."""
    resource = arn.split(":", 5)[5]
    name = resource.rpartition("/")[2]
    forms = re.escape(arn)
    if kind in ("key", "certificate"):  # a UUID means nothing else
        forms += f"|{re.escape(name)}"
    return Protected(key, kind, arn, _pattern(forms), frozenset({name.lower()}))


def _secret(key: str, reference: str) -> Protected:
    """By its ARN with and without the six characters at the end: Secrets Manager takes both, and the name alone."""
    arn = ":".join(reference.split(":")[:7])
    name, _, drawn = arn.rpartition("-")
    bare = name.rpartition(":secret:")[2]
    names = frozenset({bare.lower(), f"{bare}-{drawn}".lower()})
    mention = _pattern(f":secret:{re.escape(bare)}(?:-{drawn})?", "[A-Za-z0-9/_+=.@-]")
    return Protected(key, "secret", arn, mention, names)


def _bucket(key: str, name: str) -> Protected:
    """By its ARN, its URL, or a host name that begins with it."""
    escaped = re.escape(name)
    forms = rf"(?::s3:::|s3://){escaped}(?![A-Za-z0-9.-])|\b{escaped}[.]s3[.-]"
    return Protected(key, "bucket", name, re.compile(forms, re.IGNORECASE), frozenset({name.lower()}))
