"""Files that no user wrote on purpose: each is rejected fast, with little memory, and leaves `out/` as it is.

Each test runs `owscale generate` in its own process, with a limit of memory, and measures its CPU time.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests._support.cases import PROJECT

MINIMAL = (PROJECT / "tests/golden/minimal/spec.yaml").read_text(encoding="utf-8")
CPU_SECONDS = 2
MEMORY_MB = 300
_LIMIT = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_MB} * 1024**2,) * 2)"
_CODE = f"{_LIMIT}; import sys; from owscale.cli.main import main; sys.exit(main())"
# Root can read every file. The process becomes the user nobody, after it has imported what nobody may not read.
_IMPORTS = (
    "locale, os, resource, traceback, owscale.cli.commands.generate, owscale.cli.main, owscale.cli.options, "
    "owscale.cli.output, owscale.reporting.format_text, owscale.result_cache.lookup"
)
_UNPRIVILEGED_CODE = f"import {_IMPORTS}; os.seteuid(65534); {_CODE}"


class Run:
    """One run of `owscale generate`: its exit code, its stderr and its CPU time in seconds."""

    def __init__(self, spec: Path, out: Path, *, unprivileged: bool = False) -> None:
        stderr_file = out.parent / "stderr"
        code = _UNPRIVILEGED_CODE if unprivileged and os.geteuid() == 0 else _CODE
        with stderr_file.open("wb") as stderr, (out.parent / "stdout").open("wb") as stdout:
            command = [sys.executable, "-c", code, "generate", "--spec", str(spec), "--out", str(out)]
            environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
            process = subprocess.Popen(command, env=environment, stdout=stdout, stderr=stderr)  # noqa: S603 -- our own code
            begin = time.monotonic()
            while not (status := os.wait4(process.pid, os.WNOHANG))[0]:
                if time.monotonic() - begin > 20 * CPU_SECONDS:  # a file that blocks the process takes no CPU time
                    process.kill()
                time.sleep(0.01)
        _, wait_status, usage = status
        process.returncode = os.waitstatus_to_exitcode(wait_status)
        self.exit_code = process.returncode
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.stderr = stderr_file.read_bytes().decode()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    (folder / "minimal/production").mkdir(parents=True)
    (folder / "minimal/production/main.tf").write_text("# unchanged\n", encoding="utf-8")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def assert_rejected(spec: Path, out: Path, *, unprivileged: bool = False) -> str:
    """Check that a run rejects the spec as it should, and return its stderr."""
    before = tree(out)
    run = Run(spec, out, unprivileged=unprivileged)
    assert run.exit_code == 1, run.stderr
    assert "Traceback" not in run.stderr
    assert "[S" in run.stderr, "no diagnostic"
    assert run.stderr.rstrip().endswith("nothing was written")
    assert len(run.stderr) < 50_000, "too long to read"
    assert run.cpu_seconds < CPU_SECONDS, f"took {run.cpu_seconds:.1f} s"
    assert tree(out) == before
    return run.stderr


def alias_bomb() -> str:
    """Return a text whose aliases expand to 9^29 values."""
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)]
    return "l0: &l0 [lol]\n" + "\n".join(levels)


def with_name(value: str) -> str:
    return MINIMAL.replace("name: minimal", f"name: {value}")


def with_service_name(value: str) -> str:
    return MINIMAL.replace("service: {name: chat}", f"service: {{name: {value}}}")


def filled_up(text: str) -> str:
    """Return a valid spec, followed by a text that is repeated up to 1 MiB."""
    return MINIMAL + "extra:\n" + text * ((2**20 - len(MINIMAL) - 10) // len(text.encode()))


TEXTS: dict[str, str | bytes] = {
    "not YAML": "key: [1, 2\nother: }{",
    "a letter": "Dear team, please scale the chat up.\n",
    "several documents": f"{MINIMAL}---\n{MINIMAL}",
    "empty": "",
    "white space": " \n\n   \n",
    "only comments": "# nothing\n",
    "null": "null\n",
    "a list at the top": "- name: minimal\n",
    "one value": "42\n",
    "tabs": MINIMAL.replace("  vpc", "\tvpc"),
    "duplicate keys": MINIMAL + "name: other\n",
    "an exploding anchor": alias_bomb(),
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
    "a name outside out/": with_name("../../etc"),
    "an absolute name": with_name("/etc"),
    "an interpolation": with_service_name('"${file(\\"/etc/passwd\\")}"'),
    "a directive": with_service_name('"%{ for x in y }"'),
    "quotes": with_service_name("'\"chat\"'"),
    "a line break": with_service_name('"chat\\nmore"'),
    "right to left": with_service_name('"chat\u202etahc"'),
    "an invisible character": with_service_name("chat\u200b"),
    "10,000 characters": with_service_name("c" * 10_000),
    "10,000 characters of a region": MINIMAL.replace("eu-west-1}", "eu" + "-west" * 2_000 + "-1}"),
    "10,000 characters of a node type": MINIMAL.replace("cache.t4g.small", "cache.t4g." + "s" * 10_000),
    "a key of 1,000 characters": MINIMAL + "k" * 1_000 + ": 1\n",
    "10,000 characters of a provider": MINIMAL.replace(
        "app: {", f"app: {{environment: {{STORAGE_PROVIDER: {'x' * 10_000}}}, "
    ),
    "an environment outside out/": MINIMAL + "environments: {../../etc: {}}\n",
    "ten thousand environments": MINIMAL + "environments:\n" + "".join(f"  e{n}: {{}}\n" for n in range(9_000)),
    "deep brackets": "[" * 100_000,
    "deep mappings": "a: " + "{a: " * 100_000,
    "a list of single characters": filled_up("- x\n"),
    "a list of ambiguous characters": filled_up("- y\n"),
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
def test_hostile_text_is_rejected(text: str | bytes, tmp_path: Path, out: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert_rejected(spec, out)


def make_folder(path: Path) -> None:
    path.mkdir()
    (path / "spec.yaml").mkdir()
    (path / "spec.yml").symlink_to(path / "spec.yaml")
    os.mkfifo(path / "other.yaml")


def make_loop(path: Path) -> None:
    path.symlink_to(path)


FILES: dict[str, Callable[[Path], None]] = {
    "a folder with a folder and a FIFO": make_folder,
    "a FIFO": os.mkfifo,
    "a link to itself": make_loop,
    "a link to nowhere": lambda path: path.symlink_to(path.with_name("nowhere")),
    "a missing file": lambda _: None,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_hostile_file_is_rejected(make: Callable[[Path], None], tmp_path: Path, out: Path) -> None:
    spec = tmp_path / "spec.yaml"
    make(spec)
    assert_rejected(spec, out)


def test_file_without_permission_is_rejected(out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:  # the user nobody cannot enter tmp_path
        Path(folder).chmod(0o755)
        spec = Path(folder, "spec.yaml")
        spec.write_text(MINIMAL, encoding="utf-8")
        spec.chmod(0)
        assert "Permission denied" in assert_rejected(spec, out, unprivileged=True)


def test_unreadable_spec_does_not_hide_errors_in_another(tmp_path: Path, out: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "a.yaml").write_text(alias_bomb(), encoding="utf-8")
    (folder / "b.yaml").write_text(MINIMAL + "extra: 1\n", encoding="utf-8")
    stderr = assert_rejected(folder, out)
    assert "a.yaml" in stderr
    assert "b.yaml" in stderr


def test_only_the_first_fifty_diagnostics_are_printed(tmp_path: Path, out: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL + "".join(f"key_{n:03}: 1\n" for n in range(200)), encoding="utf-8")
    stderr = assert_rejected(spec, out)
    assert stderr.count("unknown key") == 50
    assert f"{spec}: … and 150 more\n" in stderr  # the warning of the minimal spec is the 201st
    assert "200 errors;" in stderr


def test_byte_order_mark_and_crlf_are_accepted(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    run = Run(spec, tmp_path / "out")
    assert (run.exit_code, run.cpu_seconds < CPU_SECONDS) == (0, True), run.stderr
    generated = {path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert generated
    assert not any(b"\r" in path.read_bytes() for path in generated)
