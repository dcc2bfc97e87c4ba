"""Expected usage, for the cost estimate."""

from typing import Any

from pydantic import Field

from owscale.spec.models.base import Section


def _volume(description: str) -> Any:
    return Field(
        default=None, ge=0, le=1_000_000_000, description=f"{description} If omitted, the estimate excludes this cost."
    )


class Cost(Section):
    """Expected usage for `owscale cost`. These keys change nothing in AWS."""

    lcus: float | None = _volume("Capacity units (LCU) of the load balancer, on average over a month.")
    log_gb_per_month: float | None = _volume("Logs that CloudWatch ingests in a month, in GB.")
    stored_log_gb: float | None = _volume("Compressed logs that CloudWatch stores, in GB.")
    scanned_log_gb_per_month: float | None = _volume("Logs that Logs Insights queries scan in a month, in GB.")
    nat_gb_per_month: float | None = _volume(
        "Data that the tasks send and receive through a NAT gateway in a month, in GB."
    )
    endpoint_gb_per_month: float | None = _volume("Data that passes interface endpoints of the VPC in a month, in GB.")
    secret_requests_per_month: float | None = _volume("Number of requests to Secrets Manager in a month.")
    kms_requests_per_month: float | None = _volume("Number of requests to KMS in a month.")
    snapshot_gb: float | None = _volume("Redis snapshots that are stored, on average over a month, in GB.")
