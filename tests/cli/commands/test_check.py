"""`owscale check`: the difference of each file, its reason, and the hint."""

import pytest

from owscale import __version__
from owscale.fs.hashing import content_digest
from owscale.output.manifest import parse_manifest
from owscale.workflow.pipeline import expected_files
from tests._support.cases import cases
from tests._support.project import ROOT, Project


def drift(project: Project) -> dict[str, str]:
    """Run a check that must fail, and return its message about each file."""
    assert project.run("check") == 1
    lines = (line.split(": ", 1) for line in project.stderr.splitlines() if line.startswith(ROOT))
    return {path.removeprefix(f"{ROOT}/"): text for path, text in lines}


def test_check_passes_on_unchanged_output(project: Project) -> None:
    project.generate()
    assert project.run("check") == 0
    assert project.stdout == "50 files up to date\n"


def test_every_file_is_missing_before_the_first_run(project: Project) -> None:
    files = drift(project)
    assert len(files) == 50
    assert files["main.tf"] == "missing: not generated yet"
    assert not project.out.exists()


def test_changed_spec_is_the_reason_of_changed_files(project: Project) -> None:
    project.generate()
    project.change_spec("instances: 2", "instances: 4")
    assert drift(project) == {
        "README.md": "changed: the spec changed",
        "RUNBOOK.md": "changed: the spec changed",
        "main.tf": "changed: the spec changed",
        ".owscale.sums": "changed: the spec changed",
    }
    assert "4 of 50 files in out/ differ from the specs" in project.stderr
    assert "hint: run `owscale generate` and commit the result" in project.stderr


def test_changed_spec_is_the_reason_of_orphans_and_missing_files(project: Project) -> None:
    project.generate()
    project.change_spec("name: minimal", "name: minimal\nautoscaling: {enabled: false}")
    assert drift(project)["modules/autoscaling/main.tf"] == "orphan: the spec changed"
    project.generate()
    project.change_spec("\nautoscaling: {enabled: false}", "")
    assert drift(project)["modules/autoscaling/main.tf"] == "missing: the spec changed"


def test_comment_in_the_spec_changes_nothing(project: Project) -> None:
    project.generate()
    project.spec.write_text(f"# a comment\n{project.spec.read_text()}")
    assert project.run("check") == 0


def test_changed_template_is_the_reason_of_a_changed_file(project: Project) -> None:
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


def test_changed_owscale_is_the_reason_of_a_changed_file(project: Project) -> None:
    project.generate()
    manifest = project.root / ".owscale.sums"
    recorded = manifest.read_text()
    path = project.root / "outputs.tf"
    old = path.read_bytes() + b"# as an older owscale wrote it\n"
    path.write_bytes(old)

    [line] = [line for line in recorded.splitlines() if " outputs.tf <- " in line]
    manifest.write_text(recorded.replace(line, f"{content_digest(old)} {line.split(' ', 1)[1]}"))
    assert drift(project)["outputs.tf"] == "changed: owscale itself or prices.json changed"
    manifest.write_text(manifest.read_text().replace(f"owscale {__version__}", "owscale 0.0.1"))
    assert drift(project)["outputs.tf"] == f"changed: owscale changed, from 0.0.1 to {__version__}"


def test_modified_removed_and_blocked_files_are_told_apart(project: Project) -> None:
    project.generate()
    (project.root / "outputs.tf").write_text("# by hand\n")
    (project.root / "versions.tf").unlink()
    (project.root / "providers.tf").unlink()
    (project.root / "providers.tf").mkdir()
    assert drift(project) == {
        "outputs.tf": "modified locally",
        "versions.tf": "missing: deleted locally",
        "providers.tf": "is a directory; expected a file",
    }
    assert "owscale generate --force" in project.stderr


def test_modified_file_has_the_reason_why_it_is_out_of_date_too(project: Project) -> None:
    project.generate()
    (project.root / "main.tf").write_text("# by hand\n")
    project.change_spec("instances: 2", "instances: 4")
    assert drift(project)["main.tf"] == "modified locally: the spec changed"


def test_line_endings_of_a_checkout_are_not_a_local_modification(project: Project) -> None:
    project.generate()
    before = project.tree()
    for name in ("main.tf", ".owscale.sums"):
        path = project.root / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert drift(project)["main.tf"] == "changed: its line endings changed"
    assert project.generate() == "+0 ~2 -0 =48"
    assert project.tree() == before


@pytest.mark.parametrize("option", [(), ("--diff",)])
def test_diff_is_printed_on_request(project: Project, option: tuple[str, ...]) -> None:
    project.generate()
    project.change_spec("instances: 2", "instances: 4")
    assert project.run("check", *option) == 1
    lines = project.stderr.splitlines()
    assert ("--- minimal/production/main.tf" in lines) is bool(option)
    changed = [line.split() for line in lines if line.startswith(("+  instances", "-  instances"))]
    assert changed == ([["-", "instances", "=", "2"], ["+", "instances", "=", "4"]] if option else [])


def test_single_difference_is_in_the_singular(project: Project) -> None:
    project.generate()
    (project.root / "outputs.tf").unlink()
    assert project.run("check") == 1
    assert "1 of 50 files in out/ differs from the specs" in project.stderr


def test_modified_manifest_is_drift(project: Project) -> None:
    project.generate()
    manifest = project.root / ".owscale.sums"
    manifest.write_text(manifest.read_text().replace("owscale 0", "owscale 9"))
    assert drift(project) == {".owscale.sums": "changed: the text of the manifest differs"}
    assert project.generate() == "+0 ~1 -0 =49"


def test_manifest_is_parsed_as_it_was_written() -> None:
    """A comparison relies on this: it does not parse a manifest that equals the expected one."""
    for case in cases():
        for checked in case.checked():
            manifest = expected_files(checked, case.paths).manifest
            assert parse_manifest(str(manifest).encode()) == manifest


def test_manifest_has_a_sorted_line_for_each_file(project: Project) -> None:
    project.generate()
    lines = (project.root / ".owscale.sums").read_text().splitlines()
    files = [line.split(" ")[2] for line in lines[4:]]
    assert files == sorted(files)
    assert set(files) == {path.split("/", 2)[2] for path in project.tree()} - {".owscale.sums"}


def test_summary_comes_after_the_diagnostics(project: Project) -> None:
    project.generate()
    (project.root / "outputs.tf").unlink()
    assert project.run("check") == 1
    assert project.stderr.splitlines()[-3:] == [
        "1 of 50 files in out/ differs from the specs",
        "  hint: run `owscale generate` and commit the result",
        "1 warning",
    ]
    project.change_spec("name: minimal", "name: minimal\nnonsense: 1")
    project.add_spec("other").write_text(project.spec.read_text().replace("nonsense: 1\n", ""))
    assert project.run("check") == 1
    assert project.stderr.splitlines()[-1] == "1 error"
