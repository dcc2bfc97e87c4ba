"""What a run leaves behind that found all as it should be: its answer, for as long as nothing changes (ADR 12)."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from generator.deployment import Deployment
from generator.errors import Report, count
from generator.output import FOLDER, Comparison
from generator.output.sums import SUMS, parsed
from generator.render import TEMPLATES
from generator.report.telling import told
from generator.stages import steps
from generator.stamp import parts
from generator.stamp.kept import Basis, keep

_CODE = Path(__file__).parent.parent
_LIBRARIES = {"jinja2": "jinja2", "markupsafe": "markupsafe", "pydantic_core": "pydantic_core", "yaml": "pyyaml"}
"""What has a part in the output, by module, with the name that it is installed under."""


class Answer:
    """Collects what the answer hangs on: what was read, and what stands under out/."""

    def __init__(self, options: Namespace) -> None:
        self._options = options
        self._known: dict[str, str] = {}
        self._strangers: list[str] = []
        self._left_alone = ""
        self._files = 0

    def add(self, comparison: Comparison) -> None:
        """A folder as it should be and, once the run has ended well, is."""
        if comparison.ended:  # afterwards it is gone
            return
        root = f"{self._options.out}/{comparison.folder}"
        strangers = [f"{root}/{path}" for path in comparison.left_alone]
        marks = {path: parts.mark_of(f"{root}/{path}") for path in comparison.left_alone}
        self._strangers += strangers
        self._left_alone += steps.left_alone(self._options, comparison)
        self._files += len(comparison.marks)
        self._known[f"{parts.TREE}{root}"] = parts.combined({**comparison.marks, **marks})

    def keep(self, report: Report, found: list[Deployment]) -> None:
        """Keeps what check and generate would say now, unless something may have changed in the meantime."""
        options = self._options
        if (options.out / FOLDER).exists():  # what a run that was broken off has left for another
            return
        try:
            # In this order, since what is likely to have changed is best looked at first.
            read = [*_inputs(options, found), *self._around(), *self._known, *_program()]
        except OSError:  # somebody is at work there
            return
        out, err = told(report, options)
        answers = {
            (command, *options.words[1:]): (text + out, err) if options.format == "text" else (out, text + err)
            for command, text in self._said(found).items()
        }
        keep(answers, Basis(read, self._known, self._strangers, options.started))

    def _said(self, found: list[Deployment]) -> dict[str, str]:
        """What a command says where there is nothing to do; an option that only one has is for that alone."""
        folders = steps.names([deployment.folder for deployment in found])
        said = {
            "check": f"{count(self._files, 'file')} as they should be.",
            "generate": f"{folders}: +0 ~0 -0 ={self._files}",
        }
        said = {command: f"{self._left_alone}{text}\n" for command, text in said.items()}
        own = any(getattr(self._options, option, False) for option in ("diff", "force"))
        return {self._options.command: said[self._options.command]} if own else said

    def _around(self) -> Iterator[str]:
        """What stands beside the folders: others may come, or lose their specs."""
        out = self._options.out
        yield f"{parts.PLACE}{out}"  # from which generated files name their spec
        yield f"{parts.NAMES}{out}"
        for above in sorted(path for path in out.iterdir() if path.is_dir() and not path.is_symlink()):
            yield f"{parts.NAMES}{above}"
            for folder in sorted(above.iterdir()):
                if f"{parts.TREE}{folder}" not in self._known and (folder / SUMS).is_file():
                    yield f"{parts.FILE}{folder / SUMS}"
                    yield f"{parts.FILE}{out.parent / parsed((folder / SUMS).read_bytes()).spec}"


def _inputs(options: Namespace, found: Iterable[Deployment]) -> Iterator[str]:
    yield f"{parts.FILES if options.spec.is_dir() else parts.FILE}{options.spec}"
    for deployment in found:
        beside, custom = Path(deployment.document.file).parent, deployment.spec.custom
        for folder in filter(None, (custom.extra, custom.templates)):
            yield f"{parts.TREE}{beside / folder}"


def _program() -> Iterator[str]:
    yield f"{parts.CODE}{_CODE}"
    yield f"{parts.TREE}{TEMPLATES}"
    for module, name in _LIBRARIES.items():
        home = Path(str(sys.modules[module].__file__)).parent
        site = home.parent
        installed = [info for info in _installed(site) if info.lower().startswith(f"{name}-")]
        for info in installed:
            yield f"{parts.FILE}{site}/{info}/METADATA"
            yield f"{parts.FILE}{site}/{info}/RECORD"  # with the digest of each of its files
        if not installed:
            yield f"{parts.CODE}{home}"


@cache
def _installed(site: Path) -> list[str]:
    """What pip keeps of the libraries in a folder."""
    return sorted(path.name for path in site.iterdir() if path.suffix == ".dist-info")
