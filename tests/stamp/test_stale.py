"""An answer is given again only while nothing has changed: not one byte, whatever size and time say (ADR 12)."""

import shutil
from collections.abc import Callable

import pytest

from tests.cases import PROJECT
from tests.stamp.world import FOLDER, World, one_byte, wait

_BYTES = {
    "the spec": ("project/spec/spec.yaml", b"#", b"%"),
    "a comment of the spec": ("project/spec/spec.yaml", b"spec", b"Spec"),
    "a template": ("program/templates/versions.tf.j2", b"required_version", b"required_versiom"),
    "the output": (f"project/{FOLDER}/main.tf", b"module", b"nodule"),
    "the manifest": (f"project/{FOLDER}/.owscale.sums", b"owscale", b"0wscale"),
    "the program's version": ("program/generator/__init__.py", b'"0.', b'"1.'),
    "the program": ("program/generator/context.py", b"1024", b"1023"),
    "a price": ("program/generator/facts/prices.json", b"1", b"2"),
    "a library's version": ("site/jinja2-0.dist-info/METADATA", b"Version: 3", b"Version: 4"),
    "a library's files": ("site/jinja2-0.dist-info/RECORD", b"sha256", b"sha257"),
}


def test_one_byte_is_noticed(world: World) -> None:
    """One test for all, since a world takes longer to make than to look at."""
    for what, (name, old, new) in _BYTES.items():
        one_byte(world.path(name), old, new)
        assert world.owscale("check")[2] == "worked out", what
        one_byte(world.path(name), new, old)
        wait()
        world.owscale("check")
        assert world.owscale("check")[2] == "replayed", what


def _added_beside(world: World) -> None:
    world.path(f"project/{FOLDER}/notes.txt").write_text("mine\n")


def _added_below(world: World) -> None:
    world.path(f"project/{FOLDER}/modules/redis/more.tf").write_text("# more\n")


def _removed(world: World) -> None:
    world.path(f"project/{FOLDER}/outputs.tf").unlink()


def _spec_added(world: World) -> None:
    shutil.copy(PROJECT / "tests/golden/fixed/spec.yaml", world.path("project/spec/fixed.yaml"))


def _template_removed(world: World) -> None:
    world.path("program/templates/README.md.j2").unlink()


def _code_added(world: World) -> None:
    world.path("program/generator/more.py").write_text("")


def _another_deployment(world: World) -> None:
    shutil.copytree(world.path(f"project/{FOLDER}"), world.path("project/out/minimal/old"))


def _interrupted(world: World) -> None:
    world.path("project/out/.owscale").mkdir()
    world.path("project/out/.owscale/journal").write_text("0 minimal/production/main.tf\n")


def _file_for_folder(world: World) -> None:
    folder = world.path(f"project/{FOLDER}/modules/redis")
    shutil.rmtree(folder)
    folder.write_text("")


def _link_for_file(world: World) -> None:
    path = world.path(f"project/{FOLDER}/outputs.tf")
    path.rename(world.path("project/outputs.tf"))
    path.symlink_to(world.path("project/outputs.tf"))


def _spec_elsewhere(world: World) -> None:
    """The same text, but generated files name another place."""
    world.path("project/spec").rename(world.path("project/specs"))
    world.path("project/spec").symlink_to("specs")


def _out_elsewhere(world: World) -> None:
    """The same files, but from there the spec has another path."""
    world.path("project/deep").mkdir()
    world.path("project/out").rename(world.path("project/deep/out"))
    world.path("project/out").symlink_to("deep/out")


@pytest.mark.parametrize(
    "change",
    [
        _added_beside,
        _added_below,
        _removed,
        _spec_added,
        _template_removed,
        _code_added,
        _another_deployment,
        _interrupted,
        _file_for_folder,
        _link_for_file,
        _spec_elsewhere,
        _out_elsewhere,
    ],
)
def test_what_comes_or_goes_is_noticed(world: World, change: Callable[[World], None]) -> None:
    change(world)
    assert world.owscale("check")[2] == "worked out"
