"""The holder of a state lock, read from the DynamoDB table or the lock file of Terraform."""

import json
from typing import Any

from owscale.aws_api.calls import require_reading
from owscale.aws_api.client import AwsAccount
from owscale.terraform.backend_config import BackendConfig

_CALLS = require_reading(("dynamodb:GetItem", "s3:GetObject", "s3:ListObjectsV2"))
_FIELDS = {"id": "ID", "who": "Who", "operation": "Operation", "created": "Created"}


def lock_holder(backend: BackendConfig, *, by_table: bool, by_file: bool) -> dict[str, str] | None:
    """Return the lock of the state; None if it is not locked.

    The keys are `id`, `who`, `operation` and `created`. Raises OwscaleError if AWS returns no answer.
    """
    account = AwsAccount(backend.state_region, backend.profile, _CALLS)
    lock = _table_lock(account, backend) if by_table else None
    return lock or (_file_lock(account, backend) if by_file else None)


def _table_lock(account: AwsAccount, backend: BackendConfig) -> dict[str, str] | None:
    key = {"LockID": {"S": f"{backend.bucket}/{backend.key}"}}
    response = account.call("dynamodb:GetItem", TableName=backend.table, Key=key, ConsistentRead=True)
    item = response.get("Item")
    return _parse_lock(item["Info"]["S"]) if item and "Info" in item else None


def _file_lock(account: AwsAccount, backend: BackendConfig) -> dict[str, str] | None:
    key = f"{backend.key}.tflock"
    objects = account.call("s3:ListObjectsV2", Bucket=backend.bucket, Prefix=key).get("Contents", [])
    if all(each["Key"] != key for each in objects):
        return None
    return _parse_lock(account.call("s3:GetObject", Bucket=backend.bucket, Key=key)["Body"].read())


def _parse_lock(text: str | bytes) -> dict[str, str]:
    """Return the fields of a lock; a field that cannot be read is `unknown`."""
    try:
        lock: Any = json.loads(text)
    except ValueError:
        lock = None
    lock = lock if isinstance(lock, dict) else {}
    return {name: str(lock.get(field) or "unknown") for name, field in _FIELDS.items()}
