"""Files that nobody wrote in good faith, or by hand: each is refused in no time, in little memory, with out/ as it was.

Each runs in a process of its own, as a user would run it, which gets no more memory and whose time the system tells.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cases import PROJECT

MINIMAL = (PROJECT / "tests/golden/minimal/spec.yaml").read_text(encoding="utf-8")
CPU_SECONDS = 2
MEMORY_MB = 300
_LIMIT = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_MB} * 1024**2,) * 2)"
_CODE = f"{_LIMIT}; import sys; from generator.cli import main; sys.exit(main())"
# Root may read everything, so it becomes nobody, once it has loaded what nobody may not read.
_LOADED = "locale, os, resource, traceback, generator.commands.generate, generator.options, generator.report.as_text"
_AS_STRANGER = f"import {_LOADED}, generator.dispatch; os.seteuid(65534); {_CODE}"


class Ran:
    """One run of the tool, and what it took."""

    def __init__(self, spec: Path, out: Path, *, as_stranger: bool = False) -> None:
        said = out.parent / "stderr"
        code = _AS_STRANGER if as_stranger and os.geteuid() == 0 else _CODE
        with said.open("wb") as stderr, (out.parent / "stdout").open("wb") as stdout:
            command = [sys.executable, "-c", code, "generate", "--spec", str(spec), "--out", str(out)]
            environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
            process = subprocess.Popen(command, env=environment, stdout=stdout, stderr=stderr)  # noqa: S603 -- our own code
            begin = time.monotonic()
            while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
                if time.monotonic() - begin > 20 * CPU_SECONDS:  # a file that blocks takes no CPU at all
                    process.kill()
                time.sleep(0.01)
        _, status, used = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        self.code = process.returncode
        self.cpu = used.ru_utime + used.ru_stime
        self.said = said.read_bytes().decode()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    (folder / "minimal/production").mkdir(parents=True)
    (folder / "minimal/production/main.tf").write_text("# as it was\n", encoding="utf-8")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def refused(spec: Path, out: Path, *, as_stranger: bool = False) -> str:
    before = tree(out)
    ran = Ran(spec, out, as_stranger=as_stranger)
    assert ran.code == 1, ran.said
    assert "Traceback" not in ran.said
    assert "[S" in ran.said, "no diagnostic"
    assert ran.said.rstrip().endswith("was not changed.")
    assert len(ran.said) < 50_000, "nobody reads that"
    assert ran.cpu < CPU_SECONDS, f"took {ran.cpu:.1f} s"
    assert tree(out) == before
    return ran.said


def bomb() -> str:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)]
    return "l0: &l0 [lol]\n" + "\n".join(levels)


def named(value: str) -> str:
    return MINIMAL.replace("name: minimal", f"name: {value}")


def service(value: str) -> str:
    return MINIMAL.replace("service: {name: chat}", f"service: {{name: {value}}}")


def filled(text: str) -> str:
    """1 MiB of a text, after a spec that is right."""
    return MINIMAL + "extra:\n" + text * ((2**20 - len(MINIMAL) - 10) // len(text.encode()))


TEXTS: dict[str, str | bytes] = {
    "not YAML": "key: [1, 2\nother: }{",
    "prose": "Dear team, please scale the chat up.\n",
    "several documents": f"{MINIMAL}---\n{MINIMAL}",
    "empty": "",
    "white space": " \n\n   \n",
    "comments alone": "# nothing\n",
    "null": "null\n",
    "a list at the top": "- name: minimal\n",
    "one value": "42\n",
    "tabs": MINIMAL.replace("  vpc", "\tvpc"),
    "duplicate keys": MINIMAL + "name: other\n",
    "an exploding anchor": bomb(),
    "an alias to itself": "a: &a [*a]\n",
    "a mapping in itself": "&a {b: *a}\n",
    "a merge key": MINIMAL.replace("aws: {", "aws: {<<: {profile: x}, "),
    "a tag that runs code": "name: !!python/object/apply:os.system [id]\n",
    "on": MINIMAL + "autoscaling: {enabled: on}\n",
    "sexagesimal": MINIMAL + "autoscaling: {min: 1:30}\n",
    "octal": MINIMAL + "autoscaling: {max: 010}\n",
    "infinite": MINIMAL + "alarms: {response_time_seconds: .inf}\n",
    "not a number": MINIMAL + "alarms: {response_time_seconds: .nan}\n",
    "a date": MINIMAL.replace("{name: chat}", "{name: 2026-01-01}"),
    "beyond 64 bits": MINIMAL + "autoscaling: {max: 18446744073709551616}\n",
    "a million digits": MINIMAL + f"autoscaling: {{max: {'9' * 1_000_000}}}\n",
    "a huge exponent": MINIMAL + "alarms: {response_time_seconds: 1e999999999}\n",
    "minus": MINIMAL + "autoscaling: {max: -1}\n",
    "zero": MINIMAL + "autoscaling: {max: 0}\n",
    "a NUL byte": MINIMAL.replace("minimal\n", "mini\0mal\n", 1),
    "not UTF-8": MINIMAL.encode() + b"# caf\xe9\n",
    "UTF-16": MINIMAL.encode("utf-16"),
    "a name that climbs": named("../../etc"),
    "an absolute name": named("/etc"),
    "an interpolation": service('"${file(\\"/etc/passwd\\")}"'),
    "a directive": service('"%{ for x in y }"'),
    "quotes": service("'\"chat\"'"),
    "a line break": service('"chat\\nmore"'),
    "right to left": service('"chat\u202etahc"'),
    "a mark that nobody sees": service("chat\u200b"),
    "10,000 characters": service("c" * 10_000),
    "10,000 characters of a region": MINIMAL.replace("eu-west-1}", "eu" + "-west" * 2_000 + "-1}"),
    "10,000 characters of a node type": MINIMAL.replace("cache.t4g.small", "cache.t4g." + "s" * 10_000),
    "a key of 1,000 characters": MINIMAL + "k" * 1_000 + ": 1\n",
    "10,000 characters of a provider": MINIMAL.replace(
        "app: {", f"app: {{environment: {{STORAGE_PROVIDER: {'x' * 10_000}}}, "
    ),
    "an environment that climbs": MINIMAL + "environments: {../../etc: {}}\n",
    "ten thousand environments": MINIMAL + "environments:\n" + "".join(f"  e{n}: {{}}\n" for n in range(9_000)),
    "deep brackets": "[" * 100_000,
    "deep mappings": "a: " + "{a: " * 100_000,
    "a list of single characters": filled("- x\n"),
    "a list of doubtful characters": filled("- y\n"),
    "as many wrong entries as fit": MINIMAL + f"alarms: {{notify: [{'a, ' * 9_000}]}}\n",
    "as many unknown keys as fit": MINIMAL + "".join(f"key_{n}: 1\n" for n in range(9_000)),
    "unknown keys in every environment": MINIMAL
    + "".join(f"key_{n}: 1\n" for n in range(4_000))
    + "environments:\n"
    + "".join(f"  e{n}: {{}}\n" for n in range(50)),
    "as many duplicates as fit": MINIMAL + "name: x\n" * 9_000,
    "51 MB": MINIMAL + "#" * 51_000_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text(text: str | bytes, tmp_path: Path, out: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_bytes(text if isinstance(text, bytes) else text.encode())
    refused(spec, out)


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "spec.yaml").mkdir()
    (path / "spec.yml").symlink_to(path / "spec.yaml")
    os.mkfifo(path / "other.yaml")


def a_loop(path: Path) -> None:
    path.symlink_to(path)


FILES: dict[str, Callable[[Path], None]] = {
    "a folder with a folder and a FIFO": a_folder,
    "a FIFO": os.mkfifo,
    "a link to itself": a_loop,
    "a link to nowhere": lambda path: path.symlink_to(path.with_name("nowhere")),
    "a file that is not there": lambda _: None,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_file(make: Callable[[Path], None], tmp_path: Path, out: Path) -> None:
    spec = tmp_path / "spec.yaml"
    make(spec)
    refused(spec, out)


def test_unreadable_file(out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:  # tmp_path is nobody's to pass
        Path(folder).chmod(0o755)
        spec = Path(folder, "spec.yaml")
        spec.write_text(MINIMAL, encoding="utf-8")
        spec.chmod(0)
        assert "Permission denied" in refused(spec, out, as_stranger=True)


def test_a_broken_spec_does_not_hide_another(tmp_path: Path, out: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "a.yaml").write_text(bomb(), encoding="utf-8")
    (folder / "b.yaml").write_text(MINIMAL + "extra: 1\n", encoding="utf-8")
    said = refused(folder, out)
    assert "a.yaml" in said
    assert "b.yaml" in said


def test_the_first_fifty_of_very_many(tmp_path: Path, out: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL + "".join(f"key_{n:03}: 1\n" for n in range(200)), encoding="utf-8")
    said = refused(spec, out)
    assert said.count("unknown key") == 50
    assert f"{spec}: … and 150 more\n" in said  # a warning of minimal's own is the 201st, and stands before them
    assert "200 errors." in said


def test_byte_order_mark_and_line_ends_of_windows_are_fine(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    ran = Ran(spec, tmp_path / "out")
    assert (ran.code, ran.cpu < CPU_SECONDS) == (0, True), ran.said
    generated = {path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert generated
    assert not any(b"\r" in path.read_bytes() for path in generated)
