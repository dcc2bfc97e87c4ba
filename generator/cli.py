"""The command line: dispatch, exit codes, and the only place that prints errors."""

import argparse
import importlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from generator import __version__
from generator.errors import OwscaleError, Report, SpecError, count

DONE, WRONG, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130

_EPILOG = """\
exit codes: 0 done; 1 a spec is wrong or out/ has drifted; 2 usage; 3 a bug of owscale, with its traceback;
            130 interrupted"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = _parser().parse_args(arguments)
    report = Report()
    try:
        # A command is imported when it runs, so that none waits for the libraries of another.
        module = importlib.import_module(f"generator.commands.{options.command}")
        code: int = getattr(module, options.command)(options, report)
    except SpecError as error:
        _print_report(report)
        print(f"{error}. {options.out.as_posix()}/ was not changed.", file=sys.stderr)
        return WRONG
    except OwscaleError as error:
        _print_report(report)
        print(error, file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        print("This is a bug of owscale, not of your spec.", file=sys.stderr)
        return BUG
    _print_report(report)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="owscale",
        description="One YAML spec of an Open WebUI deployment on AWS, rendered into plain Terraform.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
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
    generate = commands.add_parser("generate", parents=[paths], help="write the Terraform of every spec")
    generate.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")
    commands.add_parser("check", parents=[paths], help="fail if out/ is not what the specs give; write nothing")
    commands.add_parser("validate", parents=[paths], help="check the specs; write nothing")
    reference = commands.add_parser("reference", help="write the schema and the reference of the spec")
    reference.add_argument(
        "--root", type=Path, default=Path(), metavar="FOLDER", help="the project (default: this folder)"
    )
    return parser


def _print_report(report: Report) -> None:
    for line in report.lines():
        print(line, file=sys.stderr)
    if report.warnings and not report.errors:
        print(f"{count(report.warnings, 'warning')}.", file=sys.stderr)
