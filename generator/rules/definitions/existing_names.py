"""Names of managed resources that an existing resource of the spec already has.

Most existing resources are named by an ID or an ARN that AWS assigns, so no managed resource can have the same name. A
topic, a bucket for access logs or a secret that the spec names is not created a second time. The test of this module
lists why every other key and every other resource cannot conflict.
"""

import re
from collections.abc import Iterator

from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

_MAX_BASE = 25  # the 32 characters of the name of a load balancer, without `-scaled`


@rule(
    "S230",
    "error",
    checks="Checks that no managed resource gets the name of an existing one that the spec names: an ECS service in "
    "the same cluster, or a bucket.",
    rationale="AWS rejects a second service of a name in a cluster, and a second bucket of a name anywhere. The apply "
    "would fail after a part of the resources is created.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
    example="existing: {service: chat}\nservice: {name: chat}",
    fixed_example="existing: {service: chat}\nservice: {name: chat-scaled}",
    other_keys=("load_balancer.access_logs.enabled", "state.bucket"),
)
def names_of_existing_resources(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    name, service_name = spec.service.name, ("service", "name")
    if spec.existing.service == name:
        message = f"{name} is also the existing service in the cluster {spec.existing.cluster}"
        new = f"{name[:_MAX_BASE]}-scaled"
        hint = f"write another name, such as {new}; if this deployment created {name}, remove existing.service"
        yield Finding(service_name, message, hint, related=(("existing", "service"),))
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html: unique in a partition
    has_managed_bucket = spec.load_balancer.access_logs.enabled and spec.existing.access_log_bucket is None
    account = spec.aws.account_id or "[0-9]{12}"
    if has_managed_bucket and re.fullmatch(f"{re.escape(name)}-alb-logs-{account}", spec.state.bucket):
        message = f"the managed bucket of the access logs would be {spec.state.bucket}, which has the state"
        hint = "write another name, or name a bucket for the logs in existing.access_log_bucket"
        related = (("state", "bucket"), ("load_balancer", "access_logs", "enabled"))
        yield Finding(service_name, message, hint, related=related)
