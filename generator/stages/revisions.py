"""Specs and templates at a git revision, and the deployments that they describe."""

from argparse import Namespace
from pathlib import Path

from generator import __version__
from generator.changes import Side
from generator.deployment import Deployment
from generator.errors import OwscaleError, Report, SpecError
from generator.git import Repository
from generator.output import Generated
from generator.render import TEMPLATES, TemplateError
from generator.stages import specs, steps

Sides = dict[str, Side]


class Revision:
    """The specs and templates of a commit, in a folder of their own."""

    def __init__(self, repository: Repository, name: str, commit: str, folder: Path) -> None:
        self._repository, self._name, self._commit, self._folder = repository, name, commit, folder

    def sides(self, options: Namespace) -> Sides:
        """The deployments as they stood; none where there was no spec."""
        spec = self._repository.extract(self._commit, options.spec, self._folder)
        if not spec.exists():
            steps.say(f"{self._name}: no {options.spec} there, so all of it is new")
            return {}
        out = options.out.resolve()
        inside = out.relative_to(self._repository.top.resolve()) if self._repository.holds(out) else "out"
        there = Namespace(spec=spec, out=self._folder / inside)
        report = Report()
        found = specs.load(there, report)  # what the rules of today say of it is beside the point
        try:
            report.stop_on_errors()
        except SpecError as error:
            problems = "\n".join(map(self._named, map(str, report)))
            why = f"{error} at {self._name}: owscale {__version__} cannot read that spec"
            raise OwscaleError(f"{problems}\n{why}") from error
        for deployment in found:
            for folder in filter(None, (deployment.spec.custom.extra, deployment.spec.custom.templates)):
                beside = Path(deployment.document.file).relative_to(self._folder).parent
                self._repository.extract(self._commit, self._repository.top / beside / folder, self._folder)
        return self._rendered(there, found)

    def _rendered(self, options: Namespace, found: list[Deployment]) -> Sides:
        """With the templates of the commit, where they are kept in the same repository and go with this owscale."""
        if self._repository.holds(TEMPLATES):
            theirs = sides(options, found, self._repository.extract(self._commit, TEMPLATES, self._folder), self)
            try:
                for side in theirs.values():
                    side.files  # noqa: B018 -- renders them
            except TemplateError:
                steps.say(f"{self._name}: its templates need the owscale of then, so today's are used on both sides")
            else:
                return theirs
        return sides(options, found, TEMPLATES, self)

    def named(self, deployment: Deployment) -> Deployment:
        """The deployment as messages should call it."""
        document = deployment.document._replace(file=self._named(deployment.document.file))
        return deployment._replace(document=document, found=None)

    def broken(self, error: TemplateError) -> TemplateError:
        """A template of a deployment's own that cannot be rendered, as messages should call it."""
        return TemplateError(self._named(str(error)))

    def _named(self, text: str) -> str:
        return text.replace(f"{self._folder}/", f"{self._name}:")


def sides(options: Namespace, found: list[Deployment], templates: Path, at: Revision | None = None) -> Sides:
    """The deployments by folder; those `at` a revision are called by it in messages."""
    files = {deployment.folder: deployment.document.file for deployment in found}

    def generate(deployment: Deployment) -> Generated:
        document = deployment.document._replace(file=files[deployment.folder])
        try:
            return next(steps.generated(options, [deployment._replace(document=document, found=None)], templates))
        except TemplateError as error:
            raise at.broken(error) if at else error from error

    return {each.folder: Side(at.named(each) if at else each, generate) for each in found}
