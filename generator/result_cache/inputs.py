"""Collect what the output of a command depends on: specs, output, templates and code."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from owscale import _generated
from owscale.cost import price_file
from owscale.output.drift import DriftResult
from owscale.output.journal import WORK_DIRECTORY
from owscale.output.manifest import MANIFEST_NAME, parse_manifest
from owscale.render.template_loader import TEMPLATES
from owscale.result_cache import fingerprint
from owscale.result_cache.store import Fingerprint, save
from owscale.rules.runner import CheckedDeployment
from owscale.workflow.project import SPEC_DIRECTORY, ProjectPaths

_LIBRARIES = {"jinja2": "jinja2", "markupsafe": "markupsafe", "pydantic_core": "pydantic_core", "yaml": "pyyaml"}
"""Libraries that shape the output: the names of their modules and of their distributions."""


class CacheInputs:
    """Inputs of one run. Create it before the run reads anything: a later change keeps the result out of the cache."""

    def __init__(self, paths: ProjectPaths) -> None:
        self._paths = paths
        self._started = time.time_ns()
        self._deployments: Sequence[CheckedDeployment] = ()
        self._known: dict[str, str] = {}
        self._unmanaged: list[str] = []

    def add_deployments(self, deployments: Sequence[CheckedDeployment]) -> None:
        """Add the deployments whose specs and custom files were read."""
        self._deployments = deployments

    def add_directory(self, result: DriftResult) -> None:
        """Add a directory under out/ that is up to date, at the latest when the command has succeeded."""
        if result.is_orphaned or result.moved_from:  # it is removed by then, or the run changes it
            return
        root = f"{self._paths.out}/{result.folder}"
        marks = {path: fingerprint.mark_of(f"{root}/{path}") for path in result.unmanaged}
        self._unmanaged += [f"{root}/{path}" for path in result.unmanaged]
        self._known[f"{fingerprint.TREE}{root}"] = fingerprint.combined({**result.digests, **marks})

    def save(self, words: list[str], out: str, err: str) -> None:
        """Store what the command line printed, unless an input may have changed since the run began."""
        if (self._paths.out / WORK_DIRECTORY).exists():  # an incomplete run of another spec
            return
        try:
            # The lookup compares the inputs in this order: the most likely to have changed come first.
            read = [*self._specs(), *self._neighbours(), *self._known, *_program()]
        except OSError:  # another process is changing the tree
            return
        save(words, (out, err), Fingerprint(read, self._known, self._unmanaged, self._started))

    def _specs(self) -> Iterator[str]:
        for directory in self._paths.passed_over:  # another project may appear in one
            yield f"{fingerprint.NAMES}{directory}"
            if (directory / SPEC_DIRECTORY).is_dir():
                yield f"{fingerprint.NAMES}{directory / SPEC_DIRECTORY}"
        spec = self._paths.spec
        yield f"{fingerprint.FILES if spec.is_dir() else fingerprint.FILE}{spec}"
        if not spec.is_dir():  # else it is one of the files
            yield f"{fingerprint.FILE}{spec.with_name(price_file.NAME)}"
        for checked in self._deployments:
            directory, custom = checked.deployment.document.source.parent, checked.deployment.spec.custom
            for folder in filter(None, (custom.extra, custom.templates)):
                yield f"{fingerprint.TREE}{directory / folder}"

    def _neighbours(self) -> Iterator[str]:
        """Yield what is beside the compared directories: others may appear, or lose their specs."""
        out = self._paths.out
        yield f"{fingerprint.REAL_PATH}{out}"  # generated files name their spec relative to it
        yield f"{fingerprint.NAMES}{out}"
        for parent in sorted(path for path in out.iterdir() if path.is_dir() and not path.is_symlink()):
            yield f"{fingerprint.NAMES}{parent}"
            for folder in sorted(parent.iterdir()):
                if f"{fingerprint.TREE}{folder}" not in self._known and (folder / MANIFEST_NAME).is_file():
                    yield f"{fingerprint.FILE}{folder / MANIFEST_NAME}"
                    manifest = parse_manifest((folder / MANIFEST_NAME).read_bytes())
                    yield f"{fingerprint.FILE}{out.parent / manifest.spec}"


def _program() -> Iterator[str]:
    yield f"{fingerprint.CODE}{_generated.PACKAGE}"
    yield f"{fingerprint.TREE}{TEMPLATES}"
    for module, name in _LIBRARIES.items():
        package = Path(str(sys.modules[module].__file__)).parent
        site = package.parent
        metadata = [directory for directory in _metadata_directories(site) if directory.lower().startswith(f"{name}-")]
        for directory in metadata:
            yield f"{fingerprint.FILE}{site}/{directory}/METADATA"
            yield f"{fingerprint.FILE}{site}/{directory}/RECORD"  # with the digest of each file of the library
        if not metadata:
            yield f"{fingerprint.CODE}{package}"


@cache
def _metadata_directories(site: Path) -> Iterable[str]:
    """Return the directories in which pip records the installed libraries."""
    return sorted(path.name for path in site.iterdir() if path.suffix == ".dist-info")
