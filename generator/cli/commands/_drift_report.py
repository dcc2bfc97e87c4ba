"""Count differences over all deployments; a large run cannot keep the contents of every file."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Self

from owscale.cli.messages import format_names, format_plan_code, format_unmanaged, show_drift
from owscale.cli.output import Output
from owscale.console.progress_bar import ProgressBar
from owscale.domain.terraform_data import is_terraform_data
from owscale.output.drift import DriftKind, DriftResult, FileDrift
from owscale.workflow.project import ProjectPaths


class DriftReport:
    """The directories compared so far: their differences, failures and unmanaged files.

    Use it as a context manager: it draws a progress bar.
    """

    def __init__(self, output: Output, paths: ProjectPaths, total: int) -> None:
        self.folders: set[str] = set()
        self.orphaned: list[DriftResult] = []
        self.moved: list[DriftResult] = []
        self.failed: list[str] = []
        self.folders_with_terraform_data: set[str] = set()
        self.kinds: Counter[DriftKind] = Counter()
        self.unchanged = 0
        self.unmanaged = ""
        self._output = output
        self._paths = paths
        self._progress = ProgressBar(output.stream, total, "deployments")
        self._failures: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.clear()

    def count(self, results: Iterable[DriftResult]) -> Iterator[DriftResult]:
        """Yield the results, and count them; a failure that several deployments share is printed once."""
        for result in results:
            self._progress.step()
            self.folders.add(result.folder)
            self.orphaned += [result._replace(differences=())] if result.is_orphaned else []
            if result.moved_from:
                self.moved.append(result._replace(differences=()))
                self.folders.add(result.moved_from)
            self.kinds.update(drift.kind for drift in result.differences)
            self.unchanged += result.unchanged
            if any(map(is_terraform_data, result.unmanaged)):
                self.folders_with_terraform_data.add(result.moved_from or result.folder)
            self.unmanaged += format_unmanaged(self._paths, result) + format_plan_code(self._paths, result)
            if result.failure:
                self.failed.append(result.folder)
                if result.failure not in self._failures:
                    self._failures.add(result.failure)
                    self._progress.clear()
                    self._output.status(result.failure)
            yield result

    def show(self, drift: FileDrift, *, diff: bool) -> None:
        """Print how a file differs."""
        self._progress.clear()
        show_drift(self._output, self._paths, drift, diff=diff)

    def show_moved(self) -> None:
        """Print which deployments are renamed: their directories move, and their states stay."""
        for result in self.moved:
            self._output.status(f"{result.folder}: renamed from {result.moved_from}, with the same Terraform state")

    @property
    def failure(self) -> str:
        """The message for the deployments that failed; empty if none did."""
        return f"{format_names(self.failed)}: failed, as reported above" if self.failed else ""
