"""Special files, links and large files at every place where owscale opens a path of a repository."""

import os
import re
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from owscale.errors import OwscaleError
from owscale.fs.untrusted import MAX_EXTRA_BYTES, MAX_OUTPUT_BYTES, UnsafeFileError, read_untrusted, require_contained
from owscale.terraform.plan_store import PlanStore
from tests._support.cases import PROJECT
from tests._support.project import ROOT, Project


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:  # the path of a socket has to be short
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            server.bind(f"/proc/self/fd/{directory}/{path.name}")
        finally:
            os.close(directory)


def make_device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("only root makes devices")


def make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50 * 1024**3)  # a sparse file


KINDS: dict[str, Callable[[Path], None]] = {
    "FIFO": os.mkfifo,
    "socket": make_socket,
    "device": make_device,
    "link to a file": lambda path: path.symlink_to("/etc/hosts"),
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
    "link to a folder": lambda path: path.symlink_to("/etc"),
    "link to itself": lambda path: path.symlink_to(path.name),
    "link to nowhere": lambda path: path.symlink_to("/nowhere"),
    "folder": Path.mkdir,
    "huge file": make_huge,
}
PLACES = {
    "spec/spec.yaml": ["check"],
    "spec/extra/a.tf": ["check"],
    "spec/own/outputs.tf.j2": ["check"],
    f"{ROOT}/main.tf": ["check"],
    f"{ROOT}/.owscale.sums": ["check"],
    f"{ROOT}/modules/redis/main.tf": ["check"],
    "out/.owscale/journal": ["check"],
    "out/other/production/.owscale.sums": ["check"],
    "plan.json": ["tf", "check-plan", "plan.json"],
    "outputs.json": ["verify", "--outputs", "outputs.json"],
    "README.md": ["init"],
    "spec/prices.json": ["cost"],
    "prices/offers/v1.0/aws/AmazonECS/current/eu-west-1/index.csv": ["prices", "--from", "prices"],
}
"""Each place where owscale opens a path of a repository, and a command that does."""
NO_ERRORS = {
    ("out/other/production/.owscale.sums", kind)
    for kind in KINDS  # it is not the output of owscale then
}


@pytest.fixture
def full_project(git_project: Project) -> Project:
    """Return a project that has a file at every place."""
    git_project.change_spec("name: minimal", "name: minimal\ncustom: {extra: extra, templates: own}")
    for path, text in {
        "spec/extra/a.tf": "locals {}\n",
        "spec/own/outputs.tf.j2": "# own\n",
        "out/.owscale/journal": "",
        "out/other/production/.owscale.sums": "owscale 0.1.0\nspec 0 spec/gone.yaml\n",
        "prices/offers/v1.0/aws/AmazonECS/current/eu-west-1/index.csv": "x\n",
    }.items():
        (git_project.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (git_project.folder / path).write_text(text)
    return git_project


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_at_every_place_is_an_error_that_names_it(full_project: Project, kind: str) -> None:
    project = full_project
    before = sorted(Path("/etc").iterdir())
    (project.out / ".owscale/journal").unlink()
    (project.out / ".owscale").rmdir()
    project.generate()
    for place, command in PLACES.items():
        path = project.folder / place
        aside = path.with_name(f"{path.name}.aside")
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.rename(aside)
        KINDS[kind](path)
        if place == "README.md":
            project.spec.rename(project.spec.with_name("aside"))  # `init` refuses to replace a spec
        exit_code = project.run(*command)
        printed = project.stdout + project.stderr
        assert "Traceback" not in printed, (place, printed)
        if (place, kind) not in NO_ERRORS:
            assert exit_code == 1, (place, printed)
            assert place in printed or place.rpartition("/")[0] in printed, (place, printed)
        assert "root:" not in printed, "the content of a file of the machine is not printed"
        assert "localhost" not in printed
        if place == "README.md":
            project.spec.with_name("aside").rename(project.spec)
        path.rmdir() if kind == "folder" else path.unlink()
        if aside.exists():
            aside.rename(path)
    assert sorted(Path("/etc").iterdir()) == before


@pytest.mark.parametrize("command", [["check"], ["validate"], ["cost"], ["explain"], ["generate"]])
@pytest.mark.parametrize("place", ["spec", "out", "spec/extra", "spec/own"])
def test_link_to_a_folder_elsewhere_is_an_error(
    full_project: Project, tmp_path_factory: pytest.TempPathFactory, place: str, command: list[str]
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "spec.yaml").write_text("secret: of the machine\n")
    (elsewhere / "outputs.tf.j2").write_text("# of the machine\n")
    path = full_project.folder / place
    path.rename(path.with_name("aside"))
    path.symlink_to(elsewhere)
    exit_code = full_project.run(*command)
    if place in ("spec", "out") or command in (["check"], ["generate"]):
        assert exit_code == 1
        assert f"{place}: is a symbolic link" in full_project.stderr
    assert "of the machine" not in full_project.stderr
    assert sorted(file.name for file in elsewhere.iterdir()) == ["outputs.tf.j2", "spec.yaml"]


def test_link_that_stays_in_its_folder_is_followed(project: Project) -> None:
    project.generate()
    project.out.rename(project.folder / "elsewhere")
    project.out.symlink_to("elsewhere")
    assert project.run("check") == 0
    require_contained("spec/spec.yaml")
    (project.folder / "spec/deep").symlink_to("..")
    with pytest.raises(UnsafeFileError, match=r"^spec/deep: is a symbolic link that leaves its folder"):
        require_contained("spec/deep/x")


@pytest.mark.parametrize("words", [(), ("--spec", "spec"), ("--spec", "spec/spec.yaml")])
@pytest.mark.parametrize("target", ["real", "nowhere", "spec"])
def test_folder_of_specs_that_is_a_link_is_refused_with_a_reason(
    project: Project, target: str, words: tuple[str, ...]
) -> None:
    """Generated files would name the specs at its target, so two specs seem to describe the deployment."""
    project.generate()
    before = project.tree()
    project.spec.parent.rename(project.folder / "real")
    project.spec.parent.symlink_to(target)
    for command in ("check", "generate"):
        assert project.run(command, *words) == 1
        assert "spec: is a symbolic link; expected a folder with specs\n  hint: " in project.stderr
        hint = "move the folder real into its place" if target == "real" else "remove it; it leads to no folder"
        assert hint in project.stderr
    assert project.tree() == before


def test_output_of_the_same_spec_through_a_link_names_the_link(project: Project) -> None:
    project.generate()
    project.spec.parent.rename(project.folder / "real")
    project.spec.parent.symlink_to("real")
    assert project.run("check", "--spec", "real") == 1
    assert f"{ROOT}: belongs to spec/spec.yaml, which is real/spec.yaml through a symbolic link\n" in project.stderr
    assert "  hint: replace the link with the folder that it leads to" in project.stderr


def test_project_and_spec_that_are_reached_through_a_link_work(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project.generate()
    other = tmp_path_factory.mktemp("other")
    (other / "spec").symlink_to(project.folder)
    (project.folder / "linked").symlink_to("spec")
    for words in (("--spec", "linked"), ("--spec", "linked/spec.yaml")):
        assert project.run("check", *words) == 0, project.stderr
    absolute = ("--spec", str(other / "spec/spec"), "--out", str(other / "spec/out"))
    for folder in (other / "spec", other / "spec/spec", other / "spec/out", other):
        monkeypatch.chdir(folder)
        assert project.run("check", *(absolute if folder == other else ())) == 0, project.stderr
        assert project.run("generate", *(absolute if folder == other else ())) == 0, project.stderr
        assert "+0 ~0 -0 =50" in project.stdout
    assert project.run("check", "--spec", "spec/spec", "--out", "spec/out") == 1
    assert "spec: is a symbolic link that leaves its folder" in project.stderr


def test_init_beside_a_link_to_nowhere_is_an_error(project: Project) -> None:
    project.spec.unlink()
    project.spec.parent.rmdir()
    project.spec.parent.symlink_to("nowhere")
    assert project.run("init") == 1
    assert "spec: is a symbolic link to nowhere; nothing was written\n  hint: remove it" in project.stderr


def test_spec_that_is_a_link_is_refused_with_a_reason(project: Project) -> None:
    """Generated files would name the target, and git would show no change of the spec."""
    project.spec.rename(project.folder / "shared.yaml")
    project.spec.symlink_to("../shared.yaml")
    for words in (("check",), ("generate",), ("check", "--spec", "spec/spec.yaml")):
        assert project.run(*words) == 1
        assert "spec/spec.yaml: is a symbolic link [S101]\n  hint: replace it with a regular file" in project.stderr
    assert not project.out.exists()


def test_large_extra_file_and_many_of_them_are_refused(full_project: Project) -> None:
    extra = full_project.spec.parent / "extra"
    with (extra / "large.bin").open("wb") as file:
        file.truncate(MAX_EXTRA_BYTES + 1)
    (full_project.out / ".owscale/journal").unlink()
    assert full_project.run("generate") == 1
    assert "spec/extra/large.bin: has 16,777,217 bytes, more than the limit of 16 MiB" in full_project.stderr
    for number in range(9):
        with (extra / f"{number}.bin").open("wb") as file:
            file.truncate(MAX_EXTRA_BYTES)
    (extra / "large.bin").unlink()
    assert full_project.run("generate") == 1
    assert "spec/extra: has 150,994,954 bytes, more than the limit of 128 MiB" in full_project.stderr


def test_files_that_do_not_tell_their_size_are_limited(tmp_path: Path) -> None:
    with pytest.raises(UnsafeFileError, match=r"more than the limit of 0 MiB \(100 bytes\)"):
        read_untrusted("/proc/self/maps", 100)
    path = tmp_path / "file"
    path.write_bytes(b"x" * 101)
    with pytest.raises(UnsafeFileError):
        read_untrusted(path, 100)
    assert read_untrusted(path, 101) == b"x" * 101
    with pytest.raises(UnsafeFileError, match=r"is not the path of a file"):
        read_untrusted("a\0b", 100)
    assert MAX_OUTPUT_BYTES > MAX_EXTRA_BYTES


def test_link_in_the_folder_of_the_saved_plan_is_refused(git_project: Project) -> None:
    git_project.generate()
    elsewhere = git_project.folder / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (git_project.root / ".terraform").symlink_to(elsewhere)
    with pytest.raises(OwscaleError, match=r"is a symbolic link"):
        PlanStore(git_project.root).prepare()
    assert list(elsewhere.iterdir()) == []


_OPENING = re.compile(r"\.read_(?:bytes|text)\(|(?<![\w.])open\(|\.open\(|os\.open\(")
_OF_OWSCALE_ITSELF = {
    "cli/commands/init.py": 1,  # a text of the package
    "cli/commands/prices.py": 1,  # a descriptor of open_untrusted
    "cli/main.py": 3,  # /dev/null, and the descriptor of a closed stream
    "domain/aws/elasticache.py": 1,
    "domain/aws/prices.py": 1,
    "domain/openwebui/read_variables.py": 1,
    "domain/openwebui/release_catalogue.py": 1,
    "domain/openwebui/upgrades.py": 1,
    "fs/confined.py": 2,
    "fs/files.py": 2,
    "plan_policy/spec_keys.py": 1,  # a template of the package
    "console/secret_texts.py": 1,
    "domain/openwebui/database_settings.py": 2,
    "fs/observed.py": 3,  # fs.untrusted opens files here, and so does the record of a run
    "output/lock.py": 1,  # the directory
    "output/staging.py": 1,  # a new file
    "render/compiled_templates.py": 1,
    "rules/stored_catalogue.py": 1,
    "spec/validation.py": 1,
    "terraform/plan_store.py": 1,  # the plan that Terraform has just written
    "upgrade/container_probe.py": 1,  # a migration of Open WebUI, in its container
    "upgrade/probe.py": 1,  # a text of the package
    "workflow/openwebui_releases.py": 1,
    "workflow/upgrade_reference.py": 1,
    "workflow/own_terraform.py": 1,  # files that the confined writer has written
}
"""Modules that open files without fs.untrusted, and how often: files of the package, and files that owscale writes."""


def test_every_other_file_is_opened_as_untrusted() -> None:
    """A new place that opens a path of a repository uses `read_untrusted`, or gets an entry with a reason."""
    found = {}
    for path in sorted((PROJECT / "generator").rglob("*.py")):
        name = path.relative_to(PROJECT / "generator").as_posix()
        number = len(_OPENING.findall(path.read_text()))
        if number and not name.startswith(("_generated/", "result_cache/")):
            found[name] = number
    assert found == _OF_OWSCALE_ITSELF
