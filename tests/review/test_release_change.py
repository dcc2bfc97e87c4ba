"""A change of the release comes first: what happens to the database, which ways are open, and what to do next."""

import json

import pytest

from tests._support.cases import PROJECT
from tests._support.project import Project
from tests._support.repository import commit, diff, diff_json

IMAGE = "ghcr.io/open-webui/open-webui:v0.12.4"


def change_image(project: Project, before: str, after: str) -> None:
    """Commit an image, then write another one."""
    if not IMAGE.endswith(before):
        project.change_spec(f"image: {IMAGE}", f"image: ghcr.io/open-webui/open-webui:{before}")
        commit()
    project.change_spec(f"open-webui:{before}", f"open-webui:{after}")


def release_lines(text: str) -> list[str]:
    """Return the lines of the section about the release, which is the first of a deployment."""
    section = text.split("\n\n")[1].splitlines()
    return [line.removeprefix("    ! ") for line in section]


def test_another_schema_comes_first(git_project: Project) -> None:
    change_image(git_project, "v0.11.3", "v0.12.4")
    text = diff(git_project)
    title, *lines = release_lines(text)
    assert title == "  ! Open WebUI 0.11.3 → 0.12.4"
    assert lines[0] == "the schema of the database changes: 8 revisions, up to 0bd252b206fb"
    assert lines[1].startswith("until the migration ends, queries of these tables wait: auth, channel_member, function")
    assert lines[2] == "until the migration ends, changes of these tables wait: file"
    assert lines[3].startswith("the migration writes rows of these tables, so it takes longer the more there are: auth")
    assert "the changelog of 0.12.0, 0.12.1: no rolling update; stop every task of the earlier release first" in lines
    assert lines[-2].startswith(("the only way: ", "way "))
    assert lines[-1] == (
        "next: keep `app.image`, write the new image as `app.migration_image`, and run `owscale upgrade`; until "
        "then, the plan check refuses this change"
    )
    assert "      needs a step: The plan check refuses it until owscale upgrade has prepared" in text


def test_guide_shows_the_text_of_today(git_project: Project) -> None:
    change_image(git_project, "v0.12.0", "v0.12.1")
    section = diff(git_project).split("\n\n")[1]
    assert f"```\n{section}\n```\n" in (PROJECT / "docs/reviewing.md").read_text()


@pytest.mark.parametrize(
    ("before", "after", "way", "following"),
    [
        ("v0.12.1", "v0.12.4", "way 1: new tasks replace the old ones", "next: apply it as any other change"),
        ("v0.8.8", "v0.8.9", "the only way: stop every task, then start", "next: run `owscale upgrade`, which stops"),
        ("v0.12.4", "v0.13.0", "the only way: stop every task, migrate", "next: keep `app.image`, write the new image"),
        ("v0.9.6", "v0.7.1", "the only way: stop every task, restore", "next: run `owscale upgrade --back`"),
    ],
)
def test_ways_and_next_step(git_project: Project, before: str, after: str, way: str, following: str) -> None:
    change_image(git_project, before, after)
    lines = release_lines(diff(git_project))
    assert any(line.startswith(way) for line in lines)
    assert lines[-1].startswith(following)


def test_the_steps_of_an_upgrade_are_recognised(git_project: Project) -> None:
    image = f"image: {IMAGE}"
    prepared = "migration_image: ghcr.io/open-webui/open-webui:v0.13.0"
    git_project.change_spec(image, f"{image}, {prepared}")
    git_project.change_spec("service: {", "service: {circuit_breaker_rollback: false, ")
    lines = release_lines(diff(git_project))
    assert lines[0] == "  ! Open WebUI 0.12.4 → 0.13.0"
    assert lines[-1] == "next: apply it, which restarts no task, then run `owscale upgrade`"
    commit()
    git_project.change_spec(f"{image}, {prepared}", prepared.removeprefix("migration_"))
    assert release_lines(diff(git_project))[-1].startswith("next: apply it when `owscale upgrade` asks for it")


def test_another_build_of_the_same_release_is_no_change_of_the_release(git_project: Project) -> None:
    git_project.change_spec(IMAGE, f"{IMAGE}-slim")
    assert "app.image: another build of " in diff(git_project)
    [line] = diff_json(git_project)["review_first"]
    assert line.endswith("; owscale does not know its schema")
    assert "! Open WebUI" not in diff(git_project)
    assert diff_json(git_project)["release"] is None


def test_markdown_has_it_first(git_project: Project) -> None:
    change_image(git_project, "v0.12.1", "v0.12.4")
    lines = diff(git_project, "--output-format", "markdown").splitlines()
    assert lines[2:5] == ["> **Open WebUI 0.12.1 → 0.12.4**", ">", "> - the schema of the database stays the same"]


def test_json_has_revisions_and_ways(git_project: Project) -> None:
    change_image(git_project, "v0.12.0", "v0.12.1")
    release = diff_json(git_project)["release"]
    assert (release["before"], release["after"], release["changes_schema"]) == ("0.12.0", "0.12.1", True)
    assert [revision["id"] for revision in release["revisions"]] == ["c92da83b017f", "0bd252b206fb"]
    assert release["revisions"][0]["locks"] == {
        "channel_member": "AccessExclusiveLock",
        "message": "AccessExclusiveLock",
    }
    assert release["cautions"][0]["kind"] == "mixed"
    assert release["ways"][-1] == "stop"
    assert json.dumps(release["next"])
