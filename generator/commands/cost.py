"""`owscale cost`: what each deployment costs in a month, by AWS's list prices."""

from argparse import Namespace

from generator.cost import as_json, estimate, told
from generator.errors import Report
from generator.stages import specs


def cost(options: Namespace, report: Report) -> int:
    """Prints the estimate of every environment, or of the one that is asked for."""
    found = specs.chosen(options, report)
    estimates = {deployment.folder: estimate(deployment.spec) for deployment in found}
    if options.shown_as == "json":
        print(as_json.document(estimates))
    else:
        told_as = told.markdown if options.shown_as == "markdown" else told.text
        print("\n\n".join("\n".join((f"# {folder}", "", *told_as(one))) for folder, one in estimates.items()))
    return 0
