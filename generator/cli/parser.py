"""The command line: every command, its options and its help.

This is the only module that imports argparse. It imports little else at its top, so that `owscale --help` is fast.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from owscale import __version__
from owscale.cli.exit_codes import USAGE

TYPE_CHECKING = False  # importing typing takes longer than printing the help
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any, NoReturn

_DEFAULT_COLUMNS = 80
_MAX_SECONDS = 86_400
_MAX_ATTEMPTS = 100

SHELLS = ("bash", "zsh", "fish")
_DIAGNOSTICS_FORMATS = ("text", "json", "github", "sarif")
_DOCUMENT_FORMATS = ("text", "markdown", "json")
_DATA_FORMATS = ("text", "json")
_MISSING_ARGUMENTS = "the following arguments are required: "

_EPILOG = """\
exit codes:
  0    success
  1    a spec has errors, out/ has drifted, or a check failed
  2    the command line is wrong
  3    a bug of owscale (with a traceback)
  130  interrupted
  141  the reader of the output has closed it (`| head`); the result is unknown"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors have a hint, such as the most similar known word."""

    commands: "dict[str, Command]" = {}  # noqa: RUF012 -- replaced, never changed
    """The subcommands by name."""

    def error(self, message: str, hint: str = "") -> "NoReturn":
        """Print the usage, the message and a hint, and exit."""
        from owscale.console.text import printable

        if message.startswith(_MISSING_ARGUMENTS):
            message = f"{message.removeprefix(_MISSING_ARGUMENTS)} is missing"
        message, hint = message.removeprefix("argument "), hint or f"run `{self.prog} --help`"
        self.print_usage(sys.stderr)
        self.exit(USAGE, printable(f"{self.prog}: {message}") + "\n" + printable(f"  hint: {hint}") + "\n")

    def _print_message(self, message: str, file: "Any" = None) -> None:
        """Print a text of argparse: the help, the version, the usage, an error."""
        from owscale.console.streams import write
        from owscale.console.text import printable_lines

        write(file or sys.stderr, printable_lines(message))

    def parse_known_args(self, args: "Any" = None, namespace: "Any" = None) -> "Any":
        """Parse the arguments. Each parser reports its unknown arguments, because it has the similar options."""
        options = list(self._option_string_actions)
        if self.commands and args and args[0][:1] == "-" and not any(name.startswith(args[0]) for name in options):
            self._report_unknown_argument(args[0])  # argparse would report that the command is missing
        namespace, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self._report_unknown_argument(unknown[0])
        return namespace, unknown

    def _report_unknown_argument(self, argument: str) -> "NoReturn":
        from owscale.console.text import suggest

        options = [
            option for action in self._actions if action.help != argparse.SUPPRESS for option in action.option_strings
        ]
        otherwise = "" if argument.startswith("-") else self._extra_word_hint()
        self.error(f"unknown argument: {argument}", suggest(argument.partition("=")[0], options, otherwise))

    def _extra_word_hint(self) -> str:
        """Return the hint for an extra word, which may be a topic, an environment or a spec."""
        names = {"--env": "an environment with `--env NAME`", "--spec": "a spec with `--spec PATH`"}
        known = [text for option, text in names.items() if option in self._option_string_actions]
        if known and any(action.nargs == argparse.OPTIONAL and not action.option_strings for action in self._actions):
            return f"write one {self.prog.rpartition(' ')[2]} command for each"
        return f"name {', or '.join(known)}" if known else ""

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Report an unknown command or an unknown value of an option."""
        if action.choices is None or value in action.choices:
            return
        from owscale.console.text import suggest

        if action.option_strings:
            self.error(f"{action.option_strings[0]}: unknown value: {value}", suggest(str(value), list(action.choices)))
        self.error(f"unknown {action.dest}: {value}", self._suggest_command(str(value)))

    def _suggest_command(self, word: str) -> str:
        """Return the hint for an unknown command: an action such as `tf plan`, a similar command, or all of them."""
        from owscale.console.text import closest, suggest

        shown = shown_names(self.commands)
        groups = {action: group for group in shown for action in shown_names(self.commands[group].actions)}
        action = closest(word, [*groups, *shown])
        if action in groups and action not in shown:
            return f"did you mean `{self.prog} {groups[action]} {action}`?"
        return suggest(word, shown)


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """A help formatter as wide as the terminal; argparse itself would import shutil for the width."""

    def __init__(self, prog: str) -> None:
        try:
            columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
        except (OSError, ValueError):
            columns = 0
        super().__init__(prog, width=(columns or _DEFAULT_COLUMNS) - 2)


class Command:
    """A command: its module, its help, and the functions that add its options.

    `formats` are the values of `--output-format`; a command without them prints text alone. A command with
    `actions` has these subcommands instead of a module. The help does not list a command that is `hidden`.
    """

    def __init__(
        self,
        module: str,
        about: str,
        *options: "Callable[[argparse.ArgumentParser], None]",
        formats: Sequence[str] = (),
        actions: "dict[str, Command] | None" = None,
        hidden: bool = False,
    ) -> None:
        self.module = module
        self.about = about
        self.options = options
        self.formats = formats
        self.actions = actions or {}
        self.hidden = hidden
        self.renamed_to = ""

    def deprecated(self, new_name: str) -> "Command":
        """Return this command for the table under its old name: it is hidden, and prints a note with the new one."""
        command = Command(self.module, self.about, *self.options, formats=self.formats, hidden=True)
        command.renamed_to = new_name
        return command


def shown_names(commands: "dict[str, Command]") -> list[str]:
    """Return the names of the commands that the help lists."""
    return [name for name, command in commands.items() if not command.hidden]


def build_parser(words: Sequence[str]) -> Parser:
    """Return the parser with the options of the commands among `words`; the others have only their help."""
    parser = Parser(
        prog="owscale",
        description="Generate Terraform for Open WebUI on AWS from one YAML spec.",
        epilog=_EPILOG,
        formatter_class=_HelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    _add_commands(parser, COMMANDS, "command", words)
    return parser


def build_full_parser() -> Parser:
    """Return the parser with the options of all commands, for their completion and for the man page."""
    return build_parser([*COMMANDS, *_TF_ACTIONS])


def _add_commands(parser: Parser, table: dict[str, Command], destination: str, words: Sequence[str]) -> None:
    parser.commands = table
    # Without `prog`, argparse imports shutil to work out the name of a subcommand.
    subparsers = parser.add_subparsers(dest=destination, required=True, metavar=destination.upper(), prog=parser.prog)
    for name, command in table.items():
        if command.hidden:  # argparse lists a command exactly if it has a help, even an empty one
            subparser = subparsers.add_parser(name, formatter_class=_HelpFormatter)
        else:
            subparser = subparsers.add_parser(name, formatter_class=_HelpFormatter, help=command.about)
        if name in words:
            _define(subparser, command, words)


def _define(parser: Parser, command: Command, words: Sequence[str]) -> None:
    parser.description = f"{command.about[0].upper()}{command.about[1:]}."
    notes = (f"`{parser.prog}` is deprecated: use `owscale {command.renamed_to}`",) if command.renamed_to else ()
    # main.py reads these values of every command.
    parser.set_defaults(definition=command, notes=notes, color="auto", diagnostics_format="text")
    parser.set_defaults(no_cache=False, quiet=False)
    if command.actions:
        _add_commands(parser, command.actions, "action", words)
    for add_options in command.options:
        add_options(parser)
    if command.formats:
        _add_output_format(parser, command.formats)


# --- types of arguments -------------------------------------------------------------------------------------------


def path(text: str) -> "Path":
    """Convert an argument to a path."""
    from pathlib import Path  # help and usage errors need no path

    return Path(text)


def seconds(text: str) -> float:
    """Convert an argument to a number of seconds up to a day."""
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= _MAX_SECONDS:
        raise argparse.ArgumentTypeError(f"must be 0 to {_MAX_SECONDS} seconds")
    return number


def attempts(text: str) -> int:
    """Convert an argument to a number of attempts."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= _MAX_ATTEMPTS:
        raise argparse.ArgumentTypeError(f"must be 1 to {_MAX_ATTEMPTS} attempts")
    return number


def ip_address(text: str) -> str:
    """Convert an argument to an IP address, as PostgreSQL writes it."""
    import ipaddress  # only `owscale upgrade` has such an option

    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError("must be an IP address, such as 10.0.1.7") from None


# --- options of several commands ----------------------------------------------------------------------------------


def _paths(command: argparse.ArgumentParser) -> None:
    command.add_argument("--spec", type=path, metavar="PATH", help="a spec, or a directory of specs (default: spec)")
    command.add_argument("--out", type=path, metavar="DIR", help="output directory (default: out)")


def _diagnostics(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour in text (default: %(default)s: on a terminal, unless NO_COLOR is set)",
    )
    command.add_argument("--strict", action="store_true", help="fail on warnings that the spec does not accept")
    command.add_argument(
        "--format",
        dest="diagnostics_format",
        choices=_DIAGNOSTICS_FORMATS,
        action=_Renamed,
        help=argparse.SUPPRESS,
    )


def _add_output_format(command: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    destination = "diagnostics_format" if formats is _DIAGNOSTICS_FORMATS else "output_format"
    printed = "diagnostics" if formats is _DIAGNOSTICS_FORMATS else "output"
    command.add_argument(
        "--output-format",
        dest=destination,
        choices=formats,
        default="text",
        help=f"format of the {printed} (default: %(default)s)",
    )
    if formats is not _DIAGNOSTICS_FORMATS:
        command.add_argument("--as", dest=destination, choices=formats, action=_Renamed, help=argparse.SUPPRESS)


class _Renamed(argparse.Action):
    """An option under its old name: it still works, and adds a note with the new name."""

    def __call__(
        self, _parser: object, namespace: argparse.Namespace, value: object, option: "str | None" = None
    ) -> None:
        setattr(namespace, self.dest, self.const if self.nargs == 0 else value)
        has_other_format = self.dest == "diagnostics_format" and hasattr(namespace, "output_format")
        new = "`owscale validate --output-format` for diagnostics" if has_other_format else "--output-format"
        namespace.notes += (f"{option} is deprecated: use {new}",)


def _lock(command: argparse.ArgumentParser) -> None:
    _add_lock_timeout(command, "how long to wait for another run of owscale in out/ (default: 30)")


def _locks(command: argparse.ArgumentParser) -> None:
    _add_lock_timeout(command, "how long to wait for another run in out/, and for the state lock (default: 30)")


def _add_lock_timeout(command: argparse.ArgumentParser, text: str) -> None:
    command.add_argument("--lock-timeout", type=seconds, default=30.0, metavar="SECONDS", help=text)


def _terraform(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--terraform",
        metavar="PROGRAM",
        type=lambda text: text or "terraform",  # as with an empty variable
        default=os.environ.get("OWSCALE_TERRAFORM") or "terraform",
        help="Terraform or OpenTofu: its name, such as tofu, or its path (default: $OWSCALE_TERRAFORM, or terraform)",
    )


def _no_cache(command: argparse.ArgumentParser) -> None:
    command.add_argument("--no-cache", action="store_true", help="neither use nor store a cached result")


def _quiet(command: argparse.ArgumentParser) -> None:
    command.add_argument("--quiet", "-q", action="store_true", help="print nothing after a success, not even warnings")


def _env(command: argparse.ArgumentParser) -> None:
    command.add_argument("--env", metavar="NAME", help="only this environment")


def _one_env(command: argparse.ArgumentParser) -> None:
    command.add_argument("--env", metavar="NAME", help="environment; required where the spec has several")


# --- options of one command ---------------------------------------------------------------------------------------


def _generate(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dry-run", action="store_true", help="list the changes; write nothing")
    command.add_argument("--force", action="store_true", help="overwrite files that were modified locally")


def _check(command: argparse.ArgumentParser) -> None:
    command.add_argument("--diff", action="store_true", help="print the changes of `generate` in each file")
    command.add_argument(
        "--staged",
        action="store_true",
        help="check the content of the next commit (the index of git), and report files that are not in git",
    )


def _explain(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "topic", nargs="?", metavar="CODE|KEY", help="code of a diagnostic such as S201, or key such as redis.nodes"
    )


def _diff(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--base",
        default="HEAD",
        metavar="REV",
        help="git revision to compare with, such as origin/main (default: HEAD, for changes that are not committed)",
    )
    command.add_argument("--head", metavar="REV", help="git revision to examine (default: the working tree)")


def _init(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "folder", nargs="?", type=path, default=".", metavar="DIR", help="the repository (default: this directory)"
    )
    command.add_argument("--name", metavar="NAME", help="name of the deployment (default: name of the directory)")
    aws = command.add_argument_group("from a running service in AWS, which is only read")
    aws.add_argument("--from-aws", action="store_true", help="read an ECS service and its resources")
    aws.add_argument("--cluster", metavar="NAME", help="ECS cluster of the service")
    aws.add_argument("--service", metavar="NAME", help="ECS service that runs Open WebUI")
    aws.add_argument("--profile", metavar="NAME", help="AWS CLI profile (default: credentials of the environment)")
    aws.add_argument(
        "--region", metavar="REGION", help="region of the service (default: of the profile, or AWS_DEFAULT_REGION)"
    )
    aws.add_argument(
        "--database", metavar="NAME", help="RDS instance or cluster of the service, if several are possible"
    )
    files = command.add_argument_group("from a file, without AWS")
    for option, about in (
        ("--from-taskdef", "the output of `aws ecs describe-task-definition`"),
        ("--from-compose", "a compose file, such as docker-compose.yml"),
        ("--from-helm-values", "values.yaml of the Helm chart of Open WebUI"),
    ):
        files.add_argument(option, type=path, metavar="FILE", help=about)
    command.add_argument("--container", metavar="NAME", help="container of Open WebUI, if its image does not show it")
    command.add_argument(
        "--set",
        dest="assignments",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a value of the spec, such as existing.vpc=vpc-0123456789abcdef0; repeatable",
    )
    command.add_argument("--no-input", action="store_true", help="ask no questions in a terminal")
    command.add_argument(
        "--update",
        action="store_true",
        help="update the files that an older init wrote beside the specs, except the parts that you changed",
    )


def _completion(command: argparse.ArgumentParser) -> None:
    command.add_argument("shell", choices=SHELLS, metavar="|".join(SHELLS), help="the shell to complete for")


def _verify(command: argparse.ArgumentParser) -> None:
    _one_env(command)
    _outputs(command)
    _address(command)
    command.add_argument(
        "--server-name", metavar="HOST", help="host of the certificate (default: host of app.public_url)"
    )
    command.add_argument(
        "--only", action="append", default=[], metavar="CHECK", help="run this check or group alone; repeatable"
    )
    command.add_argument(
        "--skip", action="append", default=[], metavar="CHECK", help="skip this check or group; repeatable"
    )
    command.add_argument(
        "--account",
        metavar="SOURCE",
        help="also check that the tasks are one service, as a test account: `env` reads OWSCALE_VERIFY_EMAIL and "
        "OWSCALE_VERIFY_PASSWORD, an ARN reads a secret",
    )
    command.add_argument(
        "--model",
        metavar="NAME",
        help="with --account: also check streamed answers of this model, which may cost money",
    )
    command.add_argument(
        "--task",
        dest="tasks",
        action="append",
        default=[],
        metavar="URL",
        help="with --account: address of a task, instead of the load balancer; repeatable",
    )
    command.add_argument(
        "--timeout",
        type=seconds,
        default=300.0,
        metavar="SECONDS",
        help="how long to retry failing checks (default: 300; 0: run each check once)",
    )
    command.add_argument(
        "--interval", type=seconds, default=5.0, metavar="SECONDS", help="pause between two rounds (default: 5)"
    )
    command.add_argument("--json", dest="output_format", nargs=0, const="json", action=_Renamed, help=argparse.SUPPRESS)


def _upgrade(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--way",
        choices=("roll", "live", "stop"),
        help="how the upgrade is done (default: the way that interrupts least, of those that are open)",
    )
    mode = command.add_mutually_exclusive_group()
    mode.add_argument("--dry-run", action="store_true", help="print the steps and their effects; only read from AWS")
    mode.add_argument("--status", action="store_true", help="print the record of the upgrade, and the next step")
    command.add_argument(
        "--back", action="store_true", help="return to the old release, and name the data that is lost"
    )
    command.add_argument("--yes", action="store_true", help="do not ask, such as in CI; needs --way or --back")
    command.add_argument(
        "--max-wait",
        type=seconds,
        default=5.0,
        metavar="SECONDS",
        help="longest wait of a request that the way live may cause, as measured (default: 5)",
    )
    command.add_argument(
        "--attempts",
        type=attempts,
        default=5,
        metavar="NUMBER",
        help="attempts of a migration that gets no lock (default: 5)",
    )
    command.add_argument(
        "--time-limit",
        type=seconds,
        default=3600.0,
        metavar="SECONDS",
        help="time after which a migration is stopped, with all its changes taken back (default: 3600)",
    )
    command.add_argument(
        "--backup", default="", metavar="NAME", help="your own backup of a database that is not on RDS"
    )
    command.add_argument(
        "--other-client",
        dest="other_clients",
        type=ip_address,
        action="append",
        default=[],
        metavar="ADDRESS",
        help="an address whose connections to the database are not of Open WebUI; repeatable",
    )
    _outputs(command)
    _address(command)
    command.add_argument(
        "--skip", action="append", default=[], metavar="CHECK", help="leave out this check of `verify`; repeatable"
    )


def _outputs(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--outputs",
        type=path,
        metavar="FILE",
        help="read the outputs from a file that `terraform output -json` wrote",
    )


def _address(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--address", metavar="URL", help="address of the load balancer, or of a tunnel to it (default: its DNS name)"
    )


def _root(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--root", type=path, default=".", metavar="DIR", help="root of the repository (default: this directory)"
    )


def _prices(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--region",
        action="append",
        metavar="REGION",
        help="only this region; repeatable (default: regions of the specs)",
    )
    command.add_argument(
        "--from",
        dest="source",
        default="https://pricing.us-east-1.amazonaws.com",
        metavar="SOURCE",
        help="URL of the price list, or a directory with a copy of its files (default: %(default)s)",
    )
    command.add_argument(
        "--file", type=path, metavar="FILE", help="price file to update (default: prices.json beside the specs)"
    )


def _plan_file(command: argparse.ArgumentParser) -> None:
    command.add_argument("plan", type=path, metavar="PLAN.json", help="a plan as `terraform show -json` prints it")
    command.add_argument(
        "--migrated-image",
        metavar="IMAGE",
        help="image whose migration of the database held; `owscale tf plan` reads it from the record of the upgrade",
    )


def _tf_plan(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--base",
        metavar="REV",
        help="git revision to compare the spec with, for the reasons and the cost (default: the last apply here)",
    )
    command.add_argument(
        "--detailed-exitcode",
        action="store_true",
        help="exit code 0 without changes, 2 with changes, 1 after a failure",
    )


def _accept_code(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--accept-code",
        action="store_true",
        help="accept custom Terraform that runs, contacts or reads something that the base does not contain",
    )


def _tf_apply(command: argparse.ArgumentParser) -> None:
    command.add_argument("--yes", action="store_true", help="do not ask; the plan check still has to pass")


def _tf_destroy(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--confirm", metavar="NAME/ENV", help="do not ask for a confirmation; the deployment to destroy"
    )


# --- the tables of commands ---------------------------------------------------------------------------------------

_TF = "owscale.cli.commands.tf"
_CHECK_PLAN = Command(
    f"{_TF}.check_plan",
    "check that a plan leaves existing resources untouched and loses no data",
    *(_paths, _one_env, _plan_file),
    formats=_DOCUMENT_FORMATS,
)
_TF_ACTIONS = {
    "plan": Command(
        f"{_TF}.plan",
        "create a plan, check it, and save it",
        *(_paths, _one_env, _terraform, _locks, _tf_plan, _accept_code),
        formats=_DOCUMENT_FORMATS,
    ),
    "apply": Command(f"{_TF}.apply", "apply the saved plan", _paths, _one_env, _terraform, _locks, _tf_apply),
    "status": Command(
        f"{_TF}.status",
        "show the applied version, the saved plan, and the holder of the state lock",
        *(_paths, _one_env, _terraform, _lock),
        formats=_DATA_FORMATS,
    ),
    "output": Command(
        f"{_TF}.output",
        "print the outputs, such as the DNS name of the load balancer",
        *(_paths, _one_env, _terraform, _lock),
        formats=_DATA_FORMATS,
    ),
    "destroy": Command(
        f"{_TF}.destroy",
        "destroy a deployment; existing resources stay",
        *(_paths, _one_env, _terraform, _locks, _tf_destroy, _accept_code),
    ),
    "validate": Command(
        f"{_TF}.validate",
        "run `terraform validate` on every deployment, without AWS",
        *(_paths, _diagnostics, _terraform),
        formats=_DIAGNOSTICS_FORMATS,
    ),
    "check-plan": _CHECK_PLAN,
    "prove": _CHECK_PLAN.deprecated("tf check-plan"),
}

_COMMANDS = "owscale.cli.commands"
_UPDATE_REFERENCE = Command(
    f"{_COMMANDS}.update_reference", "write the schema and the reference documents from the code", _root, hidden=True
)
COMMANDS = {
    "init": Command(f"{_COMMANDS}.init", "write a commented spec to start from, also from a running service", _init),
    "generate": Command(
        f"{_COMMANDS}.generate",
        "write the Terraform code of every spec to out/",
        *(_paths, _diagnostics, _quiet, _lock, _no_cache, _generate),
        formats=_DIAGNOSTICS_FORMATS,
    ),
    "check": Command(
        f"{_COMMANDS}.check",
        "compare out/ with the specs; fail if it differs, write nothing",
        *(_paths, _diagnostics, _quiet, _lock, _no_cache, _check),
        formats=_DIAGNOSTICS_FORMATS,
    ),
    "validate": Command(
        f"{_COMMANDS}.validate",
        "check the specs; write nothing",
        *(_paths, _diagnostics, _quiet),
        formats=_DIAGNOSTICS_FORMATS,
    ),
    "explain": Command(
        f"{_COMMANDS}.explain",
        "explain a diagnostic or a key, or print the effective configuration",
        *(_paths, _diagnostics, _explain, _env),
        formats=_DIAGNOSTICS_FORMATS,
    ),
    "diff": Command(
        f"{_COMMANDS}.diff",
        "list the changes since a git revision: keys, resources, safeguards, cost",
        *(_paths, _diagnostics, _diff),
        formats=_DOCUMENT_FORMATS,
    ),
    "cost": Command(
        f"{_COMMANDS}.cost", "estimate the monthly cost", _paths, _diagnostics, _env, formats=_DOCUMENT_FORMATS
    ),
    "tf": Command(_TF, "run Terraform on a deployment, and check its plans", actions=_TF_ACTIONS),
    "verify": Command(
        f"{_COMMANDS}.verify",
        "check that an applied deployment serves traffic",
        _paths,
        _terraform,
        _verify,
        formats=_DATA_FORMATS,
    ),
    "upgrade": Command(
        f"{_COMMANDS}.upgrade",
        "upgrade Open WebUI step by step, or return to the old release",
        *(_paths, _one_env, _terraform, _lock, _upgrade),
    ),
    "prices": Command(
        f"{_COMMANDS}.prices", "get the list prices of the regions of the specs from AWS", _paths, _prices
    ),
    "doctor": Command(
        f"{_COMMANDS}.doctor",
        "list the prerequisites that are missing on this machine, and how to get each",
        *(_paths, _terraform),
        formats=_DATA_FORMATS,
    ),
    "completion": Command(
        f"{_COMMANDS}.completion", "print a script with which a shell completes owscale commands", _completion
    ),
    "update-reference": _UPDATE_REFERENCE,
    "reference": _UPDATE_REFERENCE.deprecated("update-reference"),
}
"""Every command, in the order of a day's work."""
