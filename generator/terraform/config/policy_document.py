"""Policies of `aws_iam_policy_document`, computed from their arguments as the provider does.

https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/data-sources/iam_policy_document
"""

import json
from typing import Any

from owscale.terraform.config.values import UNKNOWN, UnsupportedExpressionError, contains_unknown, elements

TYPE = "aws_iam_policy_document"
_LISTS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "not_resources": "NotResource",
    "resources": "Resource",
}
_PRINCIPALS = {"not_principals": "NotPrincipal", "principals": "Principal"}
_KNOWN = {"policy_id", "statement", "version"}
_KNOWN_IN_STATEMENT = {"condition", "effect", "sid", *_LISTS, *_PRINCIPALS}


def policy_json(arguments: dict[str, Any]) -> Any:
    """Return the policy as JSON; UNKNOWN if a part of it is unknown."""
    statements = arguments.get("statement", [])
    foreign = {*arguments} - _KNOWN | {name for each in statements for name in each} - _KNOWN_IN_STATEMENT
    if foreign:
        raise UnsupportedExpressionError(f"{min(foreign)} of {TYPE}")
    if contains_unknown(arguments):
        return UNKNOWN
    document = {
        "Version": arguments.get("version") or "2012-10-17",
        "Id": arguments.get("policy_id"),
        "Statement": [_statement(statement) for statement in statements],
    }
    return json.dumps({key: value for key, value in document.items() if value is not None})


def _statement(arguments: dict[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": arguments.get("effect") or "Allow"}
    if arguments.get("sid"):
        statement["Sid"] = arguments["sid"]
    for name, key in _LISTS.items():
        if arguments.get(name):
            statement[key] = elements(arguments[name])
    for name, key in _PRINCIPALS.items():
        for block in arguments.get(name, []):
            if block["type"] == "*" and block["identifiers"] == ["*"]:
                statement[key] = "*"
            else:
                statement.setdefault(key, {}).setdefault(block["type"], []).extend(elements(block["identifiers"]))
    conditions = statement.setdefault("Condition", {}) if arguments.get("condition") else {}
    for block in arguments.get("condition", []):
        conditions.setdefault(block["test"], {}).setdefault(block["variable"], []).extend(elements(block["values"]))
    return statement
