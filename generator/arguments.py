"""The words of the command line: each command with its options."""

import argparse
import os
from collections.abc import Callable, Sequence

from generator import __version__, arguments_tf
from generator.argument_types import path, seconds

_COLUMNS = 80

_EPILOG = """\
exit codes: 0 done; 1 a spec is wrong or out/ has drifted; 2 usage; 3 a bug of owscale, with its traceback;
            130 interrupted"""


class _Help(argparse.RawDescriptionHelpFormatter):
    """As wide as the terminal, for which argparse itself imports what compresses archives."""

    def __init__(self, prog: str) -> None:
        try:
            columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
        except (OSError, ValueError):
            columns = 0
        super().__init__(prog, width=(columns or _COLUMNS) - 2)


def parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """What `owscale` takes, as far as these words can reach it.

    Left out are the options of other commands and, where the first word is a command, the others themselves.
    """
    made = argparse.ArgumentParser(
        prog="owscale",
        description="One YAML spec of an Open WebUI deployment on AWS, rendered into plain Terraform.",
        epilog=_EPILOG,
        formatter_class=_Help,
    )
    made.add_argument("--version", action="version", version=__version__)
    made.set_defaults(color="auto", format="text", strict=False)
    # Left to itself, argparse imports what measures a terminal to work out how a command is called.
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND", prog=made.prog)
    meant = {words[0]: _COMMANDS[words[0]]} if words and words[0] in _COMMANDS else _COMMANDS
    for name, (about, *groups) in meant.items():
        command = commands.add_parser(name, help=about, formatter_class=_Help)
        for add in groups if name in words else ():
            add(command)
    return made


# --- what several commands take -----------------------------------------------------------------------------------


def _paths(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--spec",
        type=path,
        default=argparse.SUPPRESS,
        metavar="PATH",
        help="a spec, or a folder of specs (default: spec)",
    )
    command.add_argument(
        "--out",
        type=path,
        default=argparse.SUPPRESS,
        metavar="FOLDER",
        help="where the Terraform stands (default: out)",
    )


def _problems(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--format",
        choices=("text", "json", "github", "sarif"),
        default="text",
        help="how problems are told: as text on stderr, or for a program on stdout (default: %(default)s)",
    )
    command.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour in text (default: %(default)s: on a terminal, unless NO_COLOR is set)",
    )
    command.add_argument("--strict", action="store_true", help="fail on a warning that the spec does not accept")


def _lock(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--lock-timeout",
        type=seconds,
        default=30,
        metavar="SECONDS",
        help="how long to wait for another owscale that is at work in out/ (default: %(default)s)",
    )


def _env(command: argparse.ArgumentParser) -> None:
    command.add_argument("--env", metavar="NAME", help="this environment alone")


def _as(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--as",
        dest="shown_as",
        choices=("text", "markdown", "json"),
        default="text",
        help="how the answer is printed on stdout; --format is for problems (default: %(default)s)",
    )


def _root(command: argparse.ArgumentParser) -> None:
    command.add_argument("--root", type=path, default=".", metavar="FOLDER", help="the project (default: this folder)")


# --- what one command takes ---------------------------------------------------------------------------------------


def _generate(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")
    command.add_argument("--force", action="store_true", help="overwrite what was edited by hand")


def _check(command: argparse.ArgumentParser) -> None:
    command.add_argument("--diff", action="store_true", help="show what generate would change in each file")


def _tf(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION", prog=command.prog)
    for name, (about, *groups) in _ACTIONS.items():
        action = actions.add_parser(name, help=about, formatter_class=_Help)
        for add in groups:
            add(action)


def _explain(command: argparse.ArgumentParser) -> None:
    command.add_argument("code", nargs="?", metavar="CODE", help="the code of a message, such as S201")


def _diff(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--base", required=True, metavar="REV", help="the git revision to compare with, such as origin/main"
    )
    command.add_argument("--head", metavar="REV", help="the git revision to look at (default: the working tree)")


def _init(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "folder", nargs="?", type=path, default=".", metavar="FOLDER", help="the repository (default: this folder)"
    )
    command.add_argument("--name", metavar="NAME", help="the deployment's name (default: the folder's)")


def _verify(command: argparse.ArgumentParser) -> None:
    command.add_argument("--env", metavar="NAME", help="the environment; needed where there are several")
    command.add_argument(
        "--outputs",
        type=path,
        metavar="FILE",
        help="what `terraform output -json` printed, instead of asking Terraform",
    )
    command.add_argument(
        "--address", metavar="URL", help="ask here instead of the load balancer's own name: the near end of a tunnel"
    )
    command.add_argument(
        "--server-name", metavar="HOST", help="what the certificate must be for (default: the host of app.public_url)"
    )
    for option, what in (("--only", "make this one alone"), ("--skip", "leave this one out")):
        command.add_argument(
            option, action="append", default=[], metavar="CHECK", help=f"{what}; a check or a group; more than once"
        )
    command.add_argument(
        "--timeout",
        type=seconds,
        default=300.0,
        metavar="SECONDS",
        help="how long what does not pass is tried again (default: 300; 0: each check once)",
    )
    command.add_argument(
        "--interval", type=seconds, default=5.0, metavar="SECONDS", help="pause between two rounds (default: 5)"
    )
    command.add_argument("--json", action="store_true", help="what was found as one JSON document on stdout")


def _prices(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--region", action="append", metavar="REGION", help="this region alone; may be repeated (default: all known)"
    )
    command.add_argument(
        "--from",
        dest="source",
        default="https://pricing.us-east-1.amazonaws.com",
        metavar="SOURCE",
        help="the address of the price list, or a folder with a copy of it (default: %(default)s)",
    )


_Add = Callable[[argparse.ArgumentParser], None]
_ACTIONS: dict[str, tuple[str, *tuple[_Add, ...]]] = {
    "validate": ("ask Terraform and the provider about every root, without AWS", _paths, _problems),
    "prove": ("tell whether a plan leaves alone what exists and loses nothing", _paths, _env, _as, arguments_tf.prove),
    "plan": ("make a plan, prove it, save it", _paths, _env, _as, _lock, arguments_tf.plan),
    "apply": ("apply the saved plan", _paths, _env, _lock, arguments_tf.apply),
    "destroy": ("destroy what the deployment made, and nothing else", _paths, _env, _lock, arguments_tf.destroy),
    "output": ("print the outputs, such as the load balancer's name", _paths, _env, _as, _lock),
    "status": ("tell what is applied, which plan waits, and who holds the lock", _paths, _env, _as, _lock),
}
"""Every action of `owscale tf`, likewise."""

_COMMANDS: dict[str, tuple[str, *tuple[_Add, ...]]] = {
    "init": ("write a commented spec to begin with, and a passage of README.md", _init),
    "generate": ("write the Terraform of every spec", _paths, _problems, _lock, _generate),
    "check": ("fail if out/ is not what the specs give; write nothing", _paths, _problems, _lock, _check),
    "validate": ("check the specs; write nothing", _paths, _problems),
    "explain": (
        "print what a code means; without one, what the specs come to and why",
        _paths,
        _problems,
        _explain,
        _env,
    ),
    "diff": ("print what a change of the specs comes to, against a git revision", _paths, _problems, _diff, _as),
    "cost": ("print what the deployments cost in a month", _paths, _problems, _env, _as),
    "tf": ("run Terraform on the roots under out/, and judge its plans", _tf),
    "verify": ("see whether what was applied works", _paths, _verify),
    "reference": ("write the schema and the reference of the spec", _root),
    "prices": ("bring AWS's list prices up to date, from its public price list", _root, _prices),
}
"""Every command in the order of a day's work: what it does, and what adds its options."""
