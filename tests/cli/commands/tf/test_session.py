"""An action on a deployment whose files are not up to date: every difference, and a hint that works."""

from tests._support.project import Project


def test_stale_files_are_all_listed_with_main_tf_first(project: Project) -> None:
    project.run("generate")
    project.change_spec("instances: 2", "instances: 3")
    assert project.run("tf", "plan") == 1
    lines = [line for line in project.stderr.splitlines() if line.startswith("out/")]
    assert [line.partition(":")[0].rpartition("/")[2] for line in lines] == [
        "main.tf",
        "README.md",
        "RUNBOOK.md",
        ".owscale.sums",
        "production",
    ]
    assert project.stderr.endswith(
        "out/minimal/production: 4 files differ from the spec\n  hint: run `owscale generate` and commit the result\n"
    )
    assert project.run("generate") == 0


def test_local_edit_is_not_answered_with_a_command_that_refuses(project: Project) -> None:
    project.run("generate")
    main = project.root / "main.tf"
    main.write_text(main.read_text() + "# mine\n")
    project.change_spec("instances: 2", "instances: 3")
    for words in (("tf", "plan"), ("check",)):
        assert project.run(*words) == 1
        assert "\n  hint: run `owscale generate` and commit the result" not in project.stderr
        assert "move each local edit into the spec or a template" in project.stderr
        assert "or discard the edits with `owscale generate --force`" in project.stderr
    assert project.run("generate") == 1
    assert project.run("generate", "--force") == 0
