"""The state that the steps of one run share: the deployment, AWS, the record, and the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from owscale.aws_api.calls import Caller
from owscale.console.invocation import owscale_command
from owscale.domain.openwebui import releases
from owscale.domain.openwebui.upgrades import Way
from owscale.errors import OwscaleError
from owscale.upgrade.clock import Clock, stamp
from owscale.upgrade.ecs import EcsService, OneOffTasks, TaskDefinition, find_service, task_definition
from owscale.upgrade.record import RecordStore, StepRecord, StepState, UpgradeHistory, UpgradeRecord

if TYPE_CHECKING:
    from owscale.spec.models import Spec

Next = tuple[str, ...]
"""The next steps of the user, in their order."""
READ_PREFIX = "owscale-read-"
"""The beginning of the token of a task that reads the database."""
MIGRATE_PREFIX = "owscale-migrate-"
"""The beginning of the token of a task that migrates."""


class Terminal(Protocol):
    """Prints the lines of a run, and asks."""

    def line(self, text: str) -> None:
        """Print a line of the result."""

    def waiting(self, text: str) -> None:
        """Show the state of a wait, until the next line."""

    def confirm(self, question: str) -> bool:
        """Return whether the user agrees. Raises OwscaleError without a terminal."""


class VerifyRun(Protocol):
    """Runs `owscale verify`."""

    def __call__(self) -> tuple[bool, str]:
        """Return whether every check passed, and the report."""


@dataclass(frozen=True)
class UpgradeSettings:
    """The settings of the command line.

    `backup` names a backup of the user's own, for a database that is not on RDS. `other_clients` are addresses whose
    connections to the database are known, and not of Open WebUI. `is_agreed` answers every question with yes.
    """

    way: Way | None = None
    max_wait_seconds: float = 5
    attempts: int = 5
    time_limit_seconds: float = 3600
    backup: str = ""
    is_agreed: bool = False
    other_clients: Sequence[str] = ()


@dataclass
class Upgrading:
    """One run for one deployment.

    `options` are the words of a command of the AWS CLI for this account. `document` is the content of the record, and
    None if there is none. `agreed` has the questions that the user has answered with yes. `is_down` is set at the end
    of a run that leaves the service without tasks on the way back, until a person acts.
    """

    spec: Spec
    folder: str
    call: Caller
    clock: Clock
    store: RecordStore
    terminal: Terminal
    verify: VerifyRun
    settings: UpgradeSettings
    options: tuple[str, ...] = ()
    who: str = ""
    run_id: str = "run"
    document: UpgradeHistory | None = None
    agreed: set[str] = field(default_factory=set)
    is_down: bool = False
    _probes: int = field(default=0, init=False)
    _ahead: timedelta = field(default=timedelta(), init=False)
    """How far the clock of this machine is ahead of that of AWS."""

    def __post_init__(self) -> None:
        self._compare_clocks()  # the record was read just before

    @property
    def record(self) -> UpgradeRecord:
        """The open upgrade. A run that needs one has opened it before."""
        if self.document is None:
            raise RuntimeError("no upgrade is open")
        return self.document.upgrade

    @property
    def open_record(self) -> UpgradeRecord | None:
        """The open upgrade; None if there is none."""
        return self.document.upgrade if self.document and self.document.upgrade.is_open else None

    @property
    def command(self) -> str:
        """The command that goes on: forward, or back."""
        is_back = self.open_record is not None and self.open_record.back_at
        return owscale_command("upgrade", *(["--back"] if is_back else []))

    @property
    def cluster(self) -> str:
        """The ECS cluster."""
        return self.spec.existing.cluster

    @property
    def scalable_resource(self) -> str:
        """The service, as application-autoscaling names it."""
        return f"service/{self.cluster}/{self.spec.service.name}"

    @property
    def wanted(self) -> str:
        """The image that the spec leads to."""
        return self.spec.app.migration_image or self.spec.app.image

    def now(self) -> str:
        """Return the time as the record has it: by the clock of AWS, because a restore to a moment depends on it."""
        return stamp(self.clock.now() - self._ahead)

    def _compare_clocks(self) -> None:
        if self.store.answered_at is not None:
            self._ahead = self.clock.now() - self.store.answered_at

    def save(self) -> None:
        """Write the record. Raises OwscaleError if another run wrote it since."""
        if self.document is None:
            raise RuntimeError("there is no record to write")
        self.store.write(self.document, self.now())
        self._compare_clocks()  # before each attempt to migrate, the record is written

    def save_step(self, name: str, state: StepState, evidence: str = "") -> None:
        """Write how far a step came, where that is new."""
        known = self.record.steps.get(name)
        if known and known.state == state and (state == "started" or known.evidence == evidence):
            return
        self.record.steps[name] = StepRecord(state, self.now(), evidence)
        self.save()

    def service(self) -> EcsService:
        """Return the service. Raises OwscaleError if there is none."""
        service = find_service(self.call, self.cluster, self.spec.service.name)
        if service is None:
            raise OwscaleError(
                f"no active service {self.spec.service.name} in the cluster {self.cluster}: nothing to upgrade",
                hint=f"deploy it with `{owscale_command('tf', 'plan')}` and `{owscale_command('tf', 'apply')}`",
            )
        return service

    def running_definition(self, service: EcsService) -> TaskDefinition:
        """Return the task definition that the service runs."""
        definition = task_definition(self.call, service.task_definition)
        if definition is None:
            raise OwscaleError(
                f"the task definition of {service.name} is gone: {service.task_definition}",
                hint=f"apply the spec with `{owscale_command('tf', 'plan')}` and `{owscale_command('tf', 'apply')}`",
            )
        return definition

    def require_same_place(self, record: UpgradeRecord, running: TaskDefinition) -> None:
        """Require that a record is about this service. Raises OwscaleError for one of another account."""
        place = (account_of(running), self.cluster, self.spec.service.name)
        recorded = (record.account, record.cluster, record.service)
        if recorded != place:
            raise OwscaleError(
                f"{self.store.place} is about the service {record.service} of the cluster {record.cluster} in account "
                f"{record.account}, and not about {place[1]}/{place[2]} in account {place[0]}",
                hint="use the credentials of that account, or give each deployment a `state.key` of its own",
            )

    def migration_definition(self) -> TaskDefinition | None:
        """Return the task definition of the migration; None if `app.migration_image` is not applied."""
        return task_definition(self.call, f"{self.spec.service.name}-migration")

    def one_off_tasks(self, service: EcsService) -> OneOffTasks:
        """Return what runs tasks in the network of the service."""
        return OneOffTasks(self.call, self.clock, self.cluster, service, self.terminal.waiting)

    def wait(self, what: Callable[[], str | None], about: str, seconds: float, poll_seconds: float = 10) -> str:
        """Wait until a function returns evidence, and return it. Raises OwscaleError after the time limit."""
        deadline = self.clock.now().timestamp() + seconds
        while True:
            evidence = what()
            if evidence is not None:
                return evidence
            if self.clock.now().timestamp() > deadline:
                raise OwscaleError(
                    f"{about}: not seen within {seconds / 60:.0f} minutes",
                    hint=f"look at its reason in AWS, then repeat `{self.command}`: it goes on from here",
                )
            self.clock.sleep(poll_seconds)

    def probe_token(self) -> str:
        """Return a new token for a task that reads the database."""
        self._probes += 1
        return f"{READ_PREFIX}{self.run_id}-{self._probes}"


def account_of(definition: TaskDefinition) -> str:
    """Return the account of a task definition."""
    return definition.arn.split(":")[4]


def label(image: str) -> str:
    """Return the release of an image, or the image where its tag names none."""
    return releases.release(image) or image


def format_next(following: Next) -> str:
    """Return the next steps as text: one line, or a numbered list."""
    numbered = following if len(following) == 1 else [f"{number}. {text}" for number, text in enumerate(following, 1)]
    return "".join(f"{'' if number else 'next':<9}{text}\n" for number, text in enumerate(numbered))
