"""Values that `owscale init` wrote to be replaced."""

from collections.abc import Iterator

from owscale.domain import placeholders
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

_MAX_CONNECTIONS = ("existing", "database", "max_connections")


@rule(
    "S233",
    "error",
    checks="Checks that no value is a placeholder of `owscale init`: `change-me`, an ID of `f`, an account of zeros, "
    "an address range for documentation, or 262143 connections.",
    rationale="With a placeholder, the plan or the apply fails, or resources get the name of the placeholder.",
    reference="https://www.rfc-editor.org/rfc/rfc5737",
    example="existing: {vpc: vpc-ffffffffffffffff0}",
    fixed_example="existing: {vpc: vpc-11111111}",
    other_keys=("alarms", "app", "aws", "load_balancer", "state"),
)
def placeholder_values(deployment: Deployment) -> Iterator[Finding]:
    for path, value in deployment.document.texts:
        if path[0] not in {"accept", "allow"} and placeholders.is_placeholder(value):
            yield Finding(path, "is a placeholder", "replace it with the value of this deployment")
    if deployment.spec.existing.database.max_connections == placeholders.MAX_CONNECTIONS:
        yield Finding(_MAX_CONNECTIONS, "is a placeholder", "write the result of `SHOW max_connections`")
