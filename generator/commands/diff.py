"""`owscale diff`: what a change of the specs comes to, for the one who reviews it."""

import tempfile
from argparse import Namespace
from pathlib import Path

from generator import source
from generator.changes import as_json, compared, told
from generator.errors import Report
from generator.git import Repository
from generator.render import TEMPLATES
from generator.stages import specs
from generator.stages.revisions import Revision, Sides, sides


def diff(options: Namespace, report: Report) -> int:
    """Compares the specs at one revision with those at another, or with the working tree's."""
    repository = Repository(options.spec)
    base, head = repository.commit(options.base), repository.commit(options.head or "HEAD")
    with tempfile.TemporaryDirectory() as folder:
        before = Revision(repository, options.base, repository.fork(base, head), Path(folder, "base")).sides(options)
        if options.head:
            after = Revision(repository, options.head, head, Path(folder, "head")).sides(options)
        else:
            after = _working_tree(options, report, before)
        changes = list(compared(before, after))
    if options.shown_as == "json":
        print(as_json.document(changes, options.base))
    else:
        tell = told.markdown if options.shown_as == "markdown" else told.text
        print("\n".join(tell(changes, options.base)).rstrip())
    return 0


def _working_tree(options: Namespace, report: Report, before: Sides) -> Sides:
    if before and not (options.spec.exists() and source.find(options.spec)):
        return {}  # the specs have been removed, and that is a change too
    return sides(options, specs.read(options, report), TEMPLATES)
