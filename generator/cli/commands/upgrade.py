"""`owscale upgrade`: upgrade a running deployment to another release of Open WebUI, or return to the earlier one."""

import getpass
import secrets
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from owscale.cli.commands import _applied
from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.commands.tf._session import require_no_drift
from owscale.cli.exit_codes import FAILURE, SUCCESS
from owscale.cli.output import CommandResult, Output
from owscale.console.invocation import owscale_command
from owscale.console.live_line import LiveLine
from owscale.errors import UsageError
from owscale.spec.deployment import Deployment
from owscale.upgrade import aws_calls, runner, way_back
from owscale.upgrade.aws_calls import PatientCaller
from owscale.upgrade.clock import Clock, SystemClock
from owscale.upgrade.record import RecordStore, UpgradeHistory, place_of
from owscale.upgrade.upgrading import UpgradeSettings, Upgrading, format_next, label
from owscale.verify import format_results
from owscale.verify.aws_calls import CALLS, calls_of_checks
from owscale.verify.progress import VerifyProgress
from owscale.verify.registry import select_checks
from owscale.verify.runner import CheckRun
from owscale.verify.target import Target, resolve_address
from owscale.workflow.project import ProjectPaths
from owscale.workflow.select import select_single

if TYPE_CHECKING:
    from owscale.domain.openwebui.upgrades import Way

_VERIFY_SECONDS = 900
"""An alarm that fired while no task ran is OK again only after all its periods."""
_VERIFY_INTERVAL = 5


class UpgradeOptions(NamedTuple):
    """Options of `owscale upgrade`."""

    paths: ProjectPaths
    env: str | None
    terraform: str
    lock_timeout: float
    way: "Way | None"
    dry_run: bool
    status: bool
    back: bool
    yes: bool
    max_wait: float
    attempts: int
    time_limit: float
    backup: str
    other_clients: list[str]
    outputs: Path | None
    address: str | None
    skip: list[str]


def run(options: UpgradeOptions, output: Output) -> CommandResult:
    """Go on with the upgrade of one deployment as far as possible; the last lines are the next steps.

    The exit code is 1 where the way back leaves the service down until a person acts.
    """
    only_reads = options.dry_run or options.status
    if not only_reads:
        _require_answers(options)
    select_checks([], options.skip, has_account=False)  # a wrong name of a check, before anything runs
    checked = select_single(load_valid_deployments(options.paths, output), options.env)
    if not options.status:
        require_no_drift(options.paths, checked, options.lock_timeout, output)
    deployment = checked.deployment
    upgrading = _open(options, deployment, output)
    if options.status:
        return CommandResult(text="".join(f"{line}\n" for line in _status(upgrading)))
    step = (
        (way_back.preview_back if options.back else runner.preview)
        if options.dry_run
        else (way_back.take_back if options.back else runner.upgrade_deployment)
    )
    try:
        following = step(upgrading)
    except KeyboardInterrupt:
        paused = upgrading.open_record.paused if upgrading.open_record else ""
        output.status(
            f"interrupted; every step that began is in the record{f'; {paused}' if paused else ''}",
            hint=f"`{owscale_command('upgrade', *(['--back'] if options.back else []))}` goes on from here; a task "
            "that has started goes on without owscale",
        )
        raise
    return CommandResult(FAILURE if upgrading.is_down else SUCCESS, format_next(following))


def _require_answers(options: UpgradeOptions) -> None:
    """Raise UsageError without a terminal for the questions, unless an option answers them."""
    if options.yes and not (options.way or options.back):
        raise UsageError(
            "--yes: without questions, the way has to be named",
            hint="add `--way live`, `--way stop` or `--way roll`; or `--back`",
        )
    if not options.yes and not sys.stdin.isatty():
        answer = "--back" if options.back else "--way WAY"
        raise UsageError(
            "this command asks before each step that users notice, and stdin is not a terminal",
            hint=f"run it in a terminal; in CI, look at `--dry-run`, then use `--yes {answer}`",
        )


def _open(options: UpgradeOptions, deployment: Deployment, output: Output) -> Upgrading:
    spec, clock = deployment.spec, SystemClock()
    only_reads = options.dry_run or options.status
    account = _applied.open_account(deployment, aws_calls.READS, changes=None if only_reads else aws_calls.CHANGES)
    run_id = secrets.token_hex(4)
    who = _who()
    store = _open_store(deployment, clock, who, run_id, only_reads=only_reads)
    profile = _applied.aws_profile(spec)
    terminal = _Terminal(output, is_agreed=options.yes)
    return Upgrading(
        spec=spec,
        folder=deployment.folder,
        call=PatientCaller(account.call, clock.sleep),
        clock=clock,
        store=store,
        terminal=terminal,
        verify=lambda: _verify(options, deployment, output),
        settings=UpgradeSettings(
            options.way,
            options.max_wait,
            options.attempts,
            options.time_limit,
            options.backup,
            options.yes,
            tuple(options.other_clients),
        ),
        options=("--region", spec.aws.region, *(("--profile", profile) if profile else ())),
        who=who,
        run_id=run_id,
        document=store.read(),
    )


def _open_store(
    deployment: Deployment, clock: Clock, who: str = "", run_id: str = "", *, only_reads: bool = True
) -> RecordStore:
    """Return what reads and, unless `only_reads`, writes the record of a deployment."""
    state = deployment.spec.state
    account = _applied.open_account(
        deployment,
        aws_calls.RECORD_READS,
        changes=None if only_reads else aws_calls.RECORD_CHANGES,
        region=state.region,
    )
    return RecordStore(PatientCaller(account.call, clock.sleep), place_of(state), who, run_id)


def _who() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container without an entry for the user
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


class _Terminal:
    """Prints the steps on stdout and the state of a wait on stderr, and asks."""

    def __init__(self, output: Output, *, is_agreed: bool) -> None:
        self._output, self._is_agreed = output, is_agreed
        self._live = LiveLine(output.stream)
        self._waits_for = ""

    def line(self, text: str) -> None:
        """Print a line of the result."""
        self._live.clear()
        self._output.result(f"{text}\n")

    def waiting(self, text: str) -> None:
        """Show the state of a wait; if a line cannot be redrawn, once for each text."""
        if self._live.is_live:
            self._live.draw(f"waits    {text}")
        elif text != self._waits_for:
            self._live.print_line(f"waits    {text}")
        self._waits_for = text

    def confirm(self, question: str) -> bool:
        """Return whether the user agrees."""
        self._live.clear()
        return self._is_agreed or self._output.ask(f"{question}\nType yes to go on: ") == "yes"


def _verify(options: UpgradeOptions, deployment: Deployment, output: Output) -> tuple[bool, str]:
    """Run the checks of `owscale verify`."""
    spec = deployment.spec
    outputs = _applied.read_outputs(options.paths, options.outputs, options.terraform, deployment)
    address = resolve_address(options.address, spec, outputs)
    account = _applied.open_account(deployment, CALLS)
    host = urlsplit(spec.app.public_url).hostname if spec.app.public_url else None
    profile = _applied.aws_profile(spec)
    target = Target(spec, outputs, address, calls_of_checks(account.call), profile, host)
    progress = VerifyProgress(output.stream)
    checks = select_checks([], options.skip, has_account=False)
    try:
        results = CheckRun(target, checks, _VERIFY_SECONDS, _VERIFY_INTERVAL, progress.step).run()
    finally:
        progress.clear()
    return format_results.all_passed(results), format_results.format_text(results, f"{deployment.folder} at {address}")


def _status(run: Upgrading) -> Iterator[str]:
    """Yield the record of the last upgrade, and those before it."""
    document = run.document
    if document is None:
        yield f"{run.folder}: no upgrade was recorded; {run.store.place} does not exist"
        yield f"next     see `{owscale_command('upgrade', '--dry-run')}`"
        return
    record = document.upgrade
    yield f"{run.folder}: {label(record.current)} → {label(record.following)}, {_phase(document)}"
    yield f"record   {run.store.place}"
    yield f"began    {record.started_at}, by {record.started_by}; the way {record.way}"
    yield f"revision {record.head_before} before; {record.head} after"
    if record.snapshot:
        state = f"available since {record.snapshot.available_at}" if record.snapshot.available_at else "not available"
        yield f"snapshot {record.snapshot.name} of {record.snapshot.database}, {state}"
    for number, attempt in enumerate(record.attempts, 1):
        task = attempt.task.rpartition("/")[2] or "no task"
        yield f"attempt  {number}: {attempt.started_at}, {task}, {attempt.outcome or 'how it ended is unknown'}"
    for name, step in record.steps.items():
        yield f"{step.state:<8} {step.at} {name}{f': {step.evidence}' if step.evidence else ''}"
    for earlier in document.earlier:
        ended = "taken back" if earlier.back_at else "complete"
        yield f"earlier  {label(earlier.current)} → {label(earlier.following)}: {ended} {earlier.closed_at}"
    if document.written:
        yield f"written  {document.written.at}, by {document.written.by}"
    service = run.service()
    down = " every task is stopped," if record.is_open and not service.desired else ""
    yield f"service {down} {service}"
    if record.paused:
        yield f"paused   {record.paused}"
    if record.is_open:
        back = ["--back"] if record.back_at else []
        yield f"next     run `{owscale_command('upgrade', *back)}`, which names the steps that are yours"


def _phase(document: UpgradeHistory) -> str:
    record = document.upgrade
    if not record.is_open:
        return f"{'taken back' if record.back_at else 'complete'} since {record.closed_at}"
    if record.back_at:
        return f"being taken back since {record.back_at}"
    return f"migrated at {record.migrated_at}, not complete" if record.migrated_at else "not migrated"
