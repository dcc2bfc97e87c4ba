"""Exit codes, streams, and which modules a command imports."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from owscale.cli import main
from owscale.cli.commands import validate
from owscale.cli.output import CommandResult
from tests._support.cases import GOLDEN, PROJECT, with_own_resources

MINIMAL = GOLDEN / "minimal/spec.yaml"
THIRD_PARTY = ("boto3", "hcl2", "jinja2", "pydantic", "pydantic_core", "python_terraform", "yaml")

_CODE = "import sys; from owscale.cli.main import main; sys.exit(main())"


def owscale(*arguments: str | Path) -> int:
    return main.main([str(argument) for argument in arguments])


# --- output of a command ----------------------------------------------------------------------------------------


def test_generate_prints_the_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert owscale("generate", "--spec", MINIMAL, "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "minimal/production: +50 ~0 -0 =0"
    assert owscale("generate", "--spec", MINIMAL, "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out == "minimal/production: +0 ~0 -0 =50\n"


def test_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert owscale("generate", "--dry-run", "--spec", MINIMAL, "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out.endswith(" (dry run: nothing was written)\n")
    assert not (tmp_path / "out").exists()


def test_check_prints_every_kind_of_drift(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    owscale("generate", "--spec", MINIMAL, "--out", out)
    assert owscale("check", "--spec", MINIMAL, "--out", out) == 0
    root = out / "minimal/production"
    root.joinpath("main.tf").write_text("# by hand\n")
    root.joinpath("outputs.tf").rename(root / "old.tf")
    capsys.readouterr()
    assert owscale("check", "--spec", MINIMAL, "--out", out) == 1
    errors = capsys.readouterr().err
    assert f"{root / 'main.tf'}: modified locally" in errors
    assert f"{root / 'outputs.tf'}: missing" in errors
    assert f"{root / 'old.tf'}: orphan" in errors
    assert "owscale generate --spec" in errors


def test_several_specs_are_generated_in_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec"
    spec.mkdir()
    text = MINIMAL.read_text()
    (spec / "a.yaml").write_text(text)
    text = text.replace("name: minimal", "name: other").replace("minimal.tfstate", "b.tfstate")
    (spec / "b.yaml").write_text(with_own_resources(text.replace("chat}", "chat-b}"), "other"))
    assert owscale("generate", "--spec", spec, "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("minimal/production, other/production: +100")


def test_invalid_spec_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL.read_text() + "extra: 1\n")
    assert owscale("generate", "--spec", spec, "--out", tmp_path / "out") == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[-1] == "1 error; nothing was written"
    assert not (tmp_path / "out").exists()


def test_directory_without_a_spec_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert owscale("generate", "--spec", tmp_path, "--out", tmp_path / "out") == 1
    hint = f"write one as {tmp_path}/spec.yaml; `owscale init` writes a commented one to start from"
    assert f"{tmp_path}: no spec found\n  hint: {hint}\n" in capsys.readouterr().err


# --- exit codes ---------------------------------------------------------------------------------------------------


def _fail_validate(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def run(options: validate.ValidateOptions, _output: object) -> CommandResult:  # noqa: ARG001 -- its type is read
        raise error

    monkeypatch.setattr(validate, "run", run)


def test_bug_prints_its_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _fail_validate(monkeypatch, ZeroDivisionError("provoked"))
    assert owscale("validate", "--spec", MINIMAL) == 3
    errors = capsys.readouterr().err
    assert "ZeroDivisionError: provoked" in errors
    assert "a bug of owscale" in errors


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "provoked", "a file"), OSError(errno.ECONNREFUSED, "provoked")], ids=str
)
def test_unhandled_error_of_the_system_is_a_bug(
    error: OSError, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fail_validate(monkeypatch, error)
    assert owscale("validate", "--spec", MINIMAL) == 3
    assert "a bug of owscale" in capsys.readouterr().err


def test_bug_in_a_formatter_prints_no_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def format_report(_: object) -> str:
        raise ZeroDivisionError("provoked")

    monkeypatch.setattr("owscale.reporting.format_json.format_report", format_report)
    assert owscale("validate", "--spec", MINIMAL, "--output-format", "json") == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "a bug of owscale" in printed.err


def test_interrupt_exits_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _fail_validate(monkeypatch, KeyboardInterrupt())
    assert owscale("validate", "--spec", MINIMAL) == 130
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["generate", "--nonsense"], ["tf"], ["tf", "nonsense"]])
def test_usage_error_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main.main(arguments)
    assert exit_.value.code == 2
    assert "usage: owscale" in capsys.readouterr().err


# --- imports ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--help"], ["tf", "plan", "--help"], ["--version"], ["generete"]])
def test_help_and_usage_errors_import_no_library(arguments: list[str]) -> None:
    code = (
        f"import sys; from owscale.cli.main import main\ntry: main({arguments})\nfinally: print(*sys.modules, sep=',')"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
    modules = set(result.stdout.splitlines()[-1].split(","))
    assert "owscale.cli.parser" in modules
    assert not modules & {*THIRD_PARTY, "typing", "pathlib", "hashlib"}


# --- surroundings and streams -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C"}],
    ids=["hash seed 1", "hash seed 2, other time zone and locale"],
)
def test_output_does_not_depend_on_the_environment(tmp_path: Path, environment: dict[str, str]) -> None:
    case = GOLDEN / "everything"
    shutil.copytree(case, tmp_path / "case", ignore=shutil.ignore_patterns(".terraform"))
    code = f"import os; os.chdir({str(tmp_path)!r}); {_CODE}"
    result = subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-c", code, "check", "--spec", "case/spec.yaml", "--out", "case/out"],
        env=os.environ | environment | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (0, "108 files up to date\n"), result.stderr


def _run(shell: str) -> "subprocess.CompletedProcess[str]":
    """Run a shell command in which `owscale` is the command line under test."""
    script = f"""owscale() {{ "$PYTHON" -c '{_CODE}' "$@"; }}; {shell}"""
    return subprocess.run(  # noqa: S603 -- our own code
        ["/bin/sh", "-c", script],
        env=os.environ | {"PYTHON": sys.executable, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_full_disk_behind_stdout_is_no_bug() -> None:
    result = _run("owscale explain S201 >/dev/full")
    message = "cannot write to stdout: No space left on device; changes already made are kept\n  hint: make room on "
    assert (result.returncode, result.stderr[: len(message)]) == (1, message)


@pytest.mark.parametrize("arguments", ["explain S201", "--help"])
def test_reader_that_closes_the_pipe_is_no_bug(arguments: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-c", _CODE, *arguments.split()],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )
    os.close(writing)
    assert (result.returncode, result.stderr) == (141, "")


def test_closed_pipe_has_not_the_exit_code_of_a_finding() -> None:
    result = _run(f"{{ {{ owscale validate --spec '{MINIMAL}'; echo $? >&3; }} | true; }} 3>&1")
    assert result.stderr == ""
    assert result.stdout in ("0\n", "141\n")


@pytest.mark.parametrize("arguments", [f"validate --spec '{MINIMAL}'", "nonsense", "explain --nonsense"])
def test_full_disk_behind_both_streams_is_no_bug(arguments: str) -> None:
    result = _run(f"owscale {arguments} >/dev/full 2>/dev/full")
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "")


def test_full_disk_behind_stderr_does_not_stop_the_writing(tmp_path: Path) -> None:
    result = _run(f"owscale generate --spec '{MINIMAL}' --out '{tmp_path}/out' 2>/dev/full")
    assert result.returncode == 1
    assert (tmp_path / "out/minimal/production/main.tf").is_file()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_stream_is_no_bug(closed: str) -> None:
    result = _run(f"owscale validate --spec '{MINIMAL}' {closed}")
    assert result.returncode == 0
    assert result.stdout == ("" if " >&-" in f" {closed}" else "minimal/production: valid\n")
    assert "Traceback" not in result.stderr


def test_closed_stream_is_not_taken_by_another_file(tmp_path: Path) -> None:
    result = _run(f"owscale generate --spec '{MINIMAL}' --out '{tmp_path}/out' <&- >&- 2>&-")
    assert result.returncode == 0
    assert _run(f"owscale check --spec '{MINIMAL}' --out '{tmp_path}/out'").returncode == 0


@pytest.mark.parametrize("arguments", ["explain S201", "--help", f"cost --spec '{MINIMAL}'", "explain S999"])
def test_locale_without_unicode_is_no_bug(arguments: str) -> None:
    result = _run(f"LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 PYTHONIOENCODING=ascii owscale {arguments}")
    assert result.returncode in (0, 2)
    assert result.stdout.isascii()
    assert "Traceback" not in result.stderr


def test_full_disk_names_the_file_that_was_not_written(tmp_path: Path) -> None:
    result = _run(f"ulimit -f 1; owscale generate --spec '{MINIMAL}' --out '{tmp_path}/out'")
    assert result.returncode == 1
    assert f"{tmp_path}/out/" in result.stderr
    assert "File too large" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("words", [["init"], ["check"], ["check", "--staged"], ["generate"], ["diff", "--base", "x"]])
def test_removed_directory_is_no_bug(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for options in ([], [] if words == ["init"] else ["--spec", str(MINIMAL), "--out", str(tmp_path / "out")]):
        owscale(*words, *options)
        assert "Traceback" not in capsys.readouterr().err
    assert owscale(*words) == 1
    assert capsys.readouterr().err.startswith("the current directory was removed\n  hint: change to")
