"""A cached result is used only while no input has changed: not one byte, whatever its size and time (ADR 12)."""

import shutil
from collections.abc import Callable

import pytest

from tests._support.cases import PROJECT
from tests._support.installation import DEPLOYMENT, Installation, replace_bytes, wait_for_clock

_BYTES = {
    "the spec": ("project/spec/spec.yaml", b"#", b"%"),
    "a comment of the spec": ("project/spec/spec.yaml", b"spec", b"Spec"),
    "a template": ("program/templates/versions.tf.j2", b"required_version", b"required_versiom"),
    "the output": (f"project/{DEPLOYMENT}/main.tf", b"module", b"nodule"),
    "the manifest": (f"project/{DEPLOYMENT}/.owscale.sums", b"owscale", b"0wscale"),
    "the version of owscale": ("program/owscale/__init__.py", b'"0.', b'"1.'),
    "the code of owscale": ("program/owscale/render/context.py", b"1024", b"1023"),
    "a price": ("program/owscale/domain/aws/prices.json", b"1", b"2"),
    "the version of a library": ("site/jinja2-0.dist-info/METADATA", b"Version: 3", b"Version: 4"),
    "the files of a library": ("site/jinja2-0.dist-info/RECORD", b"sha256", b"sha257"),
}


def test_change_of_one_byte_is_noticed(installation: Installation) -> None:
    # All in one test: an installation takes longer to create than to check.
    for case, (name, old, new) in _BYTES.items():
        replace_bytes(installation.path(name), old, new)
        assert installation.owscale("check")[2] == "computed", case
        replace_bytes(installation.path(name), new, old)
        wait_for_clock()
        installation.owscale("check")
        assert installation.owscale("check")[2] == "cached", case


def _add_file(installation: Installation) -> None:
    installation.path(f"project/{DEPLOYMENT}/notes.txt").write_text("mine\n")


def _add_file_in_module(installation: Installation) -> None:
    installation.path(f"project/{DEPLOYMENT}/modules/redis/more.tf").write_text("# more\n")


def _remove_file(installation: Installation) -> None:
    installation.path(f"project/{DEPLOYMENT}/outputs.tf").unlink()


def _add_spec(installation: Installation) -> None:
    shutil.copy(PROJECT / "tests/golden/fixed/spec.yaml", installation.path("project/spec/fixed.yaml"))


def _add_prices(installation: Installation) -> None:
    installation.path("project/spec/prices.json").write_text('{"regions": {}}')


def _remove_template(installation: Installation) -> None:
    installation.path("program/templates/README.md.j2").unlink()


def _add_code(installation: Installation) -> None:
    installation.path("program/owscale/more.py").write_text("")


def _add_deployment(installation: Installation) -> None:
    shutil.copytree(installation.path(f"project/{DEPLOYMENT}"), installation.path("project/out/minimal/old"))


def _leave_incomplete_run(installation: Installation) -> None:
    installation.path("project/out/.owscale").mkdir()
    installation.path("project/out/.owscale/journal").write_text("0 minimal/production/main.tf\n")


def _replace_directory_by_file(installation: Installation) -> None:
    folder = installation.path(f"project/{DEPLOYMENT}/modules/redis")
    shutil.rmtree(folder)
    folder.write_text("")


def _replace_file_by_link(installation: Installation) -> None:
    path = installation.path(f"project/{DEPLOYMENT}/outputs.tf")
    path.rename(installation.path("project/outputs.tf"))
    path.symlink_to(installation.path("project/outputs.tf"))


def _move_spec(installation: Installation) -> None:
    # The text is the same, but generated files name another path.
    installation.path("project/spec").rename(installation.path("project/specs"))
    installation.path("project/spec").symlink_to("specs")


def _move_out(installation: Installation) -> None:
    # The files are the same, but the path of the spec relative to them is another.
    installation.path("project/deep").mkdir()
    installation.path("project/out").rename(installation.path("project/deep/out"))
    installation.path("project/out").symlink_to("deep/out")


@pytest.mark.parametrize(
    "change",
    [
        _add_file,
        _add_file_in_module,
        _remove_file,
        _add_spec,
        _remove_template,
        _add_code,
        _add_prices,
        _add_deployment,
        _leave_incomplete_run,
        _replace_directory_by_file,
        _replace_file_by_link,
        _move_spec,
        _move_out,
    ],
)
def test_change_of_the_tree_is_noticed(installation: Installation, change: Callable[[Installation], None]) -> None:
    change(installation)
    assert installation.owscale("check")[2] == "computed"
