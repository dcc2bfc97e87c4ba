"""Resources that two deployments use at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from owscale.console.text import and_more, plural
from owscale.domain.openwebui import capacity, releases
from owscale.domain.shared_resources import SharedResources, Use
from owscale.rules.registry import Finding, shared_rule
from owscale.spec.deployment import Deployment
from owscale.spec.document import Path, dotted

if TYPE_CHECKING:
    from owscale.spec.models import Spec

_SOURCE = "https://github.com/open-webui/open-webui/blob/v0.12.4/backend/open_webui"
_MAX_NAMES = 5
_IMAGE: Path = ("app", "image")
_MAX_CONNECTIONS: Path = ("existing", "database", "max_connections")

_STAGING = """\
environments:
  production: {}
  staging:
    state: {key: staging.tfstate}
    service: {name: chat-staging}
"""
_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret"
_OWN_DATABASE = f"      database: {{url_secret_arn: '{_ARN}:staging-database-AbCdEf', security_group: sg-44444444}}\n"
_OWN_FILES = "      files: {access_point: fsap-44444444}\n"
_OWN = f"{_STAGING}    existing:\n{_OWN_DATABASE}{_OWN_FILES}"
_KEY: Path = ("existing", "secrets", "webui_secret_key_arn")
_ONE_KEY = f"existing: {{secrets: {{webui_secret_key_arn: '{_ARN}:key-AbCdEf'}}}}\n"
_ACCEPTED = 'accept: {S404: "staging is a canary of production"}\n'


def _names(uses: Iterable[Use]) -> str:
    """Return the folders of deployments, such as `chat/production and chat/staging`."""
    names = list(dict.fromkeys(use.deployment.folder for use in uses))
    if len(names) > _MAX_NAMES:
        return and_more(names, _MAX_NAMES)
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _hint(code: str, path: Path) -> str:
    return f"give each its own {dotted(path)}, or {_accept(code)}"


def _accept(code: str) -> str:
    return f"write the reason for it under accept.{code} of each"


def _same(code: str, deployment: Deployment, shared: SharedResources, resource: str, name: str) -> Iterator[Finding]:
    """Yield a finding for each resource of a kind that others use, too."""
    for path, uses in shared.uses(deployment, resource):
        yield Finding(path, f"{_names(uses)} use the same {name}", _hint(code, path), uses=uses[:_MAX_NAMES])


@shared_rule(
    "S404",
    checks="Checks that no two deployments use the same database.",
    rationale="Users, chats and settings are the same in both, and a migration or a restore of one hits the other.",
    reference="https://docs.openwebui.com/getting-started/advanced-topics/scaling",
    example=f"{_ONE_KEY}{_STAGING}    existing:\n{_OWN_FILES}",
    fixed_example=_OWN,
    acceptable=True,
)
def shared_database(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    yield from _same("S404", deployment, shared, "database", "database")


@shared_rule(
    "S405",
    checks="Checks that all deployments on one database run the same release.",
    rationale="The newer release migrates the database, and an older one must not run on the changed tables.",
    reference="https://docs.openwebui.com/getting-started/updating",
    example=f"{_ACCEPTED}{_ONE_KEY}{_STAGING}    existing:\n{_OWN_FILES}"
    "    app: {image: ghcr.io/open-webui/open-webui:v0.12.2}\n",
    fixed_example=f"{_ACCEPTED}{_ONE_KEY}{_STAGING}    existing:\n{_OWN_FILES}",
    acceptable=False,
)
def one_release_on_a_database(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    for _, uses in shared.uses(deployment, "database"):
        images = {use.deployment.folder: use.deployment.spec.app.image for use in uses}
        versions = {folder: releases.release(image) for folder, image in images.items()}
        if len(set(versions.values() if all(versions.values()) else images.values())) == 1:
            continue
        named = [f"{folder} {version or 'an unknown one'}" for folder, version in versions.items()]
        message = f"deployments on one database run different releases: {and_more(named, _MAX_NAMES)}"
        hint = "run the same release in all of them, or give each its own existing.database.url_secret_arn"
        if not all(versions.values()):
            hint = f"write the release as the tag of each image, also beside a digest; {hint}"
        others = tuple(Use(use.deployment, _IMAGE) for use in uses[:_MAX_NAMES])
        yield Finding(_IMAGE, message, hint, uses=others)


@shared_rule(
    "S406",
    checks="Checks that a database has enough connections for all deployments on it together.",
    rationale="All of them share the connections of the database; when none is left, every request of each fails.",
    reference="https://docs.openwebui.com/troubleshooting/multi-replica#connection-pool-sizing",
    example=f"{_ACCEPTED}{_ONE_KEY[:-2]}, database: {{max_connections: 800}}}}\n{_STAGING}    existing:\n{_OWN_FILES}",
    fixed_example=f"{_ACCEPTED}{_ONE_KEY}{_STAGING}    existing:\n{_OWN_FILES}",
    acceptable=False,
    other_keys=(
        "app.database_pool",
        "app.workers",
        "autoscaling.max",
        "existing.database.reserved_connections",
        "service.deployment.maximum_percent",
        "service.instances",
    ),
)
def connections_of_a_database(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    for _, uses in shared.uses(deployment, "database"):
        specs = _specs(uses)
        limit, reserved = _limit(specs), _reserved(specs)
        if _sum(specs) + reserved > limit:
            message = (
                f"{_describe_sum(specs)} connections; with {reserved:,} reserved, they exceed the {limit:,} of the "
                f"database that they share"
            )
            hint = (
                "lower app.database_pool, app.workers or autoscaling.max in one of them, raise max_connections of the "
                "database, or give each its own"
            )
            others = tuple(Use(use.deployment, _MAX_CONNECTIONS) for use in uses[:_MAX_NAMES])
            yield Finding(_MAX_CONNECTIONS, message, hint, uses=others)


@shared_rule(
    "S407",
    checks="Checks that a server has enough connections for its databases, if one security group means one server.",
    rationale="PostgreSQL counts the connections to all databases of a server against one `max_connections`.",
    reference="https://www.postgresql.org/docs/current/runtime-config-connection.html",
    example=f"existing: {{database: {{max_connections: 800}}}}\n{_STAGING}    existing:\n{_OWN_FILES}"
    f"      database: {{url_secret_arn: '{_ARN}:staging-database-AbCdEf'}}\n",
    fixed_example=f"existing: {{database: {{max_connections: 800}}}}\n{_OWN}",
    acceptable=True,
    other_keys=(
        "app.database_pool",
        "app.workers",
        "autoscaling.max",
        "existing.database.reserved_connections",
        "service.deployment.maximum_percent",
        "service.instances",
    ),
)
def connections_of_a_server(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    for path, uses in shared.uses(deployment, "database_server"):
        specs = _specs(uses)
        limit, reserved = _limit(specs), _reserved(specs)
        is_one_database = len({spec.existing.database.url_secret_arn for spec in specs.values()}) == 1
        if not is_one_database and _sum(specs) + reserved > limit:
            message = (
                f"{_describe_sum(specs)} connections; with {reserved:,} reserved, they exceed the {limit:,} of the "
                "server, if all databases behind this security group are on one"
            )
            hint = (
                "lower app.database_pool, app.workers or autoscaling.max in one of them, or raise max_connections; if "
                f"each has its own server, {_accept('S407')}"
            )
            yield Finding(path, message, hint, uses=uses[:_MAX_NAMES])


def _specs(uses: Iterable[Use]) -> dict[str, Spec]:
    """Return the specs of the deployments by their folder."""
    return {use.deployment.folder: use.deployment.spec for use in uses}


def _sum(specs: dict[str, Spec]) -> int:
    return sum(map(capacity.max_database_connections, specs.values()))


def _limit(specs: dict[str, Spec]) -> int:
    """Return the lowest `max_connections` of the specs."""
    return min(spec.existing.database.max_connections for spec in specs.values())


def _reserved(specs: dict[str, Spec]) -> int:
    """Return the connections of other clients: the highest number that a spec reserves for them."""
    return max(spec.existing.database.reserved_connections for spec in specs.values())


def _describe_sum(specs: dict[str, Spec]) -> str:
    """Return the sum with its parts, such as `900 (chat/production) + 30 (chat/staging) = 930`."""
    parts = sorted((-capacity.max_database_connections(spec), folder) for folder, spec in specs.items())
    shown = [f"{-number:,} ({folder})" for number, folder in parts[:_MAX_NAMES]]
    if rest := parts[_MAX_NAMES:]:
        shown.append(f"{-sum(number for number, _ in rest):,} ({plural(len(rest), 'other')})")
    return f"{' + '.join(shown)} = {_sum(specs):,}"


@shared_rule(
    "S408",
    checks="Checks that no two deployments use the same files: an access point of EFS, or a bucket.",
    rationale="An administrator who resets the uploads of one deployment deletes the files of the other.",
    reference=f"{_SOURCE}/routers/retrieval.py",
    example=f"{_STAGING}    existing:\n{_OWN_DATABASE}",
    fixed_example=_OWN,
    acceptable=True,
    other_keys=("app.environment",),
)
def shared_files(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    for path, uses in shared.uses(deployment, "files"):
        name = "bucket of files" if path[0] == "app" else "files"
        yield Finding(path, f"{_names(uses)} use the same {name}", _hint("S408", path), uses=uses[:_MAX_NAMES])


@shared_rule(
    "S409",
    checks="Checks that no two deployments on different databases sign sessions with the same secret key.",
    rationale="A session of one deployment is then valid in the other, for the user with the same ID.",
    reference=f"{_SOURCE}/utils/auth.py",
    example=f"existing: {{secrets: {{webui_secret_key_arn: '{_ARN}:key-AbCdEf'}}}}\n{_OWN}",
    fixed_example=f"existing: {{secrets: {{webui_secret_key_arn: '{_ARN}:key-AbCdEf'}}}}\n{_OWN}"
    f"      secrets: {{webui_secret_key_arn: '{_ARN}:staging-key-AbCdEf'}}\n",
    acceptable=True,
)
def shared_secret_key(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    for path, uses in shared.uses(deployment, "webui_secret_key"):
        if len({use.deployment.spec.existing.database.url_secret_arn for use in uses}) > 1:
            message = f"{_names(uses)} use the same WEBUI_SECRET_KEY"
            yield Finding(path, message, _hint("S409", path), uses=uses[:_MAX_NAMES])


@shared_rule(
    "S410",
    checks="Checks that no two deployments use the same Redis token.",
    rationale="The token of one Redis also opens the other, and a rotation has to be applied in both at once.",
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html",
    example=f"existing: {{secrets: {{redis_token_arn: '{_ARN}:token-AbCdEf'}}}}\n{_OWN}",
    fixed_example=f"existing: {{secrets: {{redis_token_arn: '{_ARN}:token-AbCdEf'}}}}\n{_OWN}"
    f"      secrets: {{redis_token_arn: '{_ARN}:staging-token-AbCdEf'}}\n",
    acceptable=True,
)
def shared_redis_token(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    yield from _same("S410", deployment, shared, "redis_token", "Redis token")


@shared_rule(
    "S411",
    checks="Checks that no two deployments replace the same service, and that none replaces another one's service.",
    rationale="The runbook of one deployment stops a service that users of the other still need.",
    reference="docs/spec.md",
    example=f"existing: {{service: chat-old}}\n{_OWN}",
    fixed_example=f"existing: {{service: chat-old}}\n{_OWN}      service: null\n",
    acceptable=True,
    other_keys=("existing.cluster", "service.name"),
)
def replaced_service(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    for path, uses in shared.uses(deployment, "replaced_service"):
        replacing = [use for use in uses if use.path[0] == "existing"]
        running = [use for use in uses if use.path[0] == "service"]
        if not replacing:  # S402 reports two deployments with one service name
            continue
        verb = "replaces" if len(replacing) == 1 else "replace"
        service = f"the service of {_names(running)}" if running else "the same service"
        hint = f"remove it where the service is still needed, or {_accept('S411')}"
        yield Finding(path, f"{_names(replacing)} {verb} {service}", hint, uses=uses[:_MAX_NAMES])


@shared_rule(
    "S412",
    checks="Checks that no two deployments have the same public URL.",
    rationale="Browsers reach only one of them there, and links in mails of the other lead to it.",
    reference="https://docs.openwebui.com/reference/env-configuration#webui_url",
    example=f"app: {{public_url: 'https://chat.example.com'}}\nload_balancer: {{tls_termination: proxy}}\n{_OWN}",
    fixed_example=f"app: {{public_url: 'https://chat.example.com'}}\nload_balancer: {{tls_termination: proxy}}\n{_OWN}"
    "    app: {public_url: 'https://chat-staging.example.com'}\n",
    acceptable=True,
    other_keys=("load_balancer.tls_termination",),
)
def shared_public_url(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    yield from _same("S412", deployment, shared, "public_url", "public URL")


@shared_rule(
    "S413",
    checks="Checks that no two deployments use the same part of a separate vector database.",
    rationale="An administrator who resets the vector database of one deployment deletes the knowledge of the other.",
    reference=f"{_SOURCE}/routers/retrieval.py",
    example=f"app: {{vector_database: qdrant, environment: {{QDRANT_URI: 'https://qdrant.example.com'}}}}\n{_OWN}",
    fixed_example=f"app: {{vector_database: qdrant, environment: {{QDRANT_URI: 'https://qdrant.example.com'}}}}\n{_OWN}"
    "    app: {environment: {QDRANT_COLLECTION_PREFIX: staging}}\n",
    acceptable=True,
    other_keys=("app.secrets",),
)
def shared_vector_database(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    for path, uses in shared.uses(deployment, "vector_database"):
        hint = f"give each its own server, index or prefix of collections, or {_accept('S413')}"
        yield Finding(path, f"{_names(uses)} use the same vector database", hint, uses=uses[:_MAX_NAMES])


@shared_rule(
    "S414",
    checks="Checks that deployments on one database have the same secret key.",
    rationale="With different keys, each refuses the sessions of the other, and cannot decrypt the tokens that the "
    "other stored in the database.",
    reference=f"{_SOURCE}/env.py",
    example=f"{_ACCEPTED}{_STAGING}    existing:\n{_OWN_FILES}",
    fixed_example=f"{_ACCEPTED}{_ONE_KEY}{_STAGING}    existing:\n{_OWN_FILES}",
    acceptable=True,
    other_keys=("existing.database.url_secret_arn",),
)
def one_key_on_a_database(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    for _, uses in shared.uses(deployment, "database"):
        arns = [use.deployment.spec.existing.secrets.webui_secret_key_arn for use in uses]
        if None in arns or len(set(arns)) > 1:  # without an ARN, each deployment generates a key
            message = f"{_names(uses)} use one database, but not one WEBUI_SECRET_KEY"
            hint = (
                f"name one secret in {dotted(_KEY)} of each; if their managed secrets have one value, {_accept('S414')}"
            )
            others = tuple(Use(use.deployment, _KEY) for use in uses[:_MAX_NAMES])
            yield Finding(_KEY, message, hint, uses=others)
