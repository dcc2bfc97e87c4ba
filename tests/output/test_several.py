"""Several deployments: what is wrong with one hides nothing of the others, and ends none."""

from pathlib import Path

import pytest

from tests.output.conftest import Project
from tests.output.test_obstacles import copy, in_a_child, open_folder

__all__ = ["open_folder"]  # a fixture

BROKEN = "{% if x %}\n"


@pytest.fixture
def three(project: Project) -> Project:
    """alpha, beta and minimal, generated; a value of beta and minimal has changed since."""
    for name in ("alpha", "beta"):
        project.add_spec(name)
    project.generate()
    for name in ("beta", "spec"):
        _change(project, name, "instances: 2", "instances: 4")
    return project


def _change(project: Project, name: str, old: str, new: str) -> None:
    path = project.spec.with_name(f"{name}.yaml")
    path.write_text(path.read_text().replace(old, new, 1))


def _drifted(project: Project) -> list[str]:
    """The deployments of which a file differs, in the order in which they are told."""
    lines = (line.split("/") for line in project.stderr.splitlines() if ": changed: " in line)
    return list(dict.fromkeys(parts[1] for parts in lines))


@pytest.mark.parametrize(
    ("mistake", "code"),
    [
        ("name: [", "S101"),  # nobody knows what it describes
        ("name: alpha\nextra: 1", "S102"),
        ("name: alpha\nautoscaling: {min: 3}", "S202"),
    ],
)
def test_check_compares_the_others(three: Project, mistake: str, code: str) -> None:
    _change(three, "alpha", "name: alpha", mistake)
    assert three.run("check") == 1
    assert f"[{code}]" in three.stderr
    assert _drifted(three) == ["beta", "minimal"]
    assert "orphan" not in three.stderr
    assert three.stderr.splitlines()[-1] == "1 error. out/ was not changed."


def test_check_tells_that_the_others_are_well(project: Project) -> None:
    project.add_spec("alpha")
    project.generate()
    _change(project, "alpha", "name: alpha", "name: alpha\nextra: 1")
    assert project.run("check") == 1
    assert project.stdout == "50 files as they should be.\n"
    assert "[S102]" in project.stderr


def test_a_spec_with_a_mistake_and_another_name_ends_nothing(three: Project) -> None:
    """Its folder names a spec that is gone, and only the one with the mistake could tell that it takes its place."""
    _change(three, "alpha", "name: alpha", "name: alpha\nextra: 1")
    three.spec.with_name("alpha.yaml").rename(three.spec.with_name("other.yaml"))
    assert three.run("check") == 1
    assert "orphan" not in three.stderr
    before = three.tree()
    assert three.run("generate", "--force") == 1
    assert three.tree() == before


def test_an_environment_with_a_mistake_ends_nothing(project: Project) -> None:
    staging = "{state: {key: b.tfstate}, service: {name: chat-b}"
    text = project.spec.read_text()
    project.spec.write_text(f"{text}environments: {{production: {{}}, staging: {staging}}}}}\n")
    project.generate()
    project.spec.write_text(f"{text}environments: {{production: {{}}, staging: {staging}, extra: 1}}}}\n")
    assert project.run("check") == 1
    assert "orphan" not in project.stderr
    assert "[S102]" in project.stderr


def test_generate_tells_every_mistake_and_writes_nothing(three: Project) -> None:
    for name in ("alpha", "beta"):
        _change(three, name, f"name: {name}", f"name: {name}\nextra: 1")
    before = three.tree()
    assert three.run("generate") == 1
    assert [line.split(":")[0] for line in three.stderr.splitlines() if "[S102]" in line] == [
        "spec/alpha.yaml",
        "spec/beta.yaml",
    ]
    assert three.tree() == before


@pytest.fixture
def broken(three: Project) -> Project:
    """The same, and alpha has a template that cannot be rendered."""
    _change(three, "alpha", "name: alpha", "name: alpha\ncustom: {templates: own}")
    (three.spec.parent / "own").mkdir()
    (three.spec.parent / "own/outputs.tf.j2").write_text(BROKEN)
    return three


def test_a_template_that_fails_for_one(broken: Project) -> None:
    assert broken.run("check") == 1
    assert "spec/own/outputs.tf.j2:1: Unexpected end of template." in broken.stderr
    assert "alpha/production cannot be generated or read." in broken.stderr
    assert _drifted(broken) == ["beta", "minimal"]
    (broken.out / "minimal/production/outputs.tf").write_text("# by hand\n")
    (broken.out / "beta/production/versions.tf").unlink()
    (broken.out / "beta/production/versions.tf").mkdir()
    before = broken.tree()
    assert broken.run("generate") == 1
    assert broken.tree() == before
    for told in (
        "spec/own/outputs.tf.j2:1: Unexpected end of template.",
        "out/beta/production/versions.tf: is a folder where a file belongs",
        "out/minimal/production/outputs.tf: edited by hand",
        "2 files in doubt; alpha/production cannot be generated or read. out/ was not changed.",
    ):
        assert told in broken.stderr


def test_one_failure_of_several_is_told_once(broken: Project) -> None:
    _change(broken, "beta", "name: beta", "name: beta\ncustom: {templates: own}")
    assert broken.run("check") == 1
    assert broken.stderr.count("Unexpected end of template.") == 1
    assert "alpha/production, beta/production cannot be generated or read." in broken.stderr
    assert _drifted(broken) == ["minimal"]


def test_a_file_in_the_place_of_one(three: Project) -> None:
    place = three.out / "alpha"
    place.rename(three.folder / "elsewhere")
    place.touch()
    assert three.run("check") == 1
    assert "out/alpha: is a file where a folder belongs" in three.stderr
    assert _drifted(three) == ["beta", "minimal"]


@pytest.mark.parametrize("place", ["alpha", "alpha/production", "alpha/production/modules"])
def test_a_folder_of_one_that_cannot_be_read(three: Project, open_folder: Path, place: str) -> None:
    copy(three, open_folder)
    (open_folder / "out" / place).chmod(0)
    try:
        code, said = in_a_child(open_folder, "check")
    finally:
        (open_folder / "out" / place).chmod(0o755)
    three.stderr = said
    assert code == 1
    assert "Traceback" not in said
    assert "Permission denied" in said
    assert "alpha/production cannot be generated or read." in said
    assert _drifted(three) == ["beta", "minimal"]


def test_in_the_order_of_their_folders(three: Project) -> None:
    """Whatever their specs are called."""
    _change(three, "alpha", "instances: 2", "instances: 4")
    three.spec.with_name("alpha.yaml").rename(three.spec.with_name("z.yaml"))
    assert three.run("check") == 1
    assert _drifted(three) == ["alpha", "beta", "minimal"]
