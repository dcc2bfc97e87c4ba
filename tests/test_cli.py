"""The command line as a user meets it: what is said, on which stream, with which exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator import cli
from generator.errors import Report
from tests.cases import PROJECT

MINIMAL = PROJECT / "tests/golden/minimal/spec.yaml"


def owscale(*arguments: str | Path) -> int:
    return cli.main([str(argument) for argument in arguments])


def test_generate_says_what_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert owscale("generate", "--spec", MINIMAL, "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "minimal/production: +50 ~0 -0 =0"
    assert owscale("generate", "--spec", MINIMAL, "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out == "minimal/production: +0 ~0 -0 =50\n"


def test_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert owscale("generate", "--dry-run", "--spec", MINIMAL, "--out", tmp_path / "out") == 0
    assert "nothing written" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_check_finds_every_kind_of_drift(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    owscale("generate", "--spec", MINIMAL, "--out", out)
    assert owscale("check", "--spec", MINIMAL, "--out", out) == 0
    root = out / "minimal/production"
    root.joinpath("main.tf").write_text("# by hand\n")
    root.joinpath("outputs.tf").rename(root / "old.tf")
    capsys.readouterr()
    assert owscale("check", "--spec", MINIMAL, "--out", out) == 1
    said = capsys.readouterr().err
    assert f"{root / 'main.tf'}: edited by hand" in said
    assert f"{root / 'outputs.tf'}: missing" in said
    assert f"{root / 'old.tf'}: orphan" in said
    assert "owscale generate --spec" in said


def test_several_specs_in_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec"
    spec.mkdir()
    text = MINIMAL.read_text()
    (spec / "a.yaml").write_text(text)
    (spec / "b.yaml").write_text(
        text.replace("name: minimal", "name: other").replace("minimal.tfstate", "b.tfstate").replace("chat}", "chat-b}")
    )
    assert owscale("generate", "--spec", spec, "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("minimal/production, other/production: +100")


def test_wrong_spec_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL.read_text() + "extra: 1\n")
    assert owscale("generate", "--spec", spec, "--out", tmp_path / "out") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1] == f"1 error. {tmp_path.as_posix()}/out/ was not changed."
    assert not (tmp_path / "out").exists()


def test_no_spec_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert owscale("generate", "--spec", tmp_path, "--out", tmp_path / "out") == 1
    assert "no spec here" in capsys.readouterr().err


def test_bug_is_told_with_its_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: object, __: Report) -> int:
        raise ZeroDivisionError("provoked")

    monkeypatch.setattr("generator.commands.validate.validate", broken)
    assert owscale("validate", "--spec", MINIMAL) == 3
    said = capsys.readouterr().err
    assert "ZeroDivisionError: provoked" in said
    assert "a bug of owscale" in said


def test_bug_while_telling_is_one_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: object) -> str:
        raise ZeroDivisionError("provoked")

    monkeypatch.setattr("generator.report.as_json.rendered", broken)
    assert owscale("validate", "--spec", MINIMAL, "--format", "json") == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "a bug of owscale" in said.err


def test_interrupted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_: object, __: Report) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("generator.commands.validate.validate", interrupted)
    assert owscale("validate", "--spec", MINIMAL) == 130
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["generate", "--nonsense"]])
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2
    assert "usage: owscale" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    commands = [path.stem for path in (PROJECT / "generator/commands").glob("*.py")]
    for command in set(commands) - {"__init__"}:
        assert command in said


def test_help_needs_no_library() -> None:
    code = "import sys; from generator import cli\ntry: cli.main(['--help'])\nfinally: print(sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
    for library in ("jinja2", "pydantic", "yaml", "python_terraform"):
        assert f"'{library}'" not in ran.stdout


# Same spec and templates, same bytes, whatever the surroundings.
@pytest.mark.parametrize(
    "surroundings",
    [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C"}],
    ids=["seed 1", "seed 2, other zone and locale"],
)
def test_surroundings_do_not_matter(tmp_path: Path, surroundings: dict[str, str]) -> None:
    spec = PROJECT / "tests/golden/everything/spec.yaml"
    code = "import sys; from generator.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "check", "--spec", str(spec), "--out", str(spec.parent / "out")]
    environment = os.environ | surroundings | {"PYTHONPATH": str(PROJECT)}
    ran = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
    assert (ran.returncode, ran.stdout) == (0, "102 files as they should be.\n"), ran.stderr


def _run(*arguments: str, stdout: int) -> "subprocess.CompletedProcess[str]":
    code = "import sys; from generator.cli import main; sys.exit(main())"
    return subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-c", code, *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )


def test_output_that_cannot_be_written_is_no_bug() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 -- a device
        ran = _run("explain", "S201", stdout=full.fileno())
    assert (ran.returncode, ran.stderr) == (1, "the output: No space left on device. What the command did is done.\n")


def test_a_reader_that_has_seen_enough() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = _run("explain", "S201", stdout=writing)
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, "")
