"""The existing resources of a deployment, which a plan must not touch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from owscale.domain.aws.secret_arns import secret_arn

if TYPE_CHECKING:
    from owscale.spec.models import Spec


ProtectedKind = Literal[
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
class ProtectedResource:
    """An existing resource, with all the ways to name it.

    `spec_key` is the key of the spec with its id. `pattern` finds names that are unambiguous in any text, such as an id
    or an ARN. `names` are bare names in lower case; they count only where a resource of this kind is named.
    """

    spec_key: str
    kind: ProtectedKind
    id: str
    pattern: re.Pattern[str]
    names: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.spec_key} ({self.id})"

    def is_mentioned_in(self, text: str) -> bool:
        """Whether a text contains an unambiguous name of the resource."""
        return self.pattern.search(text) is not None

    def is_named(self, text: str) -> bool:
        """Whether a text is a bare name of the resource."""
        return text.lower() in self.names


def protected_resources(spec: Spec) -> tuple[ProtectedResource, ...]:
    """Return all existing resources that the spec names, one entry for each key that names one."""
    return tuple(_protected_resources(spec))


def _protected_resources(spec: Spec) -> Iterator[ProtectedResource]:
    existing = spec.existing
    yield _by_id("existing.vpc", "vpc", existing.vpc)
    yield from (_by_id("existing.private_subnets", "subnet", subnet) for subnet in existing.private_subnets)
    yield _by_name("existing.cluster", "cluster", existing.cluster, f":cluster/{re.escape(existing.cluster)}")
    if existing.service:
        cluster, name = re.escape(existing.cluster), re.escape(existing.service)
        # An ARN of a service without the cluster has the format from before 2018; an import id is `cluster/service`.
        forms = rf"\bservice/{cluster}/{name}|:service/{name}|^{cluster}/{name}"
        yield _by_name("existing.service", "service", existing.service, forms)
    yield _by_id("existing.files.file_system", "file system", existing.files.file_system)
    yield _by_id("existing.files.access_point", "access point", existing.files.access_point)
    yield from (_by_id(key, "security group", group) for key, group in _security_groups(spec))
    yield from (_secret(key, arn) for key, arn in _secrets(spec))
    yield from (_by_arn(key, kind, arn) for key, kind, arn in _arns(spec))
    yield from (_bucket(key, name) for key, name in _buckets(spec))
    if table := spec.state.dynamodb_table:
        yield _by_name("state.dynamodb_table", "table", table, f":table/{re.escape(table)}")


def _security_groups(spec: Spec) -> Iterator[tuple[str, str]]:
    existing = spec.existing
    yield "existing.database.security_group", existing.database.security_group
    for group in existing.files.security_groups:
        yield "existing.files.security_groups", group
    for name, peer in existing.peers.items():
        yield f"existing.peers.{name}.security_group", peer.security_group
    for name, source in spec.load_balancer.allow_from.items():
        if source.security_group:
            yield f"load_balancer.allow_from.{name}.security_group", source.security_group
    for name, target in spec.service.egress.items():
        if target.security_group:
            yield f"service.egress.{name}.security_group", target.security_group


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


def _arns(spec: Spec) -> Iterator[tuple[str, ProtectedKind, str]]:
    existing = spec.existing
    optional: tuple[tuple[str, ProtectedKind, str | None], ...] = (
        ("existing.certificate_arn", "certificate", existing.certificate_arn),
        ("existing.alarm_topic_arn", "topic", existing.alarm_topic_arn),
        ("existing.kms_key_arn", "key", existing.kms_key_arn),
        ("state.kms_key_arn", "key", spec.state.kms_key_arn),
    )
    yield from ((key, kind, arn) for key, kind, arn in optional if arn)
    yield from (("existing.secret_kms_key_arns", "key", arn) for arn in existing.secret_kms_key_arns)
    for name, arn in spec.service.task_policy_arns.items():
        yield f"service.task_policy_arns.{name}", "policy", arn


def _buckets(spec: Spec) -> Iterator[tuple[str, str]]:
    yield "state.bucket", spec.state.bucket
    if spec.existing.access_log_bucket:
        yield "existing.access_log_bucket", spec.existing.access_log_bucket


def _pattern(forms: str, name_characters: str = "[A-Za-z0-9_-]") -> re.Pattern[str]:
    """Return a pattern for the forms of a name, not followed by more characters of a name.

    It ignores case, because AWS accepts some ids in both.
    """
    return re.compile(f"(?:{forms})(?!{name_characters})", re.IGNORECASE)


def _by_id(spec_key: str, kind: ProtectedKind, resource_id: str) -> ProtectedResource:
    return ProtectedResource(spec_key, kind, resource_id, _pattern(re.escape(resource_id), "[A-Za-z0-9]"))


def _by_name(spec_key: str, kind: ProtectedKind, name: str, forms: str) -> ProtectedResource:
    return ProtectedResource(spec_key, kind, name, _pattern(forms), frozenset({name.lower()}))


def _by_arn(spec_key: str, kind: ProtectedKind, arn: str) -> ProtectedResource:
    """Return a resource with an ARN; its bare name is the end of the ARN."""
    name = arn.split(":", 5)[5].rpartition("/")[2]
    forms = re.escape(arn)
    if kind in ("key", "certificate"):  # the name is a UUID, and so is unambiguous
        forms += f"|{re.escape(name)}"
    return ProtectedResource(spec_key, kind, arn, _pattern(forms), frozenset({name.lower()}))


def _secret(spec_key: str, reference: str) -> ProtectedResource:
    """Return a secret; Secrets Manager accepts its name, and its ARN with and without the six random characters."""
    arn = secret_arn(reference)
    arn_without_suffix, _, suffix = arn.rpartition("-")
    name = arn_without_suffix.rpartition(":secret:")[2]
    names = frozenset({name.lower(), f"{name}-{suffix}".lower()})
    pattern = _pattern(f":secret:{re.escape(name)}(?:-{suffix})?", "[A-Za-z0-9/_+=.@-]")
    return ProtectedResource(spec_key, "secret", arn, pattern, names)


def _bucket(spec_key: str, name: str) -> ProtectedResource:
    """Return a bucket; it is also named by its ARN, its URL, and a host name that begins with its name."""
    escaped = re.escape(name)
    forms = rf"(?::s3:::|s3://){escaped}(?![A-Za-z0-9.-])|\b{escaped}[.]s3[.-]"
    return ProtectedResource(spec_key, "bucket", name, re.compile(forms, re.IGNORECASE), frozenset({name.lower()}))
