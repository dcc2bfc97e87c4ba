"""The command line: dispatch, exit codes, and the only place that prints errors."""

import argparse
import contextlib
import importlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from generator import __version__
from generator.errors import OwscaleError, Report, SpecError, UsageError
from generator.report import printable

DONE, WRONG, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130

_EPILOG = """\
exit codes: 0 done; 1 a spec is wrong or out/ has drifted; 2 usage; 3 a bug of owscale, with its traceback;
            130 interrupted"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = _parser().parse_args(arguments)
    report = Report(strict=options.strict)
    try:
        code, failure = _run(options, report)
        _print_report(report, options, failure)
    except UsageError as error:
        print(error, file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        print("This is a bug of owscale, not of your spec.", file=sys.stderr)
        return BUG
    return code


def _run(options: argparse.Namespace, report: Report) -> tuple[int, str]:
    """Runs the command: the exit code and, where it failed, why."""
    # A command is imported when it runs, so that none waits for the libraries of another.
    module = importlib.import_module(f"generator.commands.{options.command}")
    # A document on stdout is for a program, and stands there alone.
    stdout = sys.stdout if options.format == "text" else sys.stderr
    try:
        with contextlib.redirect_stdout(stdout):
            return getattr(module, options.command)(options, report), ""
    except UsageError:
        raise
    except SpecError as error:
        return WRONG, f"{error}. {options.out.as_posix()}/ was not changed."
    except OwscaleError as error:
        return WRONG, str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="owscale",
        description="One YAML spec of an Open WebUI deployment on AWS, rendered into plain Terraform.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.set_defaults(color="auto", format="text", strict=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    paths = argparse.ArgumentParser(add_help=False)
    paths.add_argument(
        "--spec",
        type=Path,
        default=Path("spec"),
        metavar="PATH",
        help="a spec, or a folder of specs (default: %(default)s)",
    )
    paths.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        metavar="FOLDER",
        help="where the Terraform stands (default: %(default)s)",
    )
    told = argparse.ArgumentParser(add_help=False)
    told.add_argument(
        "--format",
        choices=("text", "json", "github", "sarif"),
        default="text",
        help="how problems are told: as text on stderr, or for a program on stdout (default: %(default)s)",
    )
    told.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour in text (default: %(default)s: on a terminal, unless NO_COLOR is set)",
    )
    told.add_argument("--strict", action="store_true", help="fail on a warning that the spec does not accept")
    generate = commands.add_parser("generate", parents=[paths, told], help="write the Terraform of every spec")
    generate.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")
    generate.add_argument("--force", action="store_true", help="overwrite what was edited by hand")
    check = commands.add_parser(
        "check", parents=[paths, told], help="fail if out/ is not what the specs give; write nothing"
    )
    check.add_argument("--diff", action="store_true", help="show what generate would change in each file")
    for command in (generate, check):
        command.add_argument(
            "--lock-timeout",
            type=float,
            default=30,
            metavar="SECONDS",
            help="how long to wait for another owscale that is at work in out/ (default: %(default)s)",
        )
    commands.add_parser("validate", parents=[paths, told], help="check the specs; write nothing")
    tf = commands.add_parser("tf", parents=[paths, told], help="run Terraform on the roots under out/")
    tf.add_argument("action", choices=["validate"], help="validate: ask Terraform and the provider, without AWS")
    explain = commands.add_parser(
        "explain", parents=[paths, told], help="print what a code means; without one, what the specs come to and why"
    )
    explain.add_argument("code", nargs="?", metavar="CODE", help="the code of a message, such as S201")
    explain.add_argument("--env", metavar="NAME", help="this environment alone")
    cost = commands.add_parser("cost", parents=[paths, told], help="print what the deployments cost in a month")
    cost.add_argument("--env", metavar="NAME", help="this environment alone")
    diff = commands.add_parser("diff", parents=[paths, told], help="print what a change of the specs comes to")
    diff.add_argument(
        "--base", required=True, metavar="REV", help="the git revision to compare with, such as origin/main"
    )
    diff.add_argument("--head", metavar="REV", help="the git revision to look at (default: the working tree)")
    for command in (cost, diff):
        command.add_argument(
            "--as",
            dest="shown_as",
            choices=("text", "markdown", "json"),
            default="text",
            help="how the answer is printed on stdout; --format is for problems (default: %(default)s)",
        )
    init = commands.add_parser("init", help="write a commented spec to begin with, and a passage of README.md")
    init.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="FOLDER", help="the repository (default: this folder)"
    )
    init.add_argument("--name", metavar="NAME", help="the deployment's name (default: the folder's)")
    reference = commands.add_parser("reference", help="write the schema and the reference of the spec")
    reference.add_argument(
        "--root", type=Path, default=Path(), metavar="FOLDER", help="the project (default: this folder)"
    )
    prices = commands.add_parser("prices", help="bring AWS's list prices up to date, from its public price list")
    prices.add_argument(
        "--root", type=Path, default=Path(), metavar="FOLDER", help="the project (default: this folder)"
    )
    prices.add_argument(
        "--region", action="append", metavar="REGION", help="this region alone; may be repeated (default: all known)"
    )
    prices.add_argument(
        "--from",
        dest="source",
        default="https://pricing.us-east-1.amazonaws.com",
        metavar="SOURCE",
        help="the address of the price list, or a folder with a copy of it (default: %(default)s)",
    )
    return parser


def _print_report(report: Report, options: argparse.Namespace, failure: str) -> None:
    """What was found, and then how the run ended: the failure, or how many warnings there were."""
    telling = importlib.import_module(f"generator.report.as_{options.format}")  # when it is needed, as a command is
    if options.format == "text":
        print(telling.rendered(report, telling.look(options.color)), end="", file=sys.stderr)
    else:
        print(telling.rendered(report), end="")
    if end := failure or (f"{report.summary}." if report.summary else ""):
        print("\n".join(map(printable, end.split("\n"))), file=sys.stderr)
