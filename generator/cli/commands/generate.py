"""`owscale generate`: bring out/ to the state that the specs describe."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from owscale.cli.commands._drift_report import DriftReport
from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.exit_codes import FAILURE, INTERRUPTED, SUCCESS
from owscale.cli.messages import NOTHING_WRITTEN, drift_hints, format_names
from owscale.cli.output import CommandResult, Output
from owscale.console.invocation import owscale_command
from owscale.console.progress_bar import ProgressBar
from owscale.console.text import plural
from owscale.errors import format_message
from owscale.output.drift import DriftKind, FileDrift
from owscale.output.journal import read_incomplete_run
from owscale.output.lock import lock_output
from owscale.output.transaction import Transaction
from owscale.rules.checked import CheckedDeployment
from owscale.workflow.pipeline import compare_output, write_output
from owscale.workflow.project import ProjectPaths


class GenerateOptions(NamedTuple):
    """Options of `owscale generate`."""

    paths: ProjectPaths
    strict: bool
    lock_timeout: float
    dry_run: bool
    force: bool


def run(options: GenerateOptions, output: Output) -> CommandResult:
    """Load the specs, compare out/ with their files, and write the differing files; on any error, write nothing."""
    paths = options.paths
    deployments = load_valid_deployments(paths, output, strict=options.strict, consequence=NOTHING_WRITTEN)
    exclusive = not options.dry_run
    with lock_output(paths.out, exclusive=exclusive, timeout_seconds=options.lock_timeout, status=output.status):
        return _Update(options, output, deployments).run()


class _Update:
    """One update of out/, while it is locked."""

    def __init__(self, options: GenerateOptions, output: Output, deployments: Sequence[CheckedDeployment]) -> None:
        self._options = options
        self._paths = options.paths
        self._output = output
        self._deployments = deployments
        self._incomplete = read_incomplete_run(self._paths.out)
        self._transaction = Transaction(self._paths.out, self._incomplete, dry_run=options.dry_run)
        self._drift = DriftReport(output, self._paths, len(deployments))
        self._conflicts: Counter[DriftKind] = Counter()

    def run(self) -> CommandResult:
        with self._transaction:
            self._compare()
            is_refused = bool(self._conflicts or self._drift.failed)
            if self._incomplete and (is_refused or self._options.dry_run):
                self._output.status(f"{self._paths.out}: {self._incomplete}; the next run completes it")
            self._drift.show_moved()
            if is_refused:
                return self._refuse()
            if self._options.dry_run:
                return CommandResult(text=self._summary())
            return self._write()

    def _compare(self) -> None:
        """Compare every deployment, and stage its files unless an earlier one has a conflict."""
        with self._drift as drift:
            results = compare_output(self._deployments, self._paths, self._incomplete, find_orphans=True)
            for result in drift.count(results):
                for difference in filter(self._is_conflict, result.differences):
                    drift.show(difference, diff=difference.kind is DriftKind.MODIFIED)
                    self._conflicts[difference.kind] += 1
                if not self._conflicts and not drift.failed:
                    self._transaction.add(result)

    def _is_conflict(self, drift: FileDrift) -> bool:
        """Return whether writing the file would lose something that owscale did not write."""
        is_modified = drift.kind is DriftKind.MODIFIED and not self._options.force
        return is_modified or drift.kind is DriftKind.BLOCKED

    def _refuse(self) -> CommandResult:
        problems = []
        if modified := self._conflicts[DriftKind.MODIFIED]:
            problems.append(f"{plural(modified, 'file')} {'was' if modified == 1 else 'were'} modified locally")
        if blocked := self._conflicts[DriftKind.BLOCKED]:
            problems.append(f"{plural(blocked, 'path')} {'is' if blocked == 1 else 'are'} blocked")
        if self._drift.failed:
            problems.append(self._drift.failure)
        failure = format_message("; ".join((*problems, NOTHING_WRITTEN)), *drift_hints(self._conflicts))
        return CommandResult(FAILURE, self._drift.unmanaged, failure=failure)

    def _write(self) -> CommandResult:
        changes, total = self._transaction.changes, len(self._transaction.changes)
        with ProgressBar(self._output.stream, total, "deployments written") as progress:
            written, is_interrupted = write_output(self._transaction, self._drift.folders, progress.step)
        untouched = changes.keys() - set(written)
        self._show_completed_run(untouched)
        self._show_removed_deployments(untouched)
        if not is_interrupted:
            return CommandResult(SUCCESS, self._summary(), is_cacheable=not (changes or self._transaction.has_cleaned))
        hint = f"run `{owscale_command('generate')}` again for the others" if untouched else ""
        self._output.status(f"{self._paths.out}: {len(written):,} of {plural(total, 'deployment')} written", hint=hint)
        return CommandResult(INTERRUPTED, self._drift.unmanaged + self._changes(written), failure="interrupted")

    def _show_completed_run(self, untouched: set[str]) -> None:
        if not self._incomplete:
            return
        others = self._incomplete.outside(self._drift.folders - untouched).folders
        names = ", ".join(others)
        outcome = f"{names} is still incomplete" if others else "this run completed it"
        hint = f"run `owscale generate` with the spec of {names}" if others else ""
        self._output.status(f"{self._paths.out}: {self._incomplete}; {outcome}", hint)

    def _show_removed_deployments(self, untouched: set[str]) -> None:
        for result in self._drift.orphaned:
            if result.folder in untouched:
                continue
            removed = f"{result.folder}: no spec for this deployment; its files are removed"
            if result.state_owner:
                message = f"{removed}; its resources belong to {result.state_owner}, which has the same Terraform state"
                self._output.status(message)
                continue
            if result.successor:
                message = (
                    f"{removed}; its resources still run, and Terraform will create new ones for {result.successor}"
                )
                hint = f"if it is the same deployment, restore `state.bucket` and `state.key` in {result.spec}"
                self._output.status(message, hint)
                continue
            out, environment = self._paths.out / result.folder, result.folder.rpartition("/")[2]
            if result.state_owner is None:
                hint = f"before you destroy them, restore {out} with git, and check that no other spec has this state"
                self._output.status(f"{removed}; its resources still run", hint)
                continue
            spec = os.path.normpath(self._paths.out.parent / result.spec)
            destroy = owscale_command("tf", "destroy", "--env", environment, "--spec", spec)
            hint = (
                f"to destroy these, restore {result.spec} and {out} with git, then run `{destroy}`: it checks the plan"
            )
            self._output.status(f"{removed}; its resources still run", hint)

    def _changes(self, folders: Iterable[str]) -> str:
        """Return a line for each changed file of some deployments."""
        return "".join(
            f"  {change.mark} {self._paths.out / folder / change.file}\n"
            for folder in folders
            for change in self._transaction.changes[folder]
        )

    def _summary(self) -> str:
        """Return the unmanaged files, the changed files, and their numbers."""
        changes = self._transaction.changes
        marks = Counter(change.mark for pending in changes.values() for change in pending)
        names = format_names([checked.deployment.folder for checked in self._deployments])
        note = f" (dry run: {NOTHING_WRITTEN})" if self._options.dry_run else ""
        numbers = f"{names}: +{marks['+']} ~{marks['~']} -{marks['-']} ={self._drift.unchanged}{note}\n"
        return self._drift.unmanaged + self._changes(changes) + numbers
