"""What is expected to be used, for the estimate of the cost."""

from typing import Any

from pydantic import Field

from generator.model.base import Section


def _volume(description: str) -> Any:
    return Field(default=None, ge=0, le=1_000_000_000, description=f"{description} Left out: not in the estimate.")


class Cost(Section):
    """Expected volumes for `owscale cost`. They change nothing in AWS."""

    lcus: float | None = _volume("Capacity units of the load balancer (LCU), on average over the month.")
    log_gb_per_month: float | None = _volume("GB of logs that CloudWatch takes in a month.")
    stored_log_gb: float | None = _volume("GB of logs that CloudWatch keeps, compressed.")
    scanned_log_gb_per_month: float | None = _volume("GB of logs that Logs Insights queries scan in a month.")
    nat_gb_per_month: float | None = _volume("GB that the tasks send and receive through a NAT gateway in a month.")
    endpoint_gb_per_month: float | None = _volume("GB that go through interface endpoints of the VPC in a month.")
    secret_requests_per_month: float | None = _volume("Requests to Secrets Manager in a month.")
    kms_requests_per_month: float | None = _volume("Requests to KMS in a month.")
    snapshot_gb: float | None = _volume("GB of Redis snapshots that are kept, on average over the month.")
