"""Placeholders, which `owscale init` writes for unknown values. S233 reports each of them."""

import functools
import ipaddress
import re

from owscale.domain.aws.regions import partition

MAX_CONNECTIONS = 262143
"""The placeholder for an unknown `max_connections`: the maximum of PostgreSQL on RDS, which no real database uses.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html
"""

WORD = "change-me"
ACCOUNT = "000000000000"
REGION = f"xx-{WORD}-1"
CIDR = "192.0.2.0/24"
SUBNETS = ("subnet-ffffffffffffffff0", "subnet-ffffffffffffffff1")

_PLACEHOLDER = re.compile(r"change-me|-f{16}[0-9a-f]$|:0{12}:", re.IGNORECASE)
_DOCUMENTATION_RANGES = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
"""Address ranges of examples, which no network has: https://www.rfc-editor.org/rfc/rfc5737"""


def resource_id(kind: str, number: int = 0) -> str:
    """Return a placeholder for the ID of an AWS resource, such as `vpc-ffffffffffffffff0`."""
    return f"{kind}-{'f' * 16}{number:x}"


def secret_arn(name: str, region: str, account: str) -> str:
    """Return a placeholder for the ARN of a secret, in the region and the account of the deployment."""
    return f"arn:{partition(region)}:secretsmanager:{region}:{account}:secret:{WORD}/{name}-AbCdEf"


@functools.lru_cache(maxsize=4096)  # the deployments of a project share most texts
def is_placeholder(text: str) -> bool:
    """Whether a text is a placeholder."""
    if _PLACEHOLDER.search(text):
        return True
    if "/" not in text:
        return False
    try:
        return ipaddress.ip_network(text) in _DOCUMENTATION_RANGES
    except ValueError:
        return False
