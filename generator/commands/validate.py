"""`owscale validate`: the specs alone, nothing written."""

from argparse import Namespace

from generator.commands import steps
from generator.diagnostics import Report


def validate(options: Namespace, report: Report) -> int:
    """Says which deployments the specs describe, once they are right."""
    for deployment in steps.read(options, report):
        print(f"{deployment.folder}: valid")
    return 0
