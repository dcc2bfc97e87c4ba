"""The cases of owscale and of what it is held against; those of the peers are in peers/."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import fleets
from benchmarks.bare import hashing, writing
from benchmarks.case import Case
from benchmarks.places import EDITED, OWSCALE, owscale, python

PASS = Case("pass", "`python -c pass`", (python(OWSCALE), "-c", "pass"))
FLOOR = Case(
    "floor",
    "`import yaml, jinja2, pydantic`, the floor F",
    (python(OWSCALE), "-c", "import yaml, jinja2, pydantic"),
)
SIZES = (1, 10, 100, 1000)
_LARGE = 1000
GENERATED, RENDERED, UNCHANGED = "owscale generate, all new", "owscale check, all rendered", "owscale check, unchanged"


def own() -> Iterator[Case]:
    """The floors first: each round of measuring begins with them."""
    yield PASS
    yield FLOOR
    yield Case("help", "`owscale --help`", (owscale(), "--help"), "usage: owscale")
    yield Case("explain", "`owscale explain S201`", (owscale(), "explain", "S201"), "S201")
    yield Case("usage", "a usage error", (owscale(), "generete"), "invalid choice", exit_code=2)
    yield Case(
        "validate-50",
        "`owscale validate`, a spec with 50 errors",
        (owscale(), "validate"),
        r"^50 errors\.",
        exit_code=1,
        set_up=fleets.mistaken,
    )
    one = partial(fleets.generated, deployments=1)
    yield Case(
        "generate-changed",
        "`owscale generate`, a value changed",
        (owscale(), "generate"),
        r"\+0 ~[1-9]",
        set_up=one,
        prepare=fleets.change_value,
    )
    yield Case(
        "generate-unchanged", "`owscale generate`, nothing changed", (owscale(), "generate"), r"~0 -0", set_up=one
    )
    for size in SIZES:
        yield from _fleet(size)


def _fleet(size: int) -> Iterator[Case]:
    """Cases of many deployments, on one core: times of a deployment are only worth comparing when one worked on it."""
    specs, generated = partial(fleets.specs, deployments=size), partial(fleets.generated, deployments=size)
    large = partial(Case, deployments=size, most_runs=3 if size >= _LARGE else 10)
    named = f"{size:,} deployment{'s' * (size > 1)}"
    yield large(
        f"check-unchanged-{size}",
        f"`owscale check` of {named}, nothing changed",
        (owscale(), "check"),
        "files as they should be",
        set_up=generated,
        series=UNCHANGED,
    )
    yield large(
        f"check-rendered-{size}",
        f"`owscale check` of {named}, a template changed",
        (owscale(EDITED), "check"),
        "are not what the specs give",
        exit_code=1,
        set_up=generated,
        prepare=lambda _folder, number: fleets.change_template(EDITED, number),
        series=RENDERED,
    )
    yield large(
        f"generate-new-{size}",
        f"`owscale generate` of {named}, all new",
        (owscale(), "generate"),
        r"\+[1-9][0-9]* ~0 -0 =0",
        set_up=specs,
        prepare=fleets.without_output,
        series=GENERATED,
    )
    if size == SIZES[-1]:
        yield large(
            f"bare-write-{size}",
            f"a bare loop that writes the files of {named}",
            (python(OWSCALE), writing.__file__, "pack", "out"),
            "files written",
            set_up=partial(_packed, deployments=size),
            prepare=fleets.without_output,
        )
        yield large(
            f"bare-hash-{size}",
            f"a bare loop that hashes the files of {named}",
            (python(OWSCALE), hashing.__file__, "spec", "out"),
            "files hashed",
            set_up=generated,
        )


def _packed(folder: Path, deployments: int) -> None:
    fleets.generated(folder, deployments)
    writing.pack(folder / "out", folder / "pack")
