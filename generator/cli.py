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
    commands.add_parser("check", parents=[paths, told], help="fail if out/ is not what the specs give; write nothing")
    commands.add_parser("validate", parents=[paths, told], help="check the specs; write nothing")
    _add_tf(commands.add_parser("tf", help="run Terraform on the roots under out/, and judge its plans"), paths, told)
    explain = commands.add_parser(
        "explain", parents=[paths, told], help="print what a code means; without one, what the specs come to and why"
    )
    explain.add_argument("code", nargs="?", metavar="CODE", help="the code of a message, such as S201")
    explain.add_argument("--env", metavar="NAME", help="this environment alone")
    reference = commands.add_parser("reference", help="write the schema and the reference of the spec")
    reference.add_argument(
        "--root", type=Path, default=Path(), metavar="FOLDER", help="the project (default: this folder)"
    )
    return parser


def _add_tf(tf: argparse.ArgumentParser, paths: argparse.ArgumentParser, told: argparse.ArgumentParser) -> None:
    actions = tf.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser(
        "validate", parents=[paths, told], help="ask Terraform and the provider about every root, without AWS"
    )
    prove = actions.add_parser(
        "prove", parents=[paths], help="tell whether a plan leaves alone what exists and loses nothing"
    )
    prove.add_argument("plan", type=Path, metavar="PLAN.json", help="what `terraform show -json` writes of the plan")
    prove.add_argument("--env", metavar="NAME", help="the environment that it is a plan of")
    # Not `format`, which says how problems of the spec are told: those go to stderr as text.
    prove.add_argument(
        "--format",
        dest="proof_format",
        choices=("text", "markdown", "json"),
        default="text",
        help="how the proof is told, on stdout (default: %(default)s)",
    )


def _print_report(report: Report, options: argparse.Namespace, failure: str) -> None:
    """What was found, and then how the run ended: the failure, or how many warnings there were."""
    telling = importlib.import_module(f"generator.report.as_{options.format}")  # when it is needed, as a command is
    if options.format == "text":
        print(telling.rendered(report, telling.look(options.color)), end="", file=sys.stderr)
    else:
        print(telling.rendered(report), end="")
    if end := failure or (f"{report.summary}." if report.summary else ""):
        print("\n".join(map(printable, end.split("\n"))), file=sys.stderr)
