"""The parts of the runbook's commands that depend on the deployment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from owscale.console.markdown import SafeMarkdown, sh
from owscale.domain.aws.secret_arns import secret_arn
from owscale.domain.openwebui import releases
from owscale.spec.deployment import Deployment

if TYPE_CHECKING:
    from owscale.spec.models import Spec


_BACKUPS = "BackupRetentionPeriod,LatestRestorableTime"


def runbook_commands(deployment: Deployment, spec_path: str) -> dict[str, Any]:
    """Return words and options of commands by name; `spec_path` is the path of the spec in the commands."""
    spec = deployment.spec
    terraform = _words("terraform", f"-chdir=out/{deployment.folder}")
    state_region = spec.state.region or spec.aws.region
    state_path = f"{spec.state.bucket}/{spec.state.key}"
    return {
        "admin_secret_arn": secret_arn(spec.app.secrets.get("WEBUI_ADMIN_PASSWORD", "")),
        "admin_secret_name": f"{spec.service.name}-admin-password",
        "aws_options": _aws_options(spec, spec.aws.region),
        "config_request": _request(spec, terraform, "/api/config"),
        "database_clusters_backups_query": _database_query(spec, "DBClusters", f"[DBClusterIdentifier,{_BACKUPS}]"),
        "database_clusters_query": _database_query(spec, "DBClusters", "DBClusterIdentifier"),
        "database_health_request": _request(spec, terraform, "/health/db"),
        "database_instances_backups_query": _database_query(spec, "DBInstances", f"[DBInstanceIdentifier,{_BACKUPS}]"),
        "database_instances_query": _database_query(spec, "DBInstances", "DBInstanceIdentifier"),
        "digest_item": _lock_item(f"{state_path}-md5"),
        "existing_scalable_resource": f"service/{spec.existing.cluster}/{spec.existing.service}",
        "health_request": _request(spec, terraform, "/health"),
        "load_balancer_url": _load_balancer_url(spec, terraform),
        "lock_item": _lock_item(state_path),
        "lock_path": f"s3://{state_path}.tflock",
        "log_group": f"/ecs/{spec.service.name}",
        "migration_family": f"{spec.service.name}-migration",
        "new_bucket_options": _new_bucket_options(state_region),
        "origin_header": f"Origin: {spec.app.public_url}",
        "owscale_options": _words("--spec", spec_path, "--env", deployment.environment),
        "ready_request": _request(spec, terraform, "/ready") if releases.has_ready(spec.app.image) else None,
        "scalable_resource": f"service/{spec.existing.cluster}/{spec.service.name}",
        "secrets_prefix": f"{spec.service.name}/",
        "slow_log_group": f"/elasticache/{spec.service.name}/slow-log",
        "spec_file": spec_path,
        "spec_options": _words("--spec", spec_path),
        "state_bucket": f"s3://{spec.state.bucket}",
        "state_options": _aws_options(spec, state_region),
        "state_path": f"s3://{state_path}",
        "terraform": terraform,
        "websocket_request": _request(spec, terraform, "/ws/socket.io/?EIO=4&transport=websocket"),
    }


def _words(*words: str) -> SafeMarkdown:
    """Return words that many commands share, quoted for the shell."""
    return SafeMarkdown(sh(words))


def _aws_options(spec: Spec, region: str) -> SafeMarkdown:
    """Return the options of every command of the AWS CLI."""
    return _words("--region", region, *(["--profile", spec.aws.profile] if spec.aws.profile else []))


def _new_bucket_options(region: str) -> SafeMarkdown:
    """Return the options that create a bucket in a region: S3 requires the region, but refuses us-east-1.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    """
    if region == "us-east-1":
        return SafeMarkdown()
    return _words("--create-bucket-configuration", f"LocationConstraint={region}")


def _lock_item(lock_id: str) -> str:
    """Return the key of a lock's item in DynamoDB."""
    return json.dumps({"LockID": {"S": lock_id}})


def _database_query(spec: Spec, kind: str, value: str) -> str:
    """Return a query for a value of the databases with the security group of the existing database."""
    return f"{kind}[?VpcSecurityGroups[?VpcSecurityGroupId=='{spec.existing.database.security_group}']].{value}"


def _dns_name(terraform: SafeMarkdown) -> str:
    return f"$({terraform} output -raw alb_dns_name)"


def _load_balancer_url(spec: Spec, terraform: SafeMarkdown) -> SafeMarkdown:
    """Return the URL of the load balancer as a word of a command."""
    scheme, port, default_port = ("http", spec.load_balancer.http_port, 80)
    if spec.existing.certificate_arn:
        scheme, port, default_port = ("https", spec.load_balancer.https_port, 443)
    suffix = "" if port == default_port else f":{port}"
    return SafeMarkdown(f'"{scheme}://{_dns_name(terraform)}{suffix}"')


def _request(spec: Spec, terraform: SafeMarkdown, path: str) -> SafeMarkdown:
    """Return the words of a curl request to the load balancer, without the proxy.

    The request has the public host name: the certificate is for that name.
    """
    public = urlsplit(spec.app.public_url or "")
    if spec.existing.certificate_arn and public.hostname:
        port = public.port or 443
        target = f'"{public.hostname}:{port}:{_dns_name(terraform)}:{spec.load_balancer.https_port}"'
        return SafeMarkdown(f"--connect-to {target} {sh(f'{spec.app.public_url}{path}')}")
    host = f"--header {sh(f'Host: {public.netloc}')} " if public.netloc else ""
    insecure = "--insecure " if spec.existing.certificate_arn else ""
    return SafeMarkdown(f'{insecure}{host}{_load_balancer_url(spec, terraform)[:-1]}{path}"')
