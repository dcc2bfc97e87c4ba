"""What a run over all deployments finds, told as it goes: of a large run numbers can be kept, and no contents."""

import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Self

from generator.output import Comparison, Difference, State
from generator.report.progress import Progress
from generator.stages import steps


class Findings:
    """The folders that were looked at, what was found in them, and those of which nothing can be known."""

    def __init__(self, options: Namespace, total: int) -> None:
        self.folders: set[str] = set()
        self.ended: list[str] = []
        self.failed: list[str] = []
        self.states: Counter[State] = Counter()
        self.unchanged = 0
        self._options = options
        self._progress = Progress(sys.stderr, total, "deployments")
        self._told: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.clear()

    def each(self, comparisons: Iterable[Comparison]) -> Iterator[Comparison]:
        """The comparisons one by one, counted. A failure is told, once if it is that of several."""
        for comparison in comparisons:
            self._progress.step()
            self.folders.add(comparison.folder)
            self.ended += [comparison.folder] if comparison.ended else []
            self.states.update(difference.state for difference in comparison.differences)
            self.unchanged += comparison.unchanged
            if line := steps.left_alone(self._options, comparison):
                self._progress.clear()
                print(line, end="")
            if comparison.failure:
                self.failed.append(comparison.folder)
                if comparison.failure not in self._told:
                    self._told.add(comparison.failure)
                    self._progress.clear()
                    steps.say(comparison.failure)
            yield comparison

    def tell(self, difference: Difference, *, diff: bool) -> None:
        """A file that is not as it should be."""
        self._progress.clear()
        steps.tell(self._options, difference, diff=diff)

    @property
    def failures(self) -> str:
        """Those that failed, in a few words."""
        return f"{steps.names(self.failed)} cannot be generated or read" if self.failed else ""
