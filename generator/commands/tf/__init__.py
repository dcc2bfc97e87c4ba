"""`owscale tf`: Terraform on the roots under out/. A file an action, each a function of the parsed options."""

import importlib
from argparse import Namespace

from generator.errors import Report


def tf(options: Namespace, report: Report) -> int:
    """Runs the action. It is imported when it runs, so that none waits for the libraries of another."""
    module = importlib.import_module(f"generator.commands.tf.{options.action}")
    code: int = getattr(module, options.action)(options, report)
    return code
