"""The parts of the runbook's commands that hold names of this deployment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from generator.deployment import Deployment
from generator.facts import releases
from generator.markdown import Ready, sh

if TYPE_CHECKING:
    from generator.model import Spec

_READY_SINCE = "0.8.11"
"""The release that brought /ready: https://github.com/open-webui/open-webui/blob/main/CHANGELOG.md"""


def commands(deployment: Deployment, origin: str) -> dict[str, Any]:
    """What the commands need; `origin` is the spec as the commands name it."""
    spec = deployment.spec
    root = f"out/{deployment.folder}"
    terraform = _words("terraform", f"-chdir={root}")
    return {
        "aws_options": _aws(spec, spec.aws.region),
        "state_options": _aws(spec, spec.state.region or spec.aws.region),
        "owscale_options": _words("--spec", origin, "--env", deployment.environment),
        "spec_options": _words("--spec", origin),
        "terraform": terraform,
        "spec_file": origin,
        "new_bucket_options": _new_bucket(spec.state.region or spec.aws.region),
        "state_bucket": f"s3://{spec.state.bucket}",
        "state_path": f"s3://{spec.state.bucket}/{spec.state.key}",
        "lock_path": f"s3://{spec.state.bucket}/{spec.state.key}.tflock",
        "lock_item": _item(f"{spec.state.bucket}/{spec.state.key}"),
        "digest_item": _item(f"{spec.state.bucket}/{spec.state.key}-md5"),
        "alarm_prefix": f"{spec.service.name}-",
        "log_group": f"/ecs/{spec.service.name}",
        "slow_log_group": f"/elasticache/{spec.service.name}/slow-log",
        "secrets_prefix": f"{spec.service.name}/",
        "scalable_resource": f"service/{spec.existing.cluster}/{spec.service.name}",
        "replaced_resource": f"service/{spec.existing.cluster}/{spec.existing.service}",
        "migration": _migration(),
        "clusters_of_the_database": _in_group(spec, "DBClusters", "DBClusterIdentifier"),
        "instances_of_the_database": _in_group(spec, "DBInstances", "DBInstanceIdentifier"),
        "health": _probe(spec, terraform, "/health"),
        "health_of_the_database": _probe(spec, terraform, "/health/db"),
        "ready": _probe(spec, terraform, "/ready") if _knows_ready(spec) else None,
        "websocket": _probe(spec, terraform, "/ws/socket.io/?EIO=4&transport=websocket"),
        "origin_header": f"Origin: {spec.app.public_url}",
        "balancer_url": _balancer(spec, terraform),
    }


def _words(*words: str) -> Ready:
    """What nearly every command has, quoted once for all of them."""
    return Ready(sh(words))


def _aws(spec: Spec, region: str) -> Ready:
    """The options of every command of the AWS CLI."""
    return _words("--region", region, *(["--profile", spec.aws.profile] if spec.aws.profile else []))


def _new_bucket(region: str) -> Ready:
    """S3 wants to be told the region of a bucket, unless it is the first region that there was."""
    return Ready() if region == "us-east-1" else _words("--create-bucket-configuration", f"LocationConstraint={region}")


def _item(lock: str) -> str:
    """The key of a lock's item in DynamoDB."""
    return json.dumps({"LockID": {"S": lock}})


def _migration() -> str:
    """Overrides of a task that migrates the database and ends.

    Open WebUI migrates when its module config is imported (backend/open_webui/config.py, run_migrations).
    """
    container = {
        "name": "open-webui",
        "command": ["python", "-c", "import open_webui.config"],
        "environment": [{"name": "ENABLE_DB_MIGRATIONS", "value": "true"}],
    }
    return json.dumps({"containerOverrides": [container]})


def _in_group(spec: Spec, kind: str, name: str) -> str:
    """A query for what has the database's security group."""
    return f"{kind}[?VpcSecurityGroups[?VpcSecurityGroupId=='{spec.existing.database.security_group}']].{name}"


def _knows_ready(spec: Spec) -> bool:
    version = releases.release(spec.app.image)
    return version is None or not releases.older(version, _READY_SINCE)


def _dns_name(terraform: Ready) -> str:
    return f"$({terraform} output -raw alb_dns_name)"


def _balancer(spec: Spec, terraform: Ready) -> Ready:
    """The load balancer's address, as a word of a command."""
    scheme, port, usual = ("http", spec.load_balancer.http_port, 80)
    if spec.existing.certificate_arn:
        scheme, port, usual = ("https", spec.load_balancer.https_port, 443)
    return Ready(f'"{scheme}://{_dns_name(terraform)}{"" if port == usual else f":{port}"}"')


def _probe(spec: Spec, terraform: Ready, path: str) -> Ready:
    """What curl asks the load balancer, past the proxy: with the name that browsers use, which a certificate is for."""
    public = urlsplit(spec.app.public_url or "")
    if spec.existing.certificate_arn and public.hostname:
        port = public.port or 443
        place = f'"{public.hostname}:{port}:{_dns_name(terraform)}:{spec.load_balancer.https_port}"'
        return Ready(f"--connect-to {place} {sh(f'{spec.app.public_url}{path}')}")
    host = f"--header {sh(f'Host: {public.netloc}')} " if public.netloc else ""
    unchecked = "--insecure " if spec.existing.certificate_arn else ""
    return Ready(f'{unchecked}{host}{_balancer(spec, terraform)[:-1]}{path}"')
