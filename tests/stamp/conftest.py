"""A world in which all is as it should be."""

import shutil
from pathlib import Path

import jinja2
import pytest

from tests.cases import PROJECT
from tests.stamp.world import World, wait


@pytest.fixture
def world(tmp_path: Path) -> World:
    """All generated, and known to be as it should be."""
    shutil.copytree(PROJECT / "generator", tmp_path / "program/generator")
    shutil.copytree(PROJECT / "templates", tmp_path / "program/templates")
    (tmp_path / "site").mkdir()
    library = Path(jinja2.__file__).parent
    (tmp_path / "site/jinja2").symlink_to(library)
    for info in library.parent.glob("*inja2-*.dist-info"):
        shutil.copytree(info, tmp_path / "site/jinja2-0.dist-info")
    (tmp_path / "project/spec").mkdir(parents=True)
    shutil.copy(PROJECT / "tests/golden/minimal/spec.yaml", tmp_path / "project/spec/spec.yaml")
    found = World(tmp_path)
    assert found.owscale("generate")[0] == 0
    wait()
    found.owscale("check")
    assert found.owscale("check")[2] == "replayed"
    return found
