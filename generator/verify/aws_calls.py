"""The calls to AWS of the checks, and their errors as outcomes."""

from typing import Any

from owscale.aws_api.calls import Caller, CallError, require_reading
from owscale.console.invocation import owscale_command
from owscale.verify.check import CheckError, failed

CALLS = require_reading(
    (
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetDashboard",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "elasticache:DescribeReplicationGroups",
        "elasticfilesystem:DescribeBackupPolicy",
        "elasticloadbalancing:DescribeTargetHealth",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
    )
)
"""Every call of the checks; docs/verify.md has them as an IAM policy."""

ACCOUNT_CALL = "secretsmanager:GetSecretValue"
"""The call that reads the test account of `--account ARN`: the only secret value that owscale reads."""


def calls_of_checks(call: Caller) -> Caller:
    """Return a function that calls AWS and raises CheckError where that fails."""

    def call_aws(name: str, /, **arguments: Any) -> dict[str, Any]:
        try:
            return call(name, **arguments)
        except CallError as error:
            hint = error.hint
            if error.reason == "not found":
                hint = f"apply the deployment; `{owscale_command('tf', 'plan')}` lists the missing resources"
            is_permanent = error.reason in {"credentials", "denied"}
            outcome = failed(error.message, hint, is_permanent=is_permanent)
            raise CheckError(outcome, error.code, is_not_found=error.reason == "not found") from error

    return call_aws
