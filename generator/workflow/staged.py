"""The specs and the output as they are in the index of git, the content of the next commit."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from owscale.diagnostics.report import DiagnosticReport
from owscale.errors import OwscaleError, UsageError
from owscale.spec.deployment import Deployment
from owscale.workflow.git import Repository
from owscale.workflow.pipeline import read_specs, validate_environments
from owscale.workflow.project import ProjectPaths
from owscale.workflow.revisions import Extraction, Revision

_NAME = "the index"


@contextmanager
def staged_project(repository: Repository, paths: ProjectPaths) -> Iterator[ProjectPaths]:
    """Extract the staged specs with their custom files and the staged output. Change to that directory in the block.

    The current directory is the same folder of the repository as before, so messages name the files as usual. owscale's
    own templates come from the running program. Raises UsageError for a path outside the repository, and OwscaleError
    if the index has no spec.
    """
    for path in (Path(), paths.spec, paths.out):
        if not repository.contains(path):
            raise UsageError(
                f"{path}: not in the git repository {repository.top}",
                hint="run this in the repository of the specs, with paths below it",
            )
    # git stores the link, and the files in the folder at its target.
    paths = paths._replace(out=Path(os.path.realpath(paths.out)))
    relative = ProjectPaths(Path(os.path.relpath(paths.spec)), Path(os.path.relpath(paths.out)))
    folder = repository.path_of(Path.cwd())
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name).resolve()
        extraction = Extraction(Revision(repository, _NAME, repository.staged_tree()), directory)
        extraction.add_specs(paths.spec)
        extraction.add(repository.path_of(paths.out))
        (directory / folder).mkdir(parents=True, exist_ok=True)
        with chdir(directory / folder):
            if not relative.spec.exists():
                hint = "`git add` it, then repeat the command"
                raise OwscaleError(f"{relative.spec}: not in the index of git", hint=hint)
            for deployment in _deployments(relative.spec):
                parent, custom = deployment.document.source.resolve().parent, deployment.spec.custom
                for own in filter(None, (custom.extra, custom.templates)):
                    extraction.add((parent / own).relative_to(directory).as_posix())
            yield relative


def _deployments(spec: Path) -> list[Deployment]:
    """Return the deployments before any rule, because rules look for the own files of a spec."""
    report = DiagnosticReport()  # the command that works on these files reports their diagnostics
    return validate_environments(read_specs(spec, report), report)
