"""What a run writes, what it removes, and what it leaves alone."""

import os
from pathlib import Path

import pytest

from tests.output.conftest import ROOT, Project


def test_first_run_creates_everything(project: Project) -> None:
    assert project.generate() == "+50 ~0 -0 =0"


def test_second_run_touches_nothing(project: Project) -> None:
    project.generate()
    for path in project.root.rglob("*"):
        os.utime(path, (1, 1))
    assert project.generate() == "+0 ~0 -0 =50"
    assert {path.stat().st_mtime for path in project.root.rglob("*")} == {1}


def test_changed_file_alone_is_written(project: Project) -> None:
    project.generate()
    for path in project.root.rglob("*"):
        os.utime(path, (1, 1))
    project.change_spec("instances: 2", "instances: 4")
    assert project.generate() == "+0 ~4 -0 =46"
    written = {path.name for path in project.root.rglob("*") if path.is_file() and path.stat().st_mtime != 1}
    assert written == {"README.md", "RUNBOOK.md", "main.tf", ".owscale.sums"}


def test_orphans_go_and_so_do_their_folders(project: Project) -> None:
    project.generate()
    assert (project.root / "modules/autoscaling").is_dir()
    project.change_spec("name: minimal", "name: minimal\nautoscaling: {enabled: false}")
    assert "-4" in project.generate()
    assert not (project.root / "modules/autoscaling").exists()


@pytest.mark.parametrize(
    "name", ["terraform.tfvars", "override.tf", "notes.md", "modules/redis/override.tf", ".terraform/modules/m.tf"]
)
def test_what_was_not_generated_stays(project: Project, name: str) -> None:
    project.generate()
    mine = project.root / name
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("# mine\n")
    assert project.generate() == "+0 ~0 -0 =50"
    shown = ".terraform/" if name.startswith(".terraform") else name
    assert project.stdout.splitlines()[0] == f"{ROOT}: left alone: {shown}"
    assert project.run("check") == 0
    assert mine.read_text() == "# mine\n"


def test_a_kept_file_is_the_users(project: Project) -> None:
    project.generate()
    project.change_spec("name: minimal", "name: minimal\nkeep: [modules/*/dashboard.tf]")
    dashboard = project.root / "modules/monitoring/dashboard.tf"
    dashboard.write_text("# mine\n")
    assert project.generate() == "+0 ~1 -0 =48"
    assert project.stdout.splitlines()[0] == f"{ROOT}: left alone: modules/monitoring/dashboard.tf (kept)"
    assert project.run("check") == 0
    assert dashboard.read_text() == "# mine\n"


def test_dry_run_says_what_it_would_do(project: Project) -> None:
    project.generate()
    before = project.tree()
    project.change_spec("instances: 2", "instances: 4")
    assert project.generate("--dry-run") == "+0 ~4 -0 =46 (nothing written)"
    assert f"  ~ {ROOT}/main.tf" in project.stdout
    assert project.tree() == before


def test_an_environment_that_is_gone_takes_its_files_along(project: Project) -> None:
    text = project.spec.read_text()
    staging = "{state: {key: b.tfstate}, service: {name: chat-b}}"
    project.spec.write_text(f"{text}environments: {{production: {{}}, staging: {staging}}}\n")
    assert project.generate() == "+100 ~0 -0 =0"
    project.spec.write_text(f"{text}environments: {{production: {{}}}}\n")
    assert project.run("check") == 1
    assert "out/minimal/staging/main.tf: orphan: no spec describes this deployment any more" in project.stderr
    assert project.generate() == "+0 ~0 -50 =50"
    assert "What they deployed still runs" in project.stderr
    assert not (project.out / "minimal/staging").exists()


def test_files_of_a_spec_that_takes_no_part_stay(project: Project) -> None:
    project.generate()
    other = project.spec.with_name("other.yaml")
    text = project.spec.read_text().replace("name: minimal", "name: other")
    other.write_text(text.replace("minimal.tfstate", "other.tfstate").replace("{name: chat,", "{name: chat-b,"))
    assert project.generate("--spec", "spec/other.yaml") == "+50 ~0 -0 =0"
    assert project.generate() == "+0 ~0 -0 =100"
    other.unlink()
    assert project.generate() == "+0 ~0 -50 =50"


def test_edited_by_hand_is_not_overwritten(project: Project) -> None:
    project.generate()
    path = project.root / "outputs.tf"
    path.write_text(path.read_text() + "# mine\n")
    project.change_spec("instances: 2", "instances: 4")
    before = project.tree()
    assert project.run("generate") == 1
    assert project.stderr.splitlines()[0] == f"{ROOT}/outputs.tf: edited by hand"
    assert "-# mine" in project.stderr.splitlines()
    assert "owscale generate --force" in project.stderr
    assert "out/ was not changed." in project.stderr
    assert project.tree() == before
    assert project.generate("--force") == "+0 ~5 -0 =45"
    assert "# mine" not in path.read_text()


def test_an_edited_orphan_is_not_removed(project: Project) -> None:
    project.generate()
    path = project.root / "modules/monitoring/dashboard.tf"
    path.rename(path.with_name("old.tf"))
    assert "-1" in project.generate(), "an unedited copy is owscale's own"
    copy = path.with_name("old.tf")
    copy.write_text(path.read_text() + "# mine\n")
    assert project.run("generate") == 1
    assert f"{ROOT}/modules/monitoring/old.tf: edited by hand" in project.stderr
    assert copy.exists()
    assert "-1" in project.generate("--force")


def test_what_happens_to_equal_the_output_is_no_edit(project: Project) -> None:
    project.change_spec("instances: 2", "instances: 4")
    project.generate()
    by_hand = (project.root / "main.tf").read_text()
    project.change_spec("instances: 4", "instances: 2")
    project.generate()
    (project.root / "main.tf").write_text(by_hand)
    project.change_spec("instances: 2", "instances: 4")
    assert project.generate() == "+0 ~3 -0 =47"


def test_a_stranger_in_the_way_is_an_error(project: Project) -> None:
    project.root.mkdir(parents=True)
    (project.root / "main.tf").write_text("# somebody's\n")
    for arguments in ((), ("--force",)):
        assert project.run("generate", *arguments) == 1
        assert f"{ROOT}/main.tf: was not generated" in project.stderr
        assert project.tree() == {"minimal/production/main.tf": b"# somebody's\n"}


def test_after_a_merge_conflict_in_the_sums_the_files_of_both_sides_are_known(project: Project) -> None:
    project.generate()
    sums = project.root / ".owscale.sums"
    ours, main = sums.read_text(), (project.root / "main.tf").read_text()
    project.change_spec("instances: 2", "instances: 4")
    project.generate()
    theirs = sums.read_text()
    sums.write_text(f"<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n")
    (project.root / "main.tf").write_text(main)
    assert project.generate() == "+0 ~2 -0 =48"
    assert sums.read_text() == theirs


def test_lost_sums_are_made_again(project: Project) -> None:
    project.generate()
    (project.root / ".owscale.sums").unlink()
    assert project.run("check") == 1
    assert f"{ROOT}/.owscale.sums: missing" in project.stderr
    assert project.generate() == "+1 ~0 -0 =49"


def test_lost_sums_and_another_content_are_a_doubt(project: Project) -> None:
    project.generate()
    (project.root / ".owscale.sums").unlink()
    project.change_spec("instances: 2", "instances: 4")
    assert project.run("generate") == 1
    assert "no record of an earlier run stands beside it" in project.stderr
    assert project.generate("--force") == "+1 ~3 -0 =46"


def test_commands_in_hints_can_be_pasted(project: Project) -> None:
    Path("elsewhere").mkdir()
    project.run("check", "--out", "elsewhere")
    assert "owscale generate --out elsewhere`" in project.stderr


def test_specs_elsewhere_do_not_end_each_other(project: Project) -> None:
    elsewhere = project.folder.parent / f"{project.folder.name}-specs"
    elsewhere.mkdir()
    text = project.spec.read_text()
    (elsewhere / "a.yaml").write_text(text)
    other = text.replace("name: minimal", "name: other").replace("minimal.tfstate", "other.tfstate")
    (elsewhere / "b.yaml").write_text(other.replace("{name: chat,", "{name: chat-b,"))
    assert project.generate("--spec", f"../{elsewhere.name}/a.yaml") == "+50 ~0 -0 =0"
    assert project.generate("--spec", f"../{elsewhere.name}/b.yaml") == "+50 ~0 -0 =0"
    assert project.run("check", "--spec", f"../{elsewhere.name}/a.yaml") == 0


def test_a_folder_that_belongs_to_another_spec(project: Project) -> None:
    project.generate()
    project.spec.with_name("other.yaml").write_text(project.spec.read_text())
    assert project.run("generate", "--spec", "spec/other.yaml", "--force") == 1
    assert f"{ROOT}: belongs to spec/spec.yaml, and spec/other.yaml would take its place" in project.stderr


def test_a_spec_with_another_name(project: Project) -> None:
    project.generate()
    project.spec.rename(project.spec.with_name("chat.yaml"))
    assert project.run("check") == 1
    assert f"{ROOT}/outputs.tf: changed: the spec is spec/chat.yaml now" in project.stderr
    assert project.generate() == "+0 ~50 -0 =0"


def test_a_kept_file_stays_when_its_deployment_ends(project: Project) -> None:
    project.change_spec("name: minimal", "name: minimal\nkeep: [outputs.tf]")
    project.generate()
    (project.root / "outputs.tf").write_text("# Generated from spec/spec.yaml by me. Do not edit.\n")
    project.change_spec("keep: [outputs.tf]", "environments: {live: {}}")
    assert project.generate().startswith("+50 ~0 -49 ")
    assert [path.name for path in project.root.iterdir()] == ["outputs.tf"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"spec 0 " + b"x/" * 4000 + b"\n", b"owscale\nspec\n \n<- <-\n"],
    ids=["empty", "no text", "long", "odd"],
)
def test_sums_that_say_nothing(project: Project, content: bytes) -> None:
    project.generate()
    other = project.out / "x/y/.owscale.sums"
    other.parent.mkdir(parents=True)
    other.write_bytes(content)
    assert project.generate() == "+0 ~0 -0 =50" or content == b""
    (project.root / ".owscale.sums").write_bytes(content)
    assert project.generate() == "+0 ~1 -0 =49"


def test_a_folder_that_is_called_like_the_sums(project: Project) -> None:
    (project.out / "x/y/.owscale.sums").mkdir(parents=True)
    assert project.generate() == "+50 ~0 -0 =0"
    assert project.run("check") == 0


def test_hints_that_mend(project: Project) -> None:
    project.generate()
    (project.root / "outputs.tf").write_text("# mine\n")
    assert project.run("check") == 1
    assert "run `owscale generate` and commit" not in project.stderr, "which would stop"
    assert "owscale generate --force" in project.stderr
