"""Nothing from a git repository is written outside the directory, runs as code, or is read without limits."""

import os
import random
import stat
from pathlib import Path

import pytest

from owscale.errors import OwscaleError, UsageError
from owscale.fs.confined import ConfinedWriter
from owscale.workflow.git import MAX_BYTES, MAX_FILES, Repository
from tests._support.hostile_trees import ObjectStore, git_init, hostile_folder, nested_tree_bomb
from tests._support.project import Project
from tests._support.repository import commit, git
from tests._support.scale import scaled


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.chdir(tmp_path)
    return git_init(tmp_path / "repository")


def extract(commit_name: str, directory: Path, *, max_files: int = MAX_FILES, max_bytes: int = MAX_BYTES) -> None:
    writer = ConfinedWriter(directory, "main", max_files=max_files, max_bytes=max_bytes)
    Repository(Path("repository")).extract(commit_name, "spec", writer)


def commit_of(store: ObjectStore, spec: str) -> str:
    return store.commit(store.tree([(b"40000", b"spec", spec)]))


def everything_below(directory: Path) -> set[Path]:
    return set(directory.rglob("*"))


def test_hostile_trees_write_nothing_outside(store: ObjectStore, tmp_path: Path) -> None:
    seen = {"extracted": 0, "refused": 0}
    random_ = random.Random(23)  # noqa: S311 -- the same trees in each run
    for number in range(scaled(1000)):
        parent = tmp_path / f"run{number}"
        directory = parent / "a/b/c"
        directory.mkdir(parents=True)
        before = everything_below(parent)
        try:
            extract(commit_of(store, hostile_folder(store, random_)), directory)
            seen["extracted"] += 1
        except OwscaleError:
            seen["refused"] += 1
        new = everything_below(parent) - before
        assert all(path.is_relative_to(directory) for path in new)
        assert all(stat.S_IFMT(path.lstat().st_mode) in (stat.S_IFREG, stat.S_IFDIR) for path in new), "a link"
        assert not any(part.casefold() == ".git" for path in new for part in path.parts[len(directory.parts) :])
    assert not (tmp_path / "escaped").exists()
    assert min(seen.values()) > 0, seen


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (b"..", "has a part `.` or `..`"),
        (b"../../escaped", "has a part `.` or `..`"),
        (b"/etc/passwd", "is absolute, or has an empty part"),
        (b".GIT", "has a part `.git`"),
        (b"a\\b", "contains a backslash or a colon"),
        (b"a\x1bb", "contains a control character"),
        (b"\xff", "contains a control character, or is not UTF-8"),
        (b"x" * 300, "is too long"),
    ],
)
def test_hostile_name_is_refused_by_name(store: ObjectStore, tmp_path: Path, name: bytes, problem: str) -> None:
    blob = store.blob(b"x")
    tree = store.tree([(b"100644", b"good.tf", blob), (b"100644", name, blob)])
    with pytest.raises(OwscaleError, match=r"^main:spec/") as error:
        extract(commit_of(store, tree), tmp_path / "out")
    assert problem in error.value.message
    assert not (tmp_path / "out").exists(), "nothing is written before all names are checked"


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([b"a.tf", b"A.tf"], "differs from spec/a.tf only in case"),
        (["é".encode(), "e\u0301".encode()], "differs from spec/é only in case or in its Unicode form"),
        ([b"a", b"a"], "is in the same folder twice"),
        ([b"a", b"a/b"], "is both a file and a folder"),
        ([b"d/x", b"D/y"], "differs from spec/d only in case"),
    ],
)
def test_names_that_clash_are_refused(store: ObjectStore, tmp_path: Path, entries: list[bytes], problem: str) -> None:
    blob = store.blob(b"x")
    with pytest.raises(OwscaleError) as error:
        extract(commit_of(store, store.tree([(b"100644", name, blob) for name in entries])), tmp_path / "out")
    assert problem in error.value.message


def test_links_and_submodules_are_left_out(store: ObjectStore, tmp_path: Path) -> None:
    link = store.blob(b"/etc/passwd")
    entries = [
        (b"120000", b"link.tf", link),
        (b"160000", b"module", "1" * 40),
        (b"100644", b"good.tf", store.blob(b"x")),
    ]
    extract(commit_of(store, store.tree(entries)), tmp_path / "out")
    assert [path.name for path in (tmp_path / "out/spec").iterdir()] == ["good.tf"]


def test_tree_bomb_ends_soon(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(OwscaleError, match=r"git: lists more than 16 MiB"):
        extract(commit_of(store, nested_tree_bomb(store)), tmp_path / "out")


def test_number_and_size_of_files_are_limited(store: ObjectStore, tmp_path: Path) -> None:
    blob = store.blob(b"x" * 1000)
    name = commit_of(store, store.tree([(b"100644", b"f%d" % n, blob) for n in range(20)]))
    for limits in ({"max_files": 19}, {"max_bytes": 19_999}):
        with pytest.raises(OwscaleError, match=r"^main: too many or too large files"):
            extract(name, tmp_path / "out", **limits)
    huge = commit_of(store, store.tree([(b"100644", b"huge.tf", store.blob(bytes(17 * 1024 * 1024)))]))
    with pytest.raises(OwscaleError, match=r"^spec/huge.tf: has 17,825,792 bytes, more than the limit of 16 MiB"):
        extract(huge, tmp_path / "out")


def test_object_that_is_missing_is_not_fetched(store: ObjectStore, tmp_path: Path) -> None:
    """As in a partial clone, where git would run the transport that the configuration names."""
    marker = tmp_path / "ran"
    blob = store.blob(b"content")
    name = commit_of(store, store.tree([(b"100644", b"a.tf", blob)]))
    (tmp_path / f"repository/.git/objects/{blob[:2]}/{blob[2:]}").unlink()
    with (tmp_path / "repository/.git/config").open("a") as config:
        config.write(
            f'[extensions]\n\tpartialClone = evil\n[remote "evil"]\n\tpromisor = true\n\turl = "ext::touch {marker}"\n'
        )
        config.write("[core]\n\trepositoryformatversion = 1\n[protocol]\n\tallow = always\n")
    with pytest.raises(OwscaleError, match=r"git: "):
        extract(name, tmp_path / "out")
    assert not marker.exists()


def test_configuration_of_the_repository_runs_no_programs(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "ran"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {marker}\n")
    script.chmod(0o755)
    repository = tmp_path / "repository"
    name = commit_of(store, store.tree([(b"100644", b"a.tf", store.blob(b"x"))]))
    keys = {"core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "filter.x.smudge", "diff.x.textconv"}
    for key in sorted(keys):
        git("-C", str(repository), "config", key, str(script))
    git("-C", str(repository), "config", "core.hooksPath", str(tmp_path))
    (repository / ".gitattributes").write_text("* filter=x diff=x\n")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(script))
    monkeypatch.setenv("GIT_PAGER", str(script))
    found = Repository(repository)
    assert found.merge_base(found.commit(name), found.commit(name)) == name
    extract(name, tmp_path / "out")
    assert (tmp_path / "out/spec/a.tf").read_bytes() == b"x"
    assert not marker.exists()


def test_bare_repository_inside_a_pull_request_is_not_used(git_project: Project) -> None:
    git("init", "-q", "--bare", "spec/bare")
    (git_project.folder / "spec/bare/spec").mkdir()
    with pytest.raises(OwscaleError, match=r"git: "):
        Repository(Path("spec/bare/spec"))


@pytest.mark.parametrize("revision", ["", "-h", "--output=x", "--all", "main\n", "a\0b", "HEAD:spec", "../x", "x y"])
def test_revision_that_is_an_option_or_a_path_is_a_usage_error(git_project: Project, revision: str) -> None:
    with pytest.raises(UsageError, match=r"no such git revision"):
        Repository(git_project.folder).commit(revision)
    assert not (git_project.folder / "x").exists()


def test_only_specs_of_the_folder_are_extracted(git_project: Project, tmp_path: Path) -> None:
    (git_project.spec.parent / "deep").mkdir()
    (git_project.spec.parent / "deep/other.yaml").write_text("x")
    (git_project.spec.parent / "movie.bin").write_bytes(bytes(17 * 1024 * 1024))
    commit()
    repository = Repository(git_project.folder)
    writer = ConfinedWriter(tmp_path / "x", "main", max_files=9, max_bytes=99_999)
    repository.extract(repository.commit("main"), "spec", writer, suffixes=(".yaml",))
    repository.extract(repository.commit("main"), "spec/spec.yaml", writer, suffixes=(".yaml",))
    assert [path.name for path in (tmp_path / "x").rglob("*.*")] == ["spec.yaml"]


@pytest.mark.parametrize("name", ["LITERAL", "GLOB", "NOGLOB", "ICASE"])
def test_variables_for_patterns_are_not_used(git_project: Project, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    git_project.generate()
    commit()
    monkeypatch.setenv(f"GIT_{name}_PATHSPECS", "1")
    assert git_project.run("check", "--staged") == 0, git_project.stderr
    assert git_project.run("diff", "--base", "HEAD") == 0, git_project.stderr
