"""What `owscale check` says of each file: what it is, why, and the way out."""

import pytest

from generator import __version__
from generator.output import digest
from generator.output.sums import parsed
from generator.stages import steps
from tests.cases import cases
from tests.output.conftest import ROOT, Project


def drift(project: Project) -> dict[str, str]:
    """What a check that must fail says of each file."""
    assert project.run("check") == 1
    said = (line.split(": ", 1) for line in project.stderr.splitlines() if line.startswith(ROOT))
    return {path.removeprefix(f"{ROOT}/"): why for path, why in said}


def test_nothing_to_say(project: Project) -> None:
    project.generate()
    assert project.run("check") == 0
    assert project.stdout == "50 files as they should be.\n"


def test_before_the_first_run(project: Project) -> None:
    said = drift(project)
    assert len(said) == 50
    assert said["main.tf"] == "missing: not generated yet"
    assert not project.out.exists()


def test_the_spec_changed(project: Project) -> None:
    project.generate()
    project.change_spec("instances: 2", "instances: 4")
    assert drift(project) == {
        "README.md": "changed: the spec changed",
        "RUNBOOK.md": "changed: the spec changed",
        "main.tf": "changed: the spec changed",
        ".owscale.sums": "changed: the spec changed",
    }
    assert "4 of 50 files in out/ are not what the specs give." in project.stderr
    assert "hint: run `owscale generate` and commit the result" in project.stderr


def test_the_spec_changed_what_files_there_are(project: Project) -> None:
    project.generate()
    project.change_spec("name: minimal", "name: minimal\nautoscaling: {enabled: false}")
    assert drift(project)["modules/autoscaling/main.tf"] == "orphan: the spec changed"
    project.generate()
    project.change_spec("\nautoscaling: {enabled: false}", "")
    assert drift(project)["modules/autoscaling/main.tf"] == "missing: the spec changed"


def test_a_comment_in_the_spec_changes_nothing(project: Project) -> None:
    project.generate()
    project.spec.write_text(f"# a comment\n{project.spec.read_text()}")
    assert project.run("check") == 0


def test_a_template_changed(project: Project) -> None:
    project.change_spec("name: minimal", "name: minimal\ncustom: {templates: own}")
    template = project.spec.parent / "own/outputs.tf.j2"
    template.parent.mkdir()
    template.write_text("# one\n")
    project.generate()
    template.write_text("# two\n")
    assert drift(project)["outputs.tf"] == "changed: spec/own/outputs.tf.j2 changed"
    template.unlink()
    assert drift(project)["outputs.tf"] == "changed: it comes from templates/outputs.tf.j2 now"
    project.change_spec("instances: 2", "instances: 4")
    assert drift(project)["outputs.tf"] == "changed: the spec changed and it comes from templates/outputs.tf.j2 now"


def test_the_program_changed(project: Project) -> None:
    project.generate()
    sums = project.root / ".owscale.sums"
    recorded = sums.read_text()
    path = project.root / "outputs.tf"
    old = path.read_bytes() + b"# as an older owscale wrote it\n"
    path.write_bytes(old)

    [line] = [line for line in recorded.splitlines() if " outputs.tf <- " in line]
    sums.write_text(recorded.replace(line, f"{digest(old)} {line.split(' ', 1)[1]}"))
    assert drift(project)["outputs.tf"] == "changed: owscale itself changed"
    sums.write_text(sums.read_text().replace(f"owscale {__version__}", "owscale 0.0.1"))
    assert drift(project)["outputs.tf"] == f"changed: owscale changed, from 0.0.1 to {__version__}"


def test_edited_removed_and_in_the_way(project: Project) -> None:
    project.generate()
    (project.root / "outputs.tf").write_text("# by hand\n")
    (project.root / "versions.tf").unlink()
    (project.root / "providers.tf").unlink()
    (project.root / "providers.tf").mkdir()
    said = drift(project)
    assert said == {
        "outputs.tf": "edited by hand",
        "versions.tf": "missing: removed by hand",
        "providers.tf": "is a folder where a file belongs",
    }
    assert "owscale generate --force" in project.stderr


def test_edited_and_out_of_date(project: Project) -> None:
    project.generate()
    (project.root / "main.tf").write_text("# by hand\n")
    project.change_spec("instances: 2", "instances: 4")
    assert drift(project)["main.tf"] == "edited by hand: the spec changed"


def test_line_ends_of_a_checkout_are_no_edit(project: Project) -> None:
    project.generate()
    before = project.tree()
    for name in ("main.tf", ".owscale.sums"):
        path = project.root / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert drift(project)["main.tf"] == "changed: its line ends changed"
    assert project.generate() == "+0 ~2 -0 =48"
    assert project.tree() == before


@pytest.mark.parametrize("asked", [False, True])
def test_diff_on_demand(project: Project, asked: bool) -> None:
    project.generate()
    project.change_spec("instances: 2", "instances: 4")
    assert project.run("check", *(["--diff"] if asked else [])) == 1
    lines = project.stderr.splitlines()
    assert ("--- minimal/production/main.tf" in lines) is asked
    changed = [line.split() for line in lines if line.startswith(("+  instances", "-  instances"))]
    assert changed == ([["-", "instances", "=", "2"], ["+", "instances", "=", "4"]] if asked else [])


def test_a_sum_that_was_tampered_with_is_drift(project: Project) -> None:
    project.generate()
    sums = project.root / ".owscale.sums"
    sums.write_text(sums.read_text().replace("owscale 0", "owscale 9"))
    assert drift(project) == {".owscale.sums": "changed: it is not what generate writes"}
    assert project.generate() == "+0 ~1 -0 =49"


def test_the_manifest_reads_back_as_it_was_written() -> None:
    """A comparison relies on it: it parses no manifest whose bytes are those to write."""
    for case in cases():
        for each in steps.generated(case.options, case.deployments()):
            assert parsed(str(each.sums).encode()) == each.sums


def test_the_manifest_is_a_line_a_file_sorted(project: Project) -> None:
    project.generate()
    lines = (project.root / ".owscale.sums").read_text().splitlines()
    files = [line.split(" ")[2] for line in lines[4:]]
    assert files == sorted(files)
    assert set(files) == {path.split("/", 2)[2] for path in project.tree()} - {".owscale.sums"}
