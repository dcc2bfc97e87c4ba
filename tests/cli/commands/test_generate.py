"""`owscale generate`: which files it writes, removes, refuses to overwrite, and leaves unmanaged."""

import os
from pathlib import Path

import pytest

from tests._support.cases import own_resources, with_own_resources
from tests._support.project import ROOT, Project


def test_first_run_creates_everything(project: Project) -> None:
    assert project.generate() == "+50 ~0 -0 =0"


def test_second_run_writes_nothing(project: Project) -> None:
    project.generate()
    for path in project.root.rglob("*"):
        os.utime(path, (1, 1))
    assert project.generate() == "+0 ~0 -0 =50"
    assert {path.stat().st_mtime for path in project.root.rglob("*")} == {1}


def test_only_changed_files_are_written(project: Project) -> None:
    project.generate()
    for path in project.root.rglob("*"):
        os.utime(path, (1, 1))
    project.change_spec("instances: 2", "instances: 4")
    assert project.generate() == "+0 ~4 -0 =46"
    written = {path.name for path in project.root.rglob("*") if path.is_file() and path.stat().st_mtime != 1}
    assert written == {"README.md", "RUNBOOK.md", "main.tf", ".owscale.sums"}


def test_orphans_are_removed_with_their_directories(project: Project) -> None:
    project.generate()
    assert (project.root / "modules/autoscaling").is_dir()
    project.change_spec("name: minimal", "name: minimal\nautoscaling: {enabled: false}")
    assert "-4" in project.generate()
    assert not (project.root / "modules/autoscaling").exists()


@pytest.mark.parametrize(
    "name", ["terraform.tfvars", "override.tf", "notes.md", "modules/redis/override.tf", ".terraform/modules/m.tf"]
)
def test_unmanaged_file_stays(project: Project, name: str) -> None:
    project.generate()
    mine = project.root / name
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("# mine\n")
    assert project.generate() == "+0 ~0 -0 =50"
    unmanaged = [] if name.startswith(".terraform") else [f"{ROOT}: unmanaged: {name}"]
    assert project.stdout.splitlines()[:-1] == unmanaged
    assert project.run("check") == 0
    assert mine.read_text() == "# mine\n"


def test_kept_file_is_not_overwritten(project: Project) -> None:
    project.generate()
    project.change_spec("name: minimal", "name: minimal\nkeep: [modules/*/dashboard.tf]")
    dashboard = project.root / "modules/monitoring/dashboard.tf"
    dashboard.write_text("# mine\n")
    assert project.generate() == "+0 ~1 -0 =48"
    assert project.stdout.splitlines()[0] == f"{ROOT}: unmanaged: modules/monitoring/dashboard.tf (kept)"
    assert project.run("check") == 0
    assert dashboard.read_text() == "# mine\n"


def test_dry_run_prints_the_changes(project: Project) -> None:
    project.generate()
    before = project.tree()
    project.change_spec("instances: 2", "instances: 4")
    assert project.generate("--dry-run") == "+0 ~4 -0 =46 (dry run: nothing was written)"
    assert f"  ~ {ROOT}/main.tf" in project.stdout
    assert project.tree() == before


def test_files_of_a_removed_environment_are_removed(project: Project) -> None:
    text = project.spec.read_text()
    staging = f"{{state: {{key: b.tfstate}}, service: {{name: chat-b}}, existing: {own_resources('staging')}}}"
    project.spec.write_text(f"{text}environments: {{production: {{}}, staging: {staging}}}\n")
    assert project.generate() == "+100 ~0 -0 =0"
    project.spec.write_text(f"{text}environments: {{production: {{}}}}\n")
    assert project.run("check") == 1
    assert "out/minimal/staging/main.tf: orphan: no spec for this deployment" in project.stderr
    assert project.generate() == "+0 ~0 -50 =50"
    removed = "minimal/staging: no spec for this deployment; its files are removed; its resources still run"
    assert (
        f"{removed}\n  hint: to destroy these, restore spec/spec.yaml and out/minimal/staging with git"
        in project.stderr
    )
    assert not (project.out / "minimal/staging").exists()


def test_files_of_a_spec_outside_the_run_stay(project: Project) -> None:
    project.generate()
    other = project.spec.with_name("other.yaml")
    text = project.spec.read_text().replace("name: minimal", "name: other")
    text = text.replace("minimal.tfstate", "other.tfstate").replace("{name: chat,", "{name: chat-b,")
    other.write_text(with_own_resources(text, "other"))
    assert project.generate("--spec", "spec/other.yaml") == "+50 ~0 -0 =0"
    assert project.generate() == "+0 ~0 -0 =100"
    other.unlink()
    assert project.generate() == "+0 ~0 -50 =50"


def test_locally_modified_file_is_not_overwritten(project: Project) -> None:
    project.generate()
    path = project.root / "outputs.tf"
    path.write_text(path.read_text() + "# mine\n")
    project.change_spec("instances: 2", "instances: 4")
    before = project.tree()
    assert project.run("generate") == 1
    assert project.stderr.splitlines()[0] == f"{ROOT}/outputs.tf: modified locally"
    assert "-# mine" in project.stderr.splitlines()
    assert "owscale generate --force" in project.stderr
    assert (
        "\n1 file was modified locally; nothing was written\n  hint: move each local edit into the spec or a template,"
        in project.stderr
    )
    assert project.tree() == before
    assert project.generate("--force") == "+0 ~5 -0 =45"
    assert "# mine" not in path.read_text()


def test_locally_modified_orphan_is_not_removed(project: Project) -> None:
    project.generate()
    path = project.root / "modules/monitoring/dashboard.tf"
    path.rename(path.with_name("old.tf"))
    assert "-1" in project.generate(), "an unmodified copy is an orphan"
    copy = path.with_name("old.tf")
    copy.write_text(path.read_text() + "# mine\n")
    assert project.run("generate") == 1
    assert f"{ROOT}/modules/monitoring/old.tf: modified locally" in project.stderr
    assert copy.exists()
    assert "-1" in project.generate("--force")


def test_local_modification_that_equals_the_output_is_accepted(project: Project) -> None:
    project.change_spec("instances: 2", "instances: 4")
    project.generate()
    by_hand = (project.root / "main.tf").read_text()
    project.change_spec("instances: 4", "instances: 2")
    project.generate()
    (project.root / "main.tf").write_text(by_hand)
    project.change_spec("instances: 2", "instances: 4")
    assert project.generate() == "+0 ~3 -0 =47"


def test_unmanaged_file_at_the_path_of_a_generated_one_is_an_error(project: Project) -> None:
    project.root.mkdir(parents=True)
    (project.root / "main.tf").write_text("# theirs\n")
    for arguments in ((), ("--force",)):
        assert project.run("generate", *arguments) == 1
        assert f"{ROOT}/main.tf: blocked by an existing file that was not generated" in project.stderr
        assert project.tree() == {"minimal/production/main.tf": b"# theirs\n"}


def test_merge_conflict_in_the_manifest_is_resolved(project: Project) -> None:
    project.generate()
    manifest = project.root / ".owscale.sums"
    ours, main = manifest.read_text(), (project.root / "main.tf").read_text()
    project.change_spec("instances: 2", "instances: 4")
    project.generate()
    theirs = manifest.read_text()
    manifest.write_text(f"<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n")
    (project.root / "main.tf").write_text(main)
    assert project.generate() == "+0 ~2 -0 =48"
    assert manifest.read_text() == theirs


def test_lost_manifest_is_written_again(project: Project) -> None:
    project.generate()
    (project.root / ".owscale.sums").unlink()
    assert project.run("check") == 1
    assert f"{ROOT}/.owscale.sums: missing" in project.stderr
    assert project.generate() == "+1 ~0 -0 =49"


def test_changed_file_without_a_manifest_is_a_conflict(project: Project) -> None:
    project.generate()
    (project.root / ".owscale.sums").unlink()
    project.change_spec("instances: 2", "instances: 4")
    assert project.run("generate") == 1
    assert "the manifest is missing or unreadable" in project.stderr
    assert project.generate("--force") == "+1 ~3 -0 =46"


def test_command_in_a_hint_is_complete(project: Project) -> None:
    Path("elsewhere").mkdir()
    project.run("check", "--out", "elsewhere")
    assert "owscale generate --out elsewhere`" in project.stderr


def test_specs_in_another_directory_do_not_orphan_each_other(project: Project) -> None:
    elsewhere = project.folder.parent / f"{project.folder.name}-specs"
    elsewhere.mkdir()
    text = project.spec.read_text()
    (elsewhere / "a.yaml").write_text(text)
    other = text.replace("name: minimal", "name: other").replace("minimal.tfstate", "other.tfstate")
    (elsewhere / "b.yaml").write_text(other.replace("{name: chat,", "{name: chat-b,"))
    assert project.generate("--spec", f"../{elsewhere.name}/a.yaml") == "+50 ~0 -0 =0"
    assert project.generate("--spec", f"../{elsewhere.name}/b.yaml") == "+50 ~0 -0 =0"
    assert project.run("check", "--spec", f"../{elsewhere.name}/a.yaml") == 0


def test_directory_of_another_spec_is_not_overwritten(project: Project) -> None:
    project.generate()
    project.spec.with_name("other.yaml").write_text(project.spec.read_text())
    assert project.run("generate", "--spec", "spec/other.yaml", "--force") == 1
    assert f"{ROOT}: belongs to spec/spec.yaml; spec/other.yaml describes the same deployment" in project.stderr


def test_renamed_spec_changes_every_file(project: Project) -> None:
    project.generate()
    project.spec.rename(project.spec.with_name("chat.yaml"))
    assert project.run("check") == 1
    assert f"{ROOT}/outputs.tf: changed: the spec is spec/chat.yaml now" in project.stderr
    assert project.generate() == "+0 ~50 -0 =0"


def test_kept_file_stays_when_its_deployment_is_removed(project: Project) -> None:
    project.change_spec("name: minimal", "name: minimal\nkeep: [outputs.tf]")
    project.generate()
    (project.root / "outputs.tf").write_text("# Generated from spec/spec.yaml by me. Do not edit.\n")
    project.change_spec("keep: [outputs.tf]", "environments: {live: {state: {key: live.tfstate}}}")
    assert project.generate().startswith("+50 ~0 -49 ")
    assert [path.name for path in project.root.iterdir()] == ["outputs.tf"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"spec 0 " + b"x/" * 4000 + b"\n", b"owscale\nspec\n \n<- <-\n"],
    ids=["empty", "not text", "long", "odd"],
)
def test_unreadable_manifest_is_replaced(project: Project, content: bytes) -> None:
    project.generate()
    other = project.out / "x/y/.owscale.sums"
    other.parent.mkdir(parents=True)
    other.write_bytes(content)
    assert project.generate() == "+0 ~0 -0 =50" or content == b""
    (project.root / ".owscale.sums").write_bytes(content)
    assert project.generate() == "+0 ~1 -0 =49"


def test_directory_with_the_name_of_the_manifest_is_ignored(project: Project) -> None:
    (project.out / "x/y/.owscale.sums").mkdir(parents=True)
    assert project.generate() == "+50 ~0 -0 =0"
    assert project.run("check") == 0


def test_hint_for_a_modified_file_does_not_suggest_generate_alone(project: Project) -> None:
    project.generate()
    (project.root / "outputs.tf").write_text("# mine\n")
    assert project.run("check") == 1
    assert "run `owscale generate` and commit" not in project.stderr, "it would stop at the modified file"
    assert "owscale generate --force" in project.stderr


def test_other_deployment_stays_where_out_is_a_link(project: Project) -> None:
    (project.folder / "store/out").mkdir(parents=True)
    project.out.symlink_to("store/out")
    project.add_spec("other")
    assert project.generate() == "+100 ~0 -0 =0"
    assert project.generate("--spec", "spec/spec.yaml") == "+0 ~0 -0 =50"
