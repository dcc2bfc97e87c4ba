"""Who holds the lock of a state: what Terraform wrote into the table, or beside the state."""

import json
from typing import Any

from generator.errors import OwscaleError
from generator.terraform.faults import Names
from generator.verify.aws import Account
from generator.verify.check import CheckError


def holder(names: Names, *, by_table: bool, by_file: bool) -> dict[str, str] | None:
    """Who works on the state, on what, since when; None where nobody does.

    Raises OwscaleError where AWS does not say.
    """
    account = Account(names.state_region, names.profile)
    try:
        found = _in_table(account, names) if by_table else None
        found = found or (_in_file(account, names) if by_file else None)
    except CheckError as error:
        raise OwscaleError(error.outcome.evidence) from error
    return found


def _in_table(account: Account, names: Names) -> dict[str, str] | None:
    key = {"LockID": {"S": f"{names.bucket}/{names.key}"}}
    item = account.ask("dynamodb", "get_item", TableName=names.table, Key=key, ConsistentRead=True).get("Item")
    return _read(item["Info"]["S"]) if item and "Info" in item else None


def _in_file(account: Account, names: Names) -> dict[str, str] | None:
    path = f"{names.key}.tflock"
    listed = account.ask("s3", "list_objects_v2", Bucket=names.bucket, Prefix=path).get("Contents", [])
    if all(each["Key"] != path for each in listed):
        return None
    return _read(account.ask("s3", "get_object", Bucket=names.bucket, Key=path)["Body"].read())


def _read(text: str | bytes) -> dict[str, str]:
    try:
        info: Any = json.loads(text)
    except ValueError:
        info = {}
    info = info if isinstance(info, dict) else {}
    names = {"id": "ID", "who": "Who", "operation": "Operation", "created": "Created"}
    return {name: str(info.get(key) or "unknown") for name, key in names.items()}
