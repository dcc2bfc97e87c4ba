"""Environment variables that hold a secret, judged by their names."""

import re

_SECRET_NAME = re.compile(r"(?:^|_)(?:KEYS?|TOKEN|SECRETS?|PASSWORD|PASSWD|CREDENTIALS)(?:_JSON|_?[0-9]+)?$")
_SWITCH_VALUES = frozenset({"true", "false"})
"""Values of variables such as ENABLE_API_KEYS, which are named like secrets but hold none."""


def is_named_like_secret(name: str, value: str) -> bool:
    """Whether the name of a variable says that its value is a secret."""
    return bool(_SECRET_NAME.search(name.upper())) and value.lower() not in _SWITCH_VALUES
