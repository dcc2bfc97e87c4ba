"""`python -m benchmarks`: measures, prints the tables, and after a whole run writes them where they are published."""

import argparse
import sys
from collections.abc import Sequence

from benchmarks import cases, instructions, machine, measuring, peers, places, publishing, table
from benchmarks.case import Case, CaseError
from benchmarks.measured import Measured

_RUNS, _QUICK_RUNS, _QUICK_DEPLOYMENTS = 10, 2, 10
_FLOORS = (cases.PASS, cases.FLOOR)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what the command line asks for; 1 where a case fails, or takes more instructions than was accepted."""
    options = _parser().parse_args(arguments)
    every = [*cases.own(), *peers.cases()]
    if unknown := sorted(set(options.only) - {case.name for case in every}):
        print(
            f"no such case: {', '.join(unknown)}\n  hint: there are {', '.join(c.name for c in every)}", file=sys.stderr
        )
        return 2
    runs = options.runs or (_QUICK_RUNS if options.quick else _RUNS)
    try:
        with places.working():
            measured = {} if options.instructions else measuring.measure(_chosen(every, options), runs)
            described = machine.described(measuring.machine()) if measured else ""
            ratios = {} if options.only or options.quick else _instructions(every)
    except CaseError as error:
        print(error, file=sys.stderr)
        return 1
    text = _told(measured, described, ratios)
    print(text)
    if measured and not (options.only or options.quick or options.runs):
        publishing.publish(measured, described, text)
    return _judged(ratios, accepting=options.accept)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="CASE", help="these and the floors; nothing is written"
    )
    parser.add_argument("--runs", type=_positive, metavar="N", help=f"rounds (default: {_RUNS}); nothing is written")
    parser.add_argument(
        "--quick", action="store_true", help="two rounds, up to 10 deployments, no instructions; nothing is written"
    )
    parser.add_argument("--instructions", action="store_true", help="count instructions and measure no time")
    parser.add_argument("--accept", action="store_true", help="accept the counts of instructions as they are now")
    return parser


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _chosen(every: Sequence[Case], options: argparse.Namespace) -> list[Case]:
    if options.only:
        return [*_FLOORS, *(case for case in every if case.name in options.only and case not in _FLOORS)]
    return [case for case in every if not options.quick or case.deployments <= _QUICK_DEPLOYMENTS]


def _instructions(every: Sequence[Case]) -> dict[str, float]:
    if instructions.available():
        return instructions.ratios(every)
    print("valgrind is not installed, so no instructions are counted", file=sys.stderr)
    return {}


def _told(measured: dict[str, Measured], described: str, ratios: dict[str, float]) -> str:
    parts = []
    if measured:
        parts += [f"Measured on {described}", table.results(measured, peers.missing()), table.goals(measured)]
    if ratios:
        parts.append(table.instructions(ratios))
    return "\n\n".join(parts)


def _judged(ratios: dict[str, float], *, accepting: bool) -> int:
    if ratios and accepting:
        instructions.accept(ratios)
        return 0
    if ratios and not instructions.accepted():
        print("no counts were accepted yet: make bench ARGS='--instructions --accept'", file=sys.stderr)
    if worse := instructions.regressions(ratios, instructions.accepted()):
        print("\n".join(worse), file=sys.stderr)
        print("  hint: make it cheaper, or accept it: make bench ARGS='--instructions --accept'", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
