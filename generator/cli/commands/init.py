"""`owscale init`: write a commented spec, from a running service or to fill in, and the files beside it."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from owscale.cli.commands._text_blocks import update_block
from owscale.cli.messages import NOTHING_WRITTEN
from owscale.cli.output import CommandResult, Output
from owscale.console.invocation import install_command, owscale_command
from owscale.console.text import plural
from owscale.diagnostics.report import DiagnosticReport
from owscale.discovery import compose, given_values, helm_values, task_definition
from owscale.discovery.assemble import Assembled, assemble
from owscale.discovery.report import report
from owscale.discovery.running_service import Container, RunningService
from owscale.discovery.spec_check import CheckedText
from owscale.errors import OwscaleError, UsageError
from owscale.fs.files import atomic_write, io_errors
from owscale.fs.untrusted import MAX_EXTRA_BYTES, MAX_SPEC_BYTES, read_untrusted
from owscale.spec.document import Path as Key
from owscale.spec.yaml_reader import find_specs, read_spec
from owscale.workflow.reference_docs import json_schema

_TEXTS = Path(__file__).with_name("init-files")

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MAX_NAME_LENGTH = 32  # of an ECS service and of everything named after it
_FALLBACK_NAME = "company-chat"

_APPENDED_FILES = {
    ".gitattributes": "gitattributes",
    ".gitignore": "gitignore",
    "README.md": "README.md",
}
"""Files that get a block of text, and the files with the texts in `init-files/`."""

_SPEC = "spec/spec.yaml"
_SCHEMA = "spec/schema.json"
"""A generated file: an older one is replaced."""

_DATABASE_GROUP: Key = ("existing", "database", "security_group")
"""Of several databases, the answer can be the name of one."""

_OF_AWS = ("cluster", "service", "profile", "region", "database")
_FILES: dict[str, tuple[str, int, Callable[[bytes, str, str | None], RunningService]]] = {
    "from_taskdef": ("--from-taskdef", task_definition.MAX_BYTES, task_definition.parse),
    "from_compose": ("--from-compose", MAX_SPEC_BYTES, compose.parse),
    "from_helm_values": ("--from-helm-values", MAX_SPEC_BYTES, helm_values.parse),
}
"""The options that name a file, its largest size, and the function that reads its text."""


class InitOptions(NamedTuple):
    """Options of `owscale init`."""

    folder: Path
    name: str | None
    from_aws: bool
    cluster: str | None
    service: str | None
    profile: str | None
    region: str | None
    database: str | None
    container: str | None
    from_taskdef: Path | None
    from_compose: Path | None
    from_helm_values: Path | None
    assignments: list[str]
    no_input: bool
    update: bool


def run(options: InitOptions, output: Output) -> CommandResult:
    """Write the files into a repository without a spec; existing text stays as it is."""
    folder = options.folder
    _require_usable(options)
    specs = find_specs(folder / "spec") if (folder / "spec").is_dir() else []
    specs = [spec for spec in specs if not _is_empty(spec)]
    if options.update:
        return _update(folder, specs, output)
    name = _deployment_name(options)
    if specs:
        raise OwscaleError(f"{specs[0]}: exists already; {NOTHING_WRITTEN}", hint="edit it, or move it away")
    before = {folder / path: _read(folder / path) for path in (*_APPENDED_FILES, _SCHEMA, _SPEC)}
    running = _read_source(options)
    project = _Project(running, name)
    project.give(options.assignments)
    if not options.no_input and sys.stdin.isatty():
        project.ask(output)
    after = {folder / _SPEC: project.assembled.text.encode(), **_files_of_init(folder, name, before, output)}
    lines = _write_files(before, after)
    paths = [] if folder == Path() else ["--spec", str(folder / "spec"), "--out", str(folder / "out")]
    validate = owscale_command("validate", *paths[:2])
    generate = owscale_command("generate", *paths)
    if running.title:
        file = next((str(path) for field in _FILES if (path := getattr(options, field)) is not None), "")
        lines.append(f"\n{report(running, project.assembled, validate, file)}\n")
        lines.append(f"Edit {folder / _SPEC}, then run `{generate}`\n")
    else:
        number = plural(len(project.assembled.proposal.draft.open_topics), "value")
        lines.append(f"Edit the {number} marked CHANGE in {folder / _SPEC}, then run `{generate}`\n")
    return CommandResult(text="".join(lines))


class _Project:
    """The spec that `init` builds, and the user's values for it."""

    def __init__(self, running: RunningService, name: str) -> None:
        self._running, self._name = running, name
        self._given: dict[Key, Any] = {}
        self.assembled = self._assemble(self._given)

    def give(self, assignments: list[str]) -> None:
        """Use the values of `--set`. Raises UsageError if one is not a value of its key."""
        for assignment in assignments:
            self._give(*given_values.parse_assignment(assignment))

    def ask(self, output: Output) -> None:
        """Ask for each open value in a terminal. An empty answer leaves it open."""
        skipped: set[str] = set()
        while topics := [topic for topic in self.assembled.proposal.draft.open_topics if topic not in skipped]:
            topic = topics[0]
            entry = self.assembled.proposal.draft.open_topics[topic]
            command = f"\n  {entry.command}" if entry.command else ""
            answer = output.ask(f"{topic}: {entry.comment}{command}\n  value, or Enter to leave it open: ")
            try:
                if not answer:
                    skipped.add(topic)
                else:
                    self._give(self._path_of_answer(topic), answer)
            except UsageError as error:
                output.status(error.message, error.hint)

    def _path_of_answer(self, topic: str) -> Key:
        entries = self.assembled.proposal.draft.entries.items()
        return next(path for path, entry in entries if entry.topic == topic)

    def _give(self, path: Key, text: str) -> None:
        if path == _DATABASE_GROUP and (named := [each for each in self._running.databases if each.name == text]):
            self._running.databases = named
            self.assembled = self._assemble(self._given)
            return
        value = given_values.interpret(path, text, self._given, self._check)
        self._given[path] = value
        self.assembled = self._assemble(self._given)

    def _check(self, given: dict[Key, Any]) -> CheckedText:
        return self._assemble(given).checked

    def _assemble(self, given: dict[Key, Any]) -> Assembled:
        return assemble(self._running, self._name, given, _heading(self._running))


def _heading(running: RunningService) -> str:
    source = f"`owscale init` read {running.title}: the comment of a value says where it is from. " * bool(
        running.title
    )
    return (
        f"One deployment of Open WebUI on AWS. {source}An editor with a YAML language server completes keys and "
        "explains them. `owscale explain` prints all keys with their defaults, and derived values.\n\n"
        "CHANGE: the value is a placeholder; `owscale validate` lists those that are left.\n"
        "CONFIRM: the value is derived or chosen; the comment names its origin."
    )


def _require_usable(options: InitOptions) -> None:
    """Raise UsageError for options that do not go together."""
    sources = [option for field, (option, _, _) in _FILES.items() if getattr(options, field)]
    sources += ["--from-aws"] * options.from_aws
    if len(sources) > 1:
        raise UsageError(f"{' and '.join(sources)}: only one source is possible", hint="remove one of them")
    if options.update and (sources or options.assignments or options.name):
        raise UsageError("--update: leaves the specs as they are, and takes no values for them", hint="use it alone")
    given = [f"--{field}" for field in _OF_AWS if getattr(options, field) is not None]
    if given and not options.from_aws:
        hint = "add `--from-aws`, or write a value with `--set`, such as `--set existing.cluster=chat`"
        raise UsageError(f"{given[0]}: only with --from-aws", hint=hint)
    if options.from_aws and not (options.cluster and options.service):
        missing = "--service" if options.cluster else "--cluster"
        hint = "name the ECS service that runs Open WebUI: `--from-aws --cluster NAME --service NAME`"
        raise UsageError(f"--from-aws: {missing} is missing", hint=hint)
    if options.container is not None and not sources:
        raise UsageError("--container: there is no source with containers", hint="add `--from-aws` or a file")


def _read_source(options: InitOptions) -> RunningService:
    """Read the running service, or return an empty one if no source is given."""
    if options.from_aws:
        return _read_account(options)
    for field, (_, max_bytes, parse) in _FILES.items():
        file: Path | None = getattr(options, field)
        if file is not None:
            with io_errors(file):
                content = read_untrusted(file, max_bytes, follow=True)
            return parse(content, str(file), options.container)
    return RunningService("", Container(""))


def _read_account(options: InitOptions) -> RunningService:
    try:
        from owscale.aws_api.client import AwsAccount  # noqa: PLC0415 -- boto3 is an optional dependency
        from owscale.discovery import aws_account  # noqa: PLC0415 -- only this source needs it
        from owscale.discovery.aws_reader import CALLS  # noqa: PLC0415 -- only this source needs it
    except ModuleNotFoundError as error:
        raise OwscaleError(
            f"{error.name} is not installed; reading an AWS account needs it",
            hint=f"run `{install_command('boto3')}`, or read a file with `--from-taskdef FILE`",
        ) from error
    account = AwsAccount(options.region, options.profile, CALLS)
    target = aws_account.AwsTarget(
        (options.cluster or "").rpartition("/")[2],  # of an ARN
        (options.service or "").rpartition("/")[2],
        account.region or "",
        account.id,
        options.profile or "",
        options.container,
    )
    running = aws_account.read(account.call, target)
    if options.database is not None:
        running.databases = aws_account.select_database(running, options.database)
    return running


def _update(folder: Path, specs: list[Path], output: Output) -> CommandResult:
    """Update the files of an older init to the form of this version, except the specs and the user's changes."""
    if not specs:
        hint = f"run `{owscale_command('init', takes_paths=False)}` without --update"
        raise OwscaleError(f"{folder / _SPEC}: not found; {NOTHING_WRITTEN}", hint=hint)
    before = {folder / path: _read(folder / path) for path in (*_APPENDED_FILES, _SCHEMA)}
    lines = _write_files(before, _files_of_init(folder, _name_in(specs[0]), before, output))
    return CommandResult(text="".join(lines) or "everything that init wrote is up to date\n")


def _name_in(spec: Path) -> str:
    """Return the name of the deployment in a spec."""
    document = read_spec(spec, str(spec), DiagnosticReport())
    name = document.data.get("name") if document else None
    if not isinstance(name, str):
        hint = f"run `{owscale_command('validate')}`, and correct the spec"
        raise OwscaleError(f"{spec}: has no valid name; {NOTHING_WRITTEN}", hint=hint)
    return name


def _files_of_init(folder: Path, name: str, before: dict[Path, bytes], output: Output) -> dict[Path, bytes]:
    """Return the files beside the spec, with the texts of this version."""
    after = {folder / _SCHEMA: json_schema().encode()}
    for path, file in _APPENDED_FILES.items():
        update = update_block(before[folder / path], _text_of(file, name), is_markdown=path.endswith(".md"))
        after[folder / path] = update.content
        if update.diff:
            hint = "copy the lines that you want into your text"
            output.status(f"{folder / path}: the text of init was modified locally and stays:\n{update.diff}", hint)
    return after


def _write_files(before: dict[Path, bytes], after: dict[Path, bytes]) -> list[str]:
    """Write the files that change, and return a line for each."""
    lines = []
    for path in sorted(after):
        if before[path] != after[path]:
            with io_errors(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                atomic_write(path, after[path])
            lines.append(f"  {'~' if before[path] else '+'} {path}\n")
    return lines


def _text_of(file: str, name: str) -> str:
    return (_TEXTS / file).read_text(encoding="utf-8").replace("NAME", name)


def _deployment_name(options: InitOptions) -> str:
    """Return the name of `--name`, else the directory's name if that is valid, else a fallback name."""
    if options.name is None:
        name = options.folder.resolve().name.lower()
        return name if _is_valid_name(name) else _FALLBACK_NAME
    if not _is_valid_name(options.name):
        rule = f"up to {_MAX_NAME_LENGTH} lower-case letters, digits and single hyphens, and begins with a letter"
        raise UsageError(
            f"--name {options.name}: a name has {rule}", hint=f"choose another name, such as {_FALLBACK_NAME}"
        )
    return options.name


def _is_valid_name(name: str) -> bool:
    return len(name) <= _MAX_NAME_LENGTH and bool(_NAME.fullmatch(name))


def _is_empty(spec: Path) -> bool:
    """Return whether the spec file has only white space, so that it can be replaced."""
    with io_errors(spec):
        return spec.is_file() and not read_untrusted(spec, MAX_EXTRA_BYTES).strip()


def _read(path: Path) -> bytes:
    """Return the content of a file, empty if it does not exist. Raises OwscaleError if the path cannot be written."""
    with io_errors(path):
        if path.is_symlink():
            raise OwscaleError(f"{path}: is a symbolic link; {NOTHING_WRITTEN}", hint="replace it by a regular file")
        for folder in path.parents:
            if folder.is_symlink() and not folder.exists():
                raise OwscaleError(f"{folder}: is a symbolic link to nowhere; {NOTHING_WRITTEN}", hint="remove it")
            if folder.exists() and not folder.is_dir():
                raise OwscaleError(f"{folder}: is a file; {NOTHING_WRITTEN}", hint="move it away")
        return read_untrusted(path, MAX_EXTRA_BYTES) if path.exists() else b""
