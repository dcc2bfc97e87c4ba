"""The stages that several commands share: from the deployments to the text of every file, and what is said of it."""

import functools
import json
import os
import shlex
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from generator import output
from generator.custom import custom
from generator.deployment import Deployment
from generator.errors import OwscaleError
from generator.manifest import Copied, Rendered, manifest
from generator.output import Comparison, Difference, File, Generated, Interrupted, State, digest
from generator.render import TEMPLATES, Renderer
from generator.report import printable

_MOST_NAMED = 5


def generated(options: Namespace, found: list[Deployment], templates: Path = TEMPLATES) -> Iterator[Generated]:
    """What should stand under out/, a deployment at a time."""
    return map(functools.partial(_generated, options, templates, {}), found)


def _generated(options: Namespace, templates: Path, digests: dict[str, str], deployment: Deployment) -> Generated:
    """`digests` has those of owscale's own templates, as far as they are known."""
    name, own = origin(options, deployment), _renderer(templates)
    parts = custom(deployment, name)
    if parts.templates:
        own, digests = Renderer(templates, parts.templates, parts.templates_shown), {}
    files = {item.path: _file(item, name, own, digests) for item in manifest(deployment, parts, name)}
    spec_digest = digest(json.dumps(deployment.document.data, sort_keys=True).encode())
    return Generated(deployment.folder, name, spec_digest, files, keep=deployment.spec.keep)


@functools.cache
def _renderer(templates: Path) -> Renderer:
    """Kept, since reading the templates and their compiled code takes longer than a deployment does."""
    return Renderer(templates)


def _file(item: Rendered | Copied, spec: str, renderer: Renderer, digests: dict[str, str]) -> File:
    match item:
        case Rendered(path, template, source, context):
            text = renderer.render(template, f"Generated from {spec} by {source}. Do not edit.", context)
            if template not in digests:
                digests[template] = digest(renderer.sources(template).encode())
            return File(text.encode(), source, digests[template])
        case Copied(path, source, content):
            mark = f"# Copied from {source}. Do not edit.\n\n".encode() if path.endswith((".tf", ".tfvars")) else b""
            return File(mark + content, source, digest(content))


def origin(options: Namespace, deployment: Deployment) -> str:
    """The spec's path as generated files name it: seen from beside out/, so that it is the same on every machine."""
    return Path(os.path.relpath(Path(deployment.document.file).resolve(), options.out.resolve().parent)).as_posix()


def compared(
    options: Namespace, found: list[Deployment], earlier: Interrupted, *, whole: bool = True
) -> Iterator[Comparison]:
    """Each folder under out/ beside what should be there, in the order of their names; what fails in one stays there.

    Last come those that no spec describes any more, if `found` is the `whole` of what the specs describe: what one
    with a mistake in it is about, nobody knows.
    """
    generate = functools.partial(_generated, options, TEMPLATES, {})
    for deployment in sorted(found, key=lambda deployment: deployment.folder):
        yield _compared(options, deployment.folder, map(generate, [deployment]), earlier)
    if whole:
        origins = frozenset(origin(options, deployment) for deployment in found)
        current = frozenset(deployment.folder for deployment in found)
        for each in output.leftovers(options.out, origins, current):
            yield _compared(options, each.folder, iter([each]), earlier)


def _compared(options: Namespace, folder: str, expected: Iterator[Generated], earlier: Interrupted) -> Comparison:
    try:
        return output.compare(options.out, next(expected), earlier.files)
    except OwscaleError as error:
        return Comparison(folder, failure=str(error))


EDITED_HINT = """\
  hint: what was edited by hand goes with `{}`; to keep it, change the spec or a template instead, or list
        the file under keep: in the spec"""


def locked(options: Namespace, *, writing: bool) -> AbstractContextManager[None]:
    """Holds out/ while a command looks at it or changes it."""
    return output.locked(options.out, writing=writing, timeout_seconds=options.lock_timeout, say=say)


def say(text: str) -> None:
    """On stderr, where everything goes that is not a command's result."""
    print("\n".join(map(printable, text.split("\n"))), file=sys.stderr)


def tell(options: Namespace, difference: Difference, *, diff: bool) -> None:
    """A file that is not as it should be, on stderr; with `diff`, and what would become of it."""
    if difference.state is State.IN_THE_WAY:
        say(difference.why)
        return
    why = f": {difference.why}" if difference.why else ""
    say(f"{options.out / difference.path}: {difference.state}{why}")
    if diff:
        say(difference.diff)


def left_alone(options: Namespace, comparison: Comparison) -> str:
    """The files beside the generated ones that are not owscale's to change, in a line; empty where there are none."""
    files = ", ".join(map(printable, comparison.left_alone.values()))
    return f"{options.out / comparison.folder}: left alone: {files}\n" if files else ""


def names(folders: list[str]) -> str:
    """Deployments in a few words."""
    return ", ".join(folders) if len(folders) <= _MOST_NAMED else f"{len(folders):,} deployments"


def command(options: Namespace, *words: str) -> str:
    """A command of owscale for the same specs and the same output, to be pasted."""
    places = (("--spec", options.spec, "spec"), ("--out", options.out, "out"))
    named = [word for flag, path, usual in places if str(path) != usual for word in (flag, str(path))]
    return shlex.join(("owscale", *words, *named))
