"""The stages that come first: from the specs to their deployments, validated and checked."""

from argparse import Namespace

from generator import checks, source
from generator.deployment import Deployment, deployments
from generator.errors import OwscaleError, Report, UsageError, nearest


def read(options: Namespace, report: Report) -> list[Deployment]:
    """Every deployment of every spec, validated and checked; what is wrong with them goes to `report`.

    Raises SpecError if any of it is an error, and OwscaleError where there is no spec at all.
    """
    found = right(options, report)
    report.stop_on_errors()
    return found


def right(options: Namespace, report: Report) -> list[Deployment]:
    """The deployments of the specs in which nothing is wrong; what is wrong with the others goes to `report`."""
    found = checks.check(load(options, report), report)
    wrong = {each.file for each in report if each.severity == "error"} if report.errors else set()
    return [deployment for deployment in found if deployment.document.file not in wrong]


def load(options: Namespace, report: Report) -> list[Deployment]:
    """Every deployment whose spec has its form; what is wrong with the others goes to `report`."""
    paths = source.find(options.spec)
    if not paths:
        raise OwscaleError(
            f"{options.spec}: no spec here\n  hint: write one as {options.spec}/spec.yaml; see README.md"
        )
    documents = (document for path in paths if (document := source.read(path, str(path), report)))
    return [deployment for document in documents for deployment in deployments(document, report)]


def chosen(options: Namespace, report: Report) -> list[Deployment]:
    """The deployments that --env asks for; all of them without it."""
    found = read(options, report)
    matching = [deployment for deployment in found if options.env in (None, deployment.environment)]
    if not matching:
        known = sorted({deployment.environment for deployment in found})
        raise UsageError(f"--env {options.env}: no such environment\n  hint: {nearest(options.env, known)}")
    return matching


def one(options: Namespace, report: Report) -> Deployment:
    """The one deployment that --spec and --env name together."""
    matching = chosen(options, report)
    if len(matching) > 1:
        folders = ", ".join(deployment.folder for deployment in matching)
        raise UsageError(f"{folders}: one of these is meant\n  hint: name it with --env, and with --spec its file")
    return matching[0]
