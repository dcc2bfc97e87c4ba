"""Values that `owscale init` wrote to be replaced."""

import functools
import ipaddress
import re
from collections.abc import Iterator

from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

_PLACEHOLDER = re.compile(r"change-me|-f{16}[0-9a-f]$|:0{12}:", re.IGNORECASE)
_DOCUMENTATION_RANGES = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
"""Address ranges of examples, which no network has: https://www.rfc-editor.org/rfc/rfc5737"""


@rule(
    "S233",
    "error",
    checks="Checks that no value is a placeholder of `owscale init`: `change-me`, an ID of `f`, an account of zeros, "
    "or an address range for documentation.",
    rationale="With a placeholder, the plan or the apply fails, or resources get the name of the placeholder.",
    reference="https://www.rfc-editor.org/rfc/rfc5737",
    example="existing: {vpc: vpc-ffffffffffffffff0}",
    fixed_example="existing: {vpc: vpc-11111111}",
    other_keys=("alarms", "app", "aws", "load_balancer", "state"),
)
def placeholders(deployment: Deployment) -> Iterator[Finding]:
    for path, value in deployment.document.texts:
        if path[0] not in {"accept", "allow"} and _is_placeholder(value):
            yield Finding(path, "is a placeholder", "replace it with the value of this deployment")


@functools.lru_cache(maxsize=4096)  # the deployments of a project share most texts
def _is_placeholder(value: str) -> bool:
    if _PLACEHOLDER.search(value):
        return True
    if "/" not in value:
        return False
    try:
        return ipaddress.ip_network(value) in _DOCUMENTATION_RANGES
    except ValueError:
        return False
