"""Measure owscale, print the tables, and after a full run write them to docs/performance.md."""

import argparse
import sys
from collections.abc import Sequence

from benchmarks import cases, instructions, machine, paths, publish, runner, table
from benchmarks.case import Case, CaseError
from benchmarks.result import CaseResult

_ROUNDS, _QUICK_ROUNDS, _QUICK_DEPLOYMENTS = 10, 2, 10
_FLOORS = (cases.PASS, cases.FLOOR)
_ACCEPT_COMMAND = "make bench ARGS='--instructions --accept'"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks.

    Returns 1 where a case fails or needs more instructions than accepted, and 2 for an unknown case.
    """
    options = _parser().parse_args(arguments)
    all_cases = list(cases.all_cases())
    if unknown := sorted(set(options.only) - {case.name for case in all_cases}):
        names = ", ".join(case.name for case in all_cases)
        print(f"no such case: {', '.join(unknown)}\n  hint: use one of {names}", file=sys.stderr)
        return 2
    rounds = options.runs or (_QUICK_ROUNDS if options.quick else _ROUNDS)
    try:
        with paths.work_directory():
            results = {} if options.instructions else runner.measure(_select(all_cases, options), rounds)
            description = machine.describe(runner.machine_metadata()) if results else ""
            ratios = {} if options.only or options.quick else _count_instructions(all_cases)
    except CaseError as error:
        print(error, file=sys.stderr)
        return 1
    text = _format(results, description, ratios)
    print(text)
    if results and not (options.only or options.quick or options.runs):
        publish.publish(results, description, text)
    return _check_instructions(ratios, accept=options.accept)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="CASE", help="measure these cases and the floors; write nothing"
    )
    parser.add_argument(
        "--runs", type=_positive, metavar="N", help=f"number of rounds (default: {_ROUNDS}); write nothing"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"{_QUICK_ROUNDS} rounds, up to {_QUICK_DEPLOYMENTS} deployments, no instructions; write nothing",
    )
    parser.add_argument("--instructions", action="store_true", help="count instructions only")
    parser.add_argument("--accept", action="store_true", help="accept the counts of instructions of this run")
    return parser


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _select(all_cases: Sequence[Case], options: argparse.Namespace) -> list[Case]:
    if options.only:
        return [*_FLOORS, *(case for case in all_cases if case.name in options.only and case not in _FLOORS)]
    return [case for case in all_cases if not options.quick or case.deployments <= _QUICK_DEPLOYMENTS]


def _count_instructions(all_cases: Sequence[Case]) -> dict[str, float]:
    if instructions.is_available():
        return instructions.ratios(all_cases)
    print("valgrind is not installed: instructions are not counted", file=sys.stderr)
    return {}


def _format(results: dict[str, CaseResult], description: str, ratios: dict[str, float]) -> str:
    parts = []
    if results:
        parts += [f"Measured on {description}", table.results(results), table.goals(results)]
    if ratios:
        parts.append(table.instructions(ratios))
    return "\n\n".join(parts)


def _check_instructions(ratios: dict[str, float], *, accept: bool) -> int:
    if ratios and accept:
        instructions.accept(ratios)
        return 0
    if ratios and not instructions.accepted():
        print(f"no counts of instructions are accepted yet\n  hint: run `{_ACCEPT_COMMAND}`", file=sys.stderr)
    if regressions := instructions.regressions(ratios, instructions.accepted()):
        print("\n".join(regressions), file=sys.stderr)
        print(f"  hint: reduce them, or accept them with `{_ACCEPT_COMMAND}`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
