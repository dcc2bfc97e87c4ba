"""Several deployments: an error in one of them hides no drift of the others, and removes none."""

from pathlib import Path

import pytest

from tests._support.cases import own_resources
from tests._support.project import Project
from tests.output.test_directory import copy_for_nobody, public_directory, run_as_nobody

__all__ = ["public_directory"]  # a fixture

BROKEN_TEMPLATE = "{% if x %}\n"


@pytest.fixture
def three(project: Project) -> Project:
    """Return the deployments alpha, beta and minimal; a value of beta and minimal changed after they were generated."""
    for name in ("alpha", "beta"):
        project.add_spec(name)
    project.generate()
    for name in ("beta", "spec"):
        change(project, name, "instances: 2", "instances: 4")
    return project


def change(project: Project, name: str, old: str, new: str) -> None:
    path = project.spec.with_name(f"{name}.yaml")
    path.write_text(path.read_text().replace(old, new, 1))


def drifted(project: Project) -> list[str]:
    """Return the deployments with a changed file, in the order of the messages."""
    lines = (line.split("/") for line in project.stderr.splitlines() if ": changed: " in line)
    return list(dict.fromkeys(parts[1] for parts in lines))


@pytest.mark.parametrize(
    ("mistake", "code"),
    [
        ("name: [", "S101"),  # the deployments of the spec are unknown
        ("name: alpha\nextra: 1", "S102"),
        ("name: alpha\nautoscaling: {min: 3}", "S202"),
    ],
)
def test_check_compares_the_deployments_without_an_error(three: Project, mistake: str, code: str) -> None:
    change(three, "alpha", "name: alpha", mistake)
    assert three.run("check") == 1
    assert f"[{code}]" in three.stderr
    assert drifted(three) == ["beta", "minimal"]
    assert "orphan" not in three.stderr
    assert three.stderr.splitlines()[-1] == "1 error"


def test_check_counts_the_files_of_the_others(project: Project) -> None:
    project.add_spec("alpha")
    project.generate()
    change(project, "alpha", "name: alpha", "name: alpha\nextra: 1")
    assert project.run("check") == 1
    assert project.stdout == "50 files up to date\n"
    assert "[S102]" in project.stderr


def test_renamed_spec_with_an_error_removes_nothing(three: Project) -> None:
    """The manifest names a spec that is gone; the spec with the error may have taken its place."""
    change(three, "alpha", "name: alpha", "name: alpha\nextra: 1")
    three.spec.with_name("alpha.yaml").rename(three.spec.with_name("other.yaml"))
    assert three.run("check") == 1
    assert "orphan" not in three.stderr
    before = three.tree()
    assert three.run("generate", "--force") == 1
    assert three.tree() == before


def test_environment_with_an_error_removes_nothing(project: Project) -> None:
    staging = f"{{state: {{key: b.tfstate}}, service: {{name: chat-b}}, existing: {own_resources('staging')}"
    text = project.spec.read_text()
    project.spec.write_text(f"{text}environments: {{production: {{}}, staging: {staging}}}}}\n")
    project.generate()
    project.spec.write_text(f"{text}environments: {{production: {{}}, staging: {staging}, extra: 1}}}}\n")
    assert project.run("check") == 1
    assert "orphan" not in project.stderr
    assert "[S102]" in project.stderr


def test_generate_reports_every_error_and_writes_nothing(three: Project) -> None:
    for name in ("alpha", "beta"):
        change(three, name, f"name: {name}", f"name: {name}\nextra: 1")
    before = three.tree()
    assert three.run("generate") == 1
    assert [line.split(":")[0] for line in three.stderr.splitlines() if "[S102]" in line] == [
        "spec/alpha.yaml",
        "spec/beta.yaml",
    ]
    assert three.tree() == before


@pytest.fixture
def broken(three: Project) -> Project:
    """Return the same deployments, where alpha has a custom template that cannot be rendered."""
    change(three, "alpha", "name: alpha", "name: alpha\ncustom: {templates: own}")
    (three.spec.parent / "own").mkdir()
    (three.spec.parent / "own/outputs.tf.j2").write_text(BROKEN_TEMPLATE)
    return three


def test_template_error_of_one_deployment(broken: Project) -> None:
    assert broken.run("check") == 1
    assert "spec/own/outputs.tf.j2:1: Unexpected end of template." in broken.stderr
    assert "alpha/production: failed, as reported above" in broken.stderr
    assert drifted(broken) == ["beta", "minimal"]
    (broken.out / "minimal/production/outputs.tf").write_text("# by hand\n")
    (broken.out / "beta/production/versions.tf").unlink()
    (broken.out / "beta/production/versions.tf").mkdir()
    before = broken.tree()
    assert broken.run("generate") == 1
    assert broken.tree() == before
    for message in (
        "spec/own/outputs.tf.j2:1: Unexpected end of template.",
        "out/beta/production/versions.tf: is a directory; expected a file",
        "out/minimal/production/outputs.tf: modified locally",
        "1 file was modified locally",
        "1 path is blocked",
        "alpha/production: failed, as reported above",
        "nothing was written",
    ):
        assert message in broken.stderr


def test_shared_failure_is_printed_once(broken: Project) -> None:
    change(broken, "beta", "name: beta", "name: beta\ncustom: {templates: own}")
    assert broken.run("check") == 1
    assert broken.stderr.count("Unexpected end of template.") == 1
    assert "alpha/production, beta/production: failed, as reported above" in broken.stderr
    assert drifted(broken) == ["minimal"]


def test_file_in_the_place_of_one_deployment(three: Project) -> None:
    place = three.out / "alpha"
    place.rename(three.folder / "elsewhere")
    place.touch()
    assert three.run("check") == 1
    assert "out/alpha: is a file; expected a directory" in three.stderr
    assert drifted(three) == ["beta", "minimal"]


@pytest.mark.parametrize("place", ["alpha", "alpha/production", "alpha/production/modules"])
def test_unreadable_directory_of_one_deployment(three: Project, public_directory: Path, place: str) -> None:
    copy_for_nobody(three, public_directory)
    (public_directory / "out" / place).chmod(0)
    try:
        code, three.stderr = run_as_nobody(public_directory, "check")
    finally:
        (public_directory / "out" / place).chmod(0o755)
    assert code == 1
    assert "Traceback" not in three.stderr
    assert "Permission denied" in three.stderr
    assert "alpha/production: failed, as reported above" in three.stderr
    assert drifted(three) == ["beta", "minimal"]


def test_deployments_are_sorted_by_directory_not_by_spec(three: Project) -> None:
    change(three, "alpha", "instances: 2", "instances: 4")
    three.spec.with_name("alpha.yaml").rename(three.spec.with_name("z.yaml"))
    assert three.run("check") == 1
    assert drifted(three) == ["alpha", "beta", "minimal"]
