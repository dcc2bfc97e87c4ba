"""The cases: the floors first, since each round begins with them, then the commands of owscale."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import fleets
from benchmarks.bare import hashing, writing
from benchmarks.case import Case
from benchmarks.paths import EDITED, OWSCALE, owscale, python

PASS = Case("pass", "`python -c pass`", (python(OWSCALE), "-c", "pass"))
FLOOR = Case(
    "floor",
    "`import yaml, jinja2, pydantic`, the floor F",
    (python(OWSCALE), "-c", "import yaml, jinja2, pydantic"),
)
SIZES = (1, 10, 100, 1000)
_LARGE = 1000
_MAX_ROUNDS, _MAX_LARGE_ROUNDS = 10, 3


def all_cases() -> Iterator[Case]:
    """Yield every case."""
    yield PASS
    yield FLOOR
    yield Case("help", "`owscale --help`", (owscale(), "--help"), "usage: owscale")
    yield Case("explain", "`owscale explain S201`", (owscale(), "explain", "S201"), "S201")
    yield Case("usage", "a usage error", (owscale(), "generete"), "unknown command", exit_code=2)
    yield Case(
        "validate-50",
        "`owscale validate`, a spec with 50 errors",
        (owscale(), "validate"),
        r"^50 errors\b",
        exit_code=1,
        set_up=fleets.write_spec_with_errors,
    )
    generated = partial(fleets.generate_output, deployments=1)
    yield Case(
        "generate-changed",
        "`owscale generate`, a value changed",
        (owscale(), "generate"),
        r"\+0 ~[1-9]",
        set_up=generated,
        prepare=fleets.change_value,
    )
    yield Case(
        "generate-first",
        "`owscale generate`, a value changed, without any cache",
        (owscale(), "generate"),
        r"\+0 ~[1-9]",
        set_up=generated,
        prepare=fleets.change_value_without_cache,
    )
    yield Case(
        "generate-unchanged", "`owscale generate`, nothing changed", (owscale(), "generate"), r"~0 -0", set_up=generated
    )
    yield Case(
        "check-own-template",
        "`owscale check` without the cache, an own template",
        (owscale(), "check", "--no-cache"),
        "files up to date",
        set_up=fleets.generate_with_own_template,
    )
    yield Case(
        "check-plan-1000",
        "`owscale tf check-plan` of a plan of 1,000 resources",
        (owscale(), "tf", "check-plan", "plan.json"),
        "plan check passed",
        set_up=fleets.write_large_plan,
    )
    yield Case(
        "bare-read-plan",
        "a bare `json.load` of this plan",
        (python(OWSCALE), "-c", "import json; json.load(open('plan.json'))"),
        set_up=fleets.write_large_plan,
    )
    for size in SIZES:
        yield from _fleet_cases(size)


def _fleet_cases(size: int) -> Iterator[Case]:
    specs = partial(fleets.write_specs, deployments=size)
    generated = partial(fleets.generate_output, deployments=size)
    fleet_case = partial(Case, deployments=size, max_rounds=_MAX_LARGE_ROUNDS if size >= _LARGE else _MAX_ROUNDS)
    deployments = f"{size:,} deployment{'s' if size > 1 else ''}"
    yield fleet_case(
        f"check-unchanged-{size}",
        f"`owscale check` of {deployments}, nothing changed",
        (owscale(), "check"),
        "files up to date",
        set_up=generated,
        series="owscale check, unchanged",
    )
    yield fleet_case(
        f"check-rendered-{size}",
        f"`owscale check` of {deployments}, a template changed",
        (owscale(EDITED), "check"),
        "differs? from the specs",
        exit_code=1,
        set_up=generated,
        prepare=lambda _directory, number: fleets.change_template(EDITED, number),
        series="owscale check, all rendered",
    )
    yield fleet_case(
        f"generate-new-{size}",
        f"`owscale generate` of {deployments}, all new",
        (owscale(), "generate"),
        r"\+[1-9][0-9]* ~0 -0 =0",
        set_up=specs,
        prepare=fleets.remove_output,
        series="owscale generate, all new",
    )
    if size == SIZES[-1]:
        yield fleet_case(
            f"bare-write-{size}",
            f"a bare loop that writes the files of {deployments}",
            (python(OWSCALE), writing.__file__, "pack", "out"),
            "files written",
            set_up=partial(_pack_output, deployments=size),
            prepare=fleets.remove_output,
        )
        yield fleet_case(
            f"bare-hash-{size}",
            f"a bare loop that hashes the files of {deployments}",
            (python(OWSCALE), hashing.__file__, "spec", "out"),
            "files hashed",
            set_up=generated,
        )


def _pack_output(directory: Path, deployments: int) -> None:
    fleets.generate_output(directory, deployments)
    writing.pack(directory / "out", directory / "pack")
