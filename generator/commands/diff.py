"""`owscale diff`: what a change of the specs comes to, for the one who reviews it."""

import tempfile
from argparse import Namespace
from pathlib import Path

from generator import __version__
from generator.changes import Side, as_json, compared, told
from generator.commands import steps
from generator.deployment import Deployment
from generator.errors import OwscaleError, Report, SpecError
from generator.git import Repository
from generator.output import Generated
from generator.render import TEMPLATES, TemplateError


def diff(options: Namespace, report: Report) -> int:
    """Compares the specs at one revision with those at another, or with the working tree's."""
    repository = Repository(options.spec)
    with tempfile.TemporaryDirectory() as folder:
        before = at(repository, options.base, options, Path(folder, "base"))
        if options.head:
            after = at(repository, options.head, options, Path(folder, "head"))
        else:
            after = sides(options, steps.read(options, report), TEMPLATES)
        changes = list(compared(before, after))
    if options.shown_as == "json":
        print(as_json.document(changes, options.base))
    else:
        print(
            "\n".join((told.markdown if options.shown_as == "markdown" else told.text)(changes, options.base)).rstrip()
        )
    return 0


def at(repository: Repository, revision: str, options: Namespace, into: Path) -> dict[str, Side]:
    """The deployments as they stood at a revision; none where there was no spec."""
    commit = repository.commit(revision)
    is_file = options.spec.suffix in {".yaml", ".yml"}
    folder = repository.extract(commit, options.spec.parent if is_file else options.spec, into)
    spec = folder / options.spec.name if is_file else folder
    if not spec.exists():
        return {}
    out = options.out.resolve()
    there = Namespace(spec=spec, out=into / (out.relative_to(repository.top) if repository.holds(out) else "out"))
    templates = repository.extract(commit, TEMPLATES, into) if repository.holds(TEMPLATES) else TEMPLATES
    report = Report()
    found = steps.load(there, report)  # what the rules of today say of it is beside the point
    try:
        report.stop_on_errors()
        return sides(there, found, templates, f"the templates at {revision} may need the owscale of then")
    except SpecError as error:
        told = "\n".join(str(problem).replace(f"{into}/", f"{revision}:") for problem in report)
        raise OwscaleError(f"{told}\n{error} at {revision}: owscale {__version__} cannot read that spec") from error


def sides(options: Namespace, found: list[Deployment], templates: Path, hint: str = "") -> dict[str, Side]:
    def generate(deployment: Deployment) -> Generated:
        try:
            return next(steps.generated(options, [deployment], templates))
        except TemplateError as error:
            raise TemplateError(f"{error}\n  hint: {hint}" if hint else str(error)) from error

    return {deployment.folder: Side(deployment, generate) for deployment in found}
