"""The stages that several commands share: from the specs to the text of every file."""

import os
from argparse import Namespace
from pathlib import Path

from generator import checks, source
from generator.deployment import Deployment, deployments
from generator.errors import OwscaleError, Report, UsageError, nearest
from generator.manifest import manifest
from generator.render import Renderer


def read(options: Namespace, report: Report) -> list[Deployment]:
    """Every deployment of every spec, validated and checked; what is wrong with them goes to `report`.

    Raises SpecError if any of it is an error, and OwscaleError where there is no spec at all.
    """
    paths = source.find(options.spec)
    if not paths:
        raise OwscaleError(
            f"{options.spec}: no spec here\n  hint: write one as {options.spec}/spec.yaml; see README.md"
        )
    documents = [document for path in paths if (document := source.read(path, str(path), report))]
    found = [deployment for document in documents for deployment in deployments(document, report)]
    checks.check(found, report)
    report.stop_on_errors()
    return found


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


def rendered(options: Namespace, found: list[Deployment]) -> dict[str, str]:
    """The text of every file of the deployments, by its path under out/."""
    renderer = Renderer()
    return {
        file.path: renderer.render(file.template, file.header, file.context)
        for deployment in found
        for file in manifest(deployment, origin(options, deployment))
    }


def origin(options: Namespace, deployment: Deployment) -> str:
    """The spec's path as generated files name it: seen from beside out/, so that it is the same on every machine."""
    seen = os.path.relpath(Path(deployment.document.file).resolve(), options.out.resolve().parent)
    path = Path(seen)
    return path.name if path.parts[0] == ".." else path.as_posix()


def origins(options: Namespace, found: list[Deployment]) -> frozenset[str]:
    """The specs that the deployments came from, as generated files name them."""
    return frozenset(origin(options, deployment) for deployment in found)
