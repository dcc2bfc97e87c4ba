"""The files of the program and of its libraries in a record; no read bypasses the record."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests._support.installation import DEPLOYMENT, Installation, install, replace_bytes

pytestmark = pytest.mark.xdist_group("recording")


@pytest.fixture(scope="module")
def installation(module_fast_path: Path) -> Installation:
    """Generate a project that has a bit of everything, and check until the result comes from the cache."""
    installation = install(module_fast_path / "installation")
    spec, output = installation.path("project/spec/spec.yaml"), installation.path(f"project/{DEPLOYMENT}")
    with spec.open("a") as file:
        file.write("custom: {extra: extra, templates: own}\n")
    for path, text in (
        ("project/spec/extra/folder/team.tf", "# ours\n"),
        ("project/spec/own/outputs.tf.j2", '{% include "owscale/outputs.tf.j2" %}\n'),
        ("project/spec/prices.json", '{"regions": {}}\n'),
        ("project/other/spec.yaml", "# of another project\n"),
        ("project/out/minimal/foreign/.owscale.sums", f"owscale 1\nspec {'0' * 32} other/spec.yaml\n"),
        ("project/below/deep/spec.txt", ""),
    ):
        installation.path(path).parent.mkdir(parents=True, exist_ok=True)
        installation.path(path).write_text(text)
    assert installation.owscale("generate")[0] == 0
    for name in ("own.tf", "own.md", "own.txt", "modules/redis/own.tf"):
        (output / name).write_text("# ours\n")
    installation.owscale("check")  # Python writes bytecode
    installation.owscale("check")
    assert installation.owscale("check")[2] == "cached"
    return installation


def _replace(name: str, old: bytes, new: bytes) -> Callable[[Installation], None]:
    """Replace bytes of a file, and keep its size and its time."""
    return lambda installation: replace_bytes(installation.path(name), old, new)


def _edit_code(installation: Installation) -> None:
    path = installation.path("program/owscale/render/context.py")
    path.write_bytes(path.read_bytes().replace(b"1024", b"1023"))


def _edit_sandbox(installation: Installation) -> None:
    """Change code that runs in the process of own templates."""
    path = installation.path("program/owscale/render/sandbox/process.py")
    path.write_text(f"{path.read_text()}# more\n")


def _edit_bytecode(installation: Installation) -> None:
    """Change what Python executes, while the source and its time stay."""
    path = installation.path(f"program/owscale/cli/__pycache__/messages.{sys.implementation.cache_tag}.pyc")
    replace_bytes(path, b"nothing was written", b"nothing was changed")


def _shadow_module(installation: Installation) -> None:
    shutil.copytree(installation.path("program/owscale/rules"), installation.path("program/owscale/rules/runner"))


def _shadow_library(installation: Installation) -> None:
    installation.path("program/yaml.py").write_text("raise ImportError\n")


def _edit_library(installation: Installation) -> None:
    path = installation.path("site/jinja2/filters.py")
    path.write_text(f"{path.read_text()}# more\n")


def _edit_site(installation: Installation) -> None:
    """Change a module that Python runs before every program."""
    path = installation.path("site/sitecustomize.py")
    path.write_text(f"{path.read_text()}# more\n")


def _edit_machine_code(installation: Installation) -> None:
    (path,) = installation.path("site/markupsafe").glob("_speedups.*.so")
    replace_bytes(path, b"escape", b"excape")


def _upgrade_library(installation: Installation) -> None:
    installation.path("site/jinja2-0.dist-info").rename(installation.path("site/jinja2-1.dist-info"))


CHANGES: dict[str, Callable[[Installation], None]] = {
    "a template": _replace("program/templates/versions.tf.j2", b"required_version", b"required_versiom"),
    "no template": lambda installation: installation.path("program/templates/README.md.j2").unlink(),
    "a price": _replace("program/owscale/domain/aws/cache_nodes.json", b"1", b"2"),
    "code": _edit_code,
    "code of another process": _edit_sandbox,
    "bytecode": _edit_bytecode,
    "a module before another": _shadow_module,
    "a library before another": _shadow_library,
    "a library in another version": _upgrade_library,
    "a module of a library": _edit_library,
    "a module before every program": _edit_site,
    "machine code of a library that has no record": _edit_machine_code,
    "the files of a library": _replace("site/jinja2-0.dist-info/RECORD", b"sha256", b"sha257"),
}


def test_every_change_of_the_program_is_noticed(installation: Installation) -> None:
    # All in one test: an installation takes longer to create than to check.
    pristine = installation.root.with_name("pristine")
    shutil.copytree(installation.root, pristine, symlinks=True)
    for name, change in CHANGES.items():
        change(installation)
        assert not installation.has_cached("check"), name
        shutil.rmtree(installation.root)
        shutil.copytree(pristine, installation.root, symlinks=True)
    assert installation.has_cached("check")


NEEDED_FOR_THE_PROGRAM = {"m": "code", "r": "bytecode"}
"""Questions about files of owscale, and a change that goes unnoticed where they are not recorded."""


@pytest.mark.parametrize("question", NEEDED_FOR_THE_PROGRAM)
def test_every_question_about_the_program_is_needed(installation: Installation, question: str) -> None:
    shutil.copytree(installation.root, installation.root.with_name(question), symlinks=True)
    copy = Installation(installation.root.with_name(question))
    copy.run("check", blind=question)
    copy.run("check", blind=question)  # the first run has written bytecode
    assert copy.has_cached("check")
    CHANGES[NEEDED_FOR_THE_PROGRAM[question]](copy)
    assert copy.has_cached("check")


def test_cached_result_imports_next_to_nothing(installation: Installation) -> None:
    assert installation.run("check")[2][-2:] == ["", "cached"]


_AUDIT = """
import os, sys
from owscale.result_cache import lookup, recording
from owscale.cli.main import main
from owscale.fs import observed

READING = {"open": "ruh", "list": "n"}
recorded, used = set(), set()

def module():
    # The part of owscale that uses a path; none where a question is being asked, as that is recorded.
    frame, found = sys._getframe(2), ""
    while frame:
        path, name = frame.f_code.co_filename, frame.f_code.co_name
        if path.endswith("fs/observed.py") and name == "ask":
            return None
        if "/owscale/" in path and not found and not path.endswith(("fs/observed.py", "fs/untrusted.py")):
            found = path.partition("/owscale/")[2]
        frame = frame.f_back
    return found

def use(kind, path):
    if isinstance(path, (str, bytes, os.PathLike)) and (user := module()) is not None:
        used.add((kind, os.path.abspath(os.fsdecode(path)), user))

def audit(event, arguments):
    if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
        use("open", arguments[0])
    elif event in ("os.listdir", "os.scandir"):
        use("list", arguments[0] or ".")

def watch(function):
    def watched(path, *arguments, **options):
        use("stat", path)
        return function(path, *arguments, **options)
    return watched

for name in ("stat", "lstat", "readlink", "access"):  # they have no audit event
    setattr(os, name, watch(getattr(os, name)))
add = observed.Recorder.add

def record(self, question, path, answer):
    recorded.add((question, os.path.abspath(path)))
    add(self, question, path, answer)

observed.Recorder.add = record
write = lookup.write_entry
lookup.write_entry = lambda *arguments: used.add(("stored", "", "")) or write(*arguments)
sys.addaudithook(audit)
exit_code = main()
for kind, path, user in sorted(used):
    questions = READING.get(kind, "ruhnkKpsmo")
    if not any((question, path) in recorded for question in questions):
        print(kind, path, user, sep="\\t", file=sys.__stderr__)
sys.exit(exit_code)
"""
_WITHOUT_ANSWERS = ("output/lock.py", "output/staging.py", "output/transaction.py", "result_cache/", "cli/main.py")
"""Modules that write, or wait for others; the cache reads its own entries."""


@pytest.mark.parametrize(("command", "folder"), [("check", "."), ("generate", "."), ("check", "below/deep")])
def test_nothing_is_read_past_the_record(installation: Installation, command: str, folder: str) -> None:
    """Whatever a run opens, lists or looks at in the project or the program is in its record."""
    shutil.rmtree(installation.path("cache"))
    result = subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-c", _AUDIT, command],
        cwd=installation.path(f"project/{folder}"),
        env=installation.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split("\t") for line in result.stderr.splitlines() if line.count("\t") == 2]
    assert ["stored", "", ""] in lines
    past = [line for line in lines if line[0] != "stored" and not line[2].startswith(_WITHOUT_ANSWERS)]
    own = (f"{installation.root}/project", f"{installation.root}/program")
    assert [line for line in past if line[1].startswith(own)] == []
    libraries = (os.path.dirname(os.__file__), f"{installation.root}/site/", "/usr", "/proc", "/dev")
    others = [line for line in past if line[0] != "stat" and not line[1].startswith((*own, *libraries))]
    assert [line for line in others if "site-packages" not in Path(line[1]).parts] == []


def test_own_template_is_noticed(installation: Installation) -> None:
    assert installation.owscale("check")[0] == 0
    assert installation.owscale("check")[2] == "cached"
    template = installation.path("project/spec/own/outputs.tf.j2")
    text = template.read_text()
    template.write_text(f"{text}# more\n")
    assert installation.owscale("check")[::2] == (1, "computed")
    template.write_text(text)
    assert installation.owscale("check")[::2] == (0, "cached")
