"""`owscale validate`: the specs alone, nothing written."""

from argparse import Namespace

from generator.errors import Report
from generator.stages import specs


def validate(options: Namespace, report: Report) -> int:
    """Says which deployments the specs describe, once they are right."""
    for deployment in specs.read(options, report):
        print(f"{deployment.folder}: valid")
    return 0
