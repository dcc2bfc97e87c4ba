"""The options of the actions of `owscale tf`."""

import argparse

from generator.argument_types import path


def prove(action: argparse.ArgumentParser) -> None:
    action.add_argument("plan", type=path, metavar="PLAN.json", help="what `terraform show -json` writes of the plan")


def plan(action: argparse.ArgumentParser) -> None:
    action.add_argument(
        "--base",
        metavar="REV",
        help="say which keys changed since this git revision, and the cost (default: since the last apply from here)",
    )
    action.add_argument(
        "--detailed-exitcode", action="store_true", help="0: nothing to apply; 2: something; 1: refused, or it failed"
    )


def apply(action: argparse.ArgumentParser) -> None:
    action.add_argument(
        "--yes", action="store_true", help="do not ask, as in a pipeline; it must be proved all the same"
    )


def destroy(action: argparse.ArgumentParser) -> None:
    action.add_argument("--confirm", metavar="NAME/ENV", help="do not ask: the deployment that is meant")
