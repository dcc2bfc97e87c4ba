"""An answer comes from the cache only if a whole run would give the same: random projects and random changes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from owscale.fs import observed
from tests._support.cases import GOLDEN, with_own_resources
from tests._support.forked_runs import ERRORS, KINDS, USED_BYTES, ForkedRuns
from tests._support.tree_changes import CHANGES, Change, apply
from tests.result_cache.test_recording import NEEDED_FOR_THE_PROGRAM

pytestmark = pytest.mark.xdist_group("soundness")

EXAMPLES = int(os.environ.get("OWSCALE_CACHE_EXAMPLES", "8"))
WORDS = (("check",), ("check", "--spec", "spec/spec.yaml"), ("generate",))
PROJECTS = ("plain", "linked")
"""Projects whose `out` is a directory, or a link to one."""
BELOW = "below/deep"
"""A folder of a project in which a run finds the project."""
_OBSERVATIONS = 125
"""About the number of observations of a run."""

_changes = st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 999))
_during = st.lists(st.tuples(st.integers(1, _OBSERVATIONS), _changes), max_size=3)
_afterwards = st.lists(st.lists(_changes, min_size=1, max_size=3), min_size=1, max_size=8)


class Case(NamedTuple):
    """A run of a command in a folder of a project, changes during it, and alternative changes after it."""

    words: tuple[str, ...]
    during: Sequence[tuple[int, Change]]
    afterwards: Sequence[Sequence[Change]]
    project: str = "plain"
    folder: str = ""


_cases = st.builds(
    Case,
    st.sampled_from(WORDS),
    st.just(()) | _during,
    _afterwards,
    st.sampled_from(PROJECTS),
)
_cases_below = st.builds(Case, st.just(("check",)), st.just(()), _afterwards, folder=st.just(BELOW))


@pytest.fixture(scope="module")
def pristine(module_fast_path: Path, runs: ForkedRuns) -> Path:
    """Create the projects, which are up to date and have a bit of everything."""
    for name in PROJECTS:
        _create(module_fast_path / name, runs, is_linked=name == "linked")
    return module_fast_path


def _create(root: Path, runs: ForkedRuns, *, is_linked: bool) -> None:
    if is_linked:
        (root / "store/out").mkdir(parents=True)
        (root / "out").symlink_to("store/out")
    minimal = (GOLDEN / "minimal/spec.yaml").read_text()
    _write(root / "spec/spec.yaml", f"{minimal}custom: {{extra: extra}}\nkeep: [kept.tf]\n")
    _write(root / "spec/extra/team.tf", "# ours\n")
    _write(root / "spec/extra/folder/data.json", "{}\n")
    _write(root / "spec/prices.json", '{"regions": {}}\n')
    _write(root / "other/spec.yaml", "# of another project\n")
    _write(root / BELOW / "notes.txt", "")
    if is_linked:
        _write(root / "store/other/spec.yaml", "# of another project\n")
    _write(root / "out/minimal/foreign/.owscale.sums", f"owscale 1\nspec {'0' * 32} other/spec.yaml\n")
    assert runs.run(root, "generate").exit_code == 0
    output = root / "out/minimal/production"
    _write(output / "kept.tf", "# mine\n")
    _write(output / "own.tf", "# mine\n" * 30)
    _write(output / "own.txt", "mine\n")
    _write(output / "own.md", "# mine\n" * 3000)
    _write(output / "modules/redis/own.md", f"# {'mine ' * 30}\n")
    _write(output / ".terraform/modules/x.tf", "")
    (output / "link").symlink_to(root / "other")
    (output / "empty").mkdir()
    (root / "spec/linked.yaml").symlink_to(root / "other")
    for words in WORDS:
        assert runs.run(root, *words).exit_code == 0, words


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


class Laboratory:
    """Copies of the pristine project, at the same path."""

    def __init__(self, runs: ForkedRuns, pristine: Path, root: Path) -> None:
        self._runs = runs
        self._pristine = pristine
        self._project, self._cache = root / "project", root / "cache"

    def examine(self, case: Case, blind: str = "") -> int:
        """Run, change and look up; return how often the cache had the answer. Fails where it was another one."""
        hits, pristine = 0, self._pristine / case.project
        for path in (self._project, self._cache):
            shutil.rmtree(path, ignore_errors=True)
        self._restore(pristine, self._project)
        directory = self._project / case.folder
        self._runs.run(directory, *case.words, cache=self._cache, during=case.during, blind=blind)
        base = self._project.with_name("base") if case.during else pristine
        if case.during:
            self._restore(self._project, base)
        hits += self._look_up(case, (), blind)
        for changes in case.afterwards:
            self._restore(base, self._project)
            for change in changes:
                apply(change, self._project)
            hits += self._look_up(case, changes, blind)
        self._restore(pristine, self._project)  # as if all changes had been taken back
        return hits + self._look_up(case, (), blind)

    def _look_up(self, case: Case, changes: Sequence[Change], blind: str) -> bool:
        directory = self._project / case.folder
        outcome = self._runs.look_up(directory, *case.words, cache=self._cache, blind=blind)
        if outcome.is_cached:
            assert outcome.answer == self._runs.run(directory, *case.words).answer, (case, changes)
        return outcome.is_cached

    @staticmethod
    def _restore(source: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(["cp", "-a", source, target], check=source.exists())  # noqa: S603, S607 -- also copies FIFOs


@pytest.fixture
def laboratory(runs: ForkedRuns, pristine: Path, fast_path: Path) -> Laboratory:
    return Laboratory(runs, pristine, fast_path)


_settings = settings(max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck), database=None)


@settings(_settings, phases=(Phase.explicit, Phase.generate))
@given(case=_cases | _cases_below)
def test_cached_answer_is_that_of_a_whole_run(laboratory: Laboratory, case: Case) -> None:
    laboratory.examine(case)


def test_answer_of_an_unchanged_project_is_cached(laboratory: Laboratory) -> None:
    for words in WORDS:
        for project in PROJECTS:
            assert laboratory.examine(Case(words, (), (), project)) == 2


class Focus(NamedTuple):
    """The changes, and the command, project and folder, that show a part of the fingerprint soonest."""

    changes: tuple[str, ...]
    words: tuple[str, ...] = ("check",)
    project: str = "plain"
    folder: str = ""


_ONE_SPEC = ("check", "--spec", "spec/spec.yaml")
FOCUS = {
    "u": Focus(("edit", "set_value"), ("generate",)),
    "h": Focus(("add_header",)),
    "n": Focus(("add_leftover", "add_file")),
    "k": Focus(("custom_to_link",), _ONE_SPEC),
    "K": Focus(("remove", "retarget")),
    "p": Focus(("move_linked_output",), project="linked"),
    "o": Focus(("give_away",), folder=BELOW),
    KINDS: Focus(("unread_to_directory",)),
    ERRORS: Focus(("add_nearer_project",), folder=BELOW),
    USED_BYTES: Focus(("set_value",)),
}
"""How each part of the fingerprint is shown to be needed: the questions of `fs.observed`, and what else it has."""
_OF_THE_PROGRAM = {*NEEDED_FOR_THE_PROGRAM}
"""Questions about files of owscale itself, which do not change here."""
_AFTER_THE_SPEC = (12, 110)
"""Observations of a run that has read its specs and goes on."""


@pytest.mark.parametrize("part", FOCUS)
def test_every_part_of_the_fingerprint_is_needed(laboratory: Laboratory, part: str) -> None:
    """Without one part, the property does not hold, and the test of it notices that."""
    focus = FOCUS[part]
    if focus.changes == ("give_away",) and os.geteuid():
        pytest.skip("only root can give a directory away")
    changes = st.tuples(st.sampled_from(focus.changes), st.integers(0, 999))
    late = st.lists(st.tuples(st.integers(*_AFTER_THE_SPEC), changes), min_size=1, max_size=1)
    during = late if part == USED_BYTES else st.just(())
    afterwards = st.lists(st.lists(changes, min_size=1, max_size=1), min_size=6, max_size=6)
    cases = st.builds(Case, st.just(focus.words), during, afterwards, st.just(focus.project), st.just(focus.folder))

    @settings(_settings, max_examples=20, phases=(Phase.generate,), report_multiple_bugs=False)
    @given(case=cases)
    def examine(case: Case) -> None:
        laboratory.examine(case, part)

    with pytest.raises(AssertionError):
        examine()


def test_every_question_has_a_focus() -> None:
    """So a new question without a test that takes it out fails here."""
    assert {*FOCUS} - {KINDS, ERRORS, USED_BYTES} | _OF_THE_PROGRAM == {*observed._ANSWERS}


_EDITOR = """
import itertools, os, pathlib, sys, time
specs = [pathlib.Path("spec/spec.yaml"), *sorted(pathlib.Path("spec").glob("more-*.yaml"))]
outputs = [path for name in ("main.tf", "outputs.tf") for path in sorted(pathlib.Path("out").rglob(name))]
texts = {path: path.read_text() for path in specs + outputs}
print(flush=True)
for number in itertools.count():
    path = (specs + outputs)[number * 7919 % len(texts)]
    changed = texts[path].replace("10.8.", "10.9.").replace("description", "descriptiom")
    for text in (changed, texts[path]):
        pathlib.Path(".saved").write_text(text)
        os.replace(".saved", path)
        time.sleep(0.002)
"""


def test_editor_that_saves_during_a_run_is_noticed(runs: ForkedRuns, fast_path: Path) -> None:
    """Another process changes files of many deployments and takes the changes back, over and over."""
    project, cache = fast_path / "project", fast_path / "cache"
    minimal = (GOLDEN / "minimal/spec.yaml").read_text()
    for number in range(30):
        name = "spec" if not number else f"more-{number}"
        text = minimal.replace("minimal", f"minimal-{number}").replace("{name: chat}", f"{{name: chat-{number}}}")
        _write(project / f"spec/{name}.yaml", with_own_resources(text, name))
    assert runs.run(project, "generate").exit_code == 0
    computed = 0
    for _ in range(6):
        with subprocess.Popen([sys.executable, "-c", _EDITOR], cwd=project, stdout=subprocess.PIPE) as editor:  # noqa: S603 -- our own code
            assert editor.stdout
            editor.stdout.readline()
            try:
                computed += not runs.run(project, "check", cache=cache).is_cached
            finally:
                editor.kill()
        outcome = runs.run(project, "check", cache=cache)
        if outcome.is_cached:
            assert outcome.answer == runs.run(project, "check").answer
    assert computed
