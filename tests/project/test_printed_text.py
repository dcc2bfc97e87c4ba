"""Text of others in every command and format: it controls no terminal, gives no command to CI, and is no Markdown."""

import ast
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from owscale.cli import main
from owscale.console.text import printable_lines
from tests._support.cases import GOLDEN, PROJECT
from tests._support.hostile_text import NAME, TEXT, VALUE, require_harmless, require_harmless_markdown

_YAML = json.dumps(VALUE)
_DIAGNOSTICS_FORMATS = ("text", "json", "github", "sarif")


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    try:
        code = main.main(list(arguments))
    except SystemExit as exit_:
        code = int(str(exit_.code))
    out, err = capsys.readouterr()
    assert code in (0, 1, 2), err
    assert out + err
    require_harmless(out + err, own_commands="github" in arguments)
    return out


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project whose values, and whose files beside the generated ones, have hostile names."""
    monkeypatch.chdir(tmp_path)
    spec = tmp_path / "spec/spec.yaml"
    spec.parent.mkdir()
    spec.write_text(f"{GOLDEN.joinpath('minimal/spec.yaml').read_text()}\n")
    assert main.main(["generate", "--no-cache"]) == 0
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "base")):
        subprocess.run([*git, *command], check=True)  # noqa: S603 -- git in a directory of the test
    text = spec.read_text()
    assert "\napp:" in text
    spec.write_text(text.replace("\napp: {", f"\napp: {{environment: {{WEBUI_BANNERS: {_YAML}}}, "))
    (tmp_path / "out/minimal/production" / f"{NAME}.txt").write_text(TEXT)
    (tmp_path / "out/minimal/production/main.tf").write_text(TEXT)
    return tmp_path


@pytest.mark.parametrize("output_format", _DIAGNOSTICS_FORMATS)
@pytest.mark.parametrize("command", ["validate", "check", "generate"])
def test_hostile_values_and_files(
    project: Path, command: str, output_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert project.is_dir()
    capsys.readouterr()
    arguments = ["--diff"] if command == "check" else []
    _run(capsys, command, *arguments, "--output-format", output_format)


_SPECS = (f"{_YAML}: 1\n", f"name: {_YAML}\n", f"redis: {{node_type: {_YAML}}}\n", TEXT)


@pytest.fixture
def hostile_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a folder of specs with hostile names, and with an error each."""
    monkeypatch.chdir(tmp_path)
    folder = Path(NAME)
    folder.mkdir()
    for number, spec in enumerate(_SPECS):
        (folder / f"{NAME}{number}.yaml").write_text(spec)
    return str(folder)


@pytest.mark.parametrize("output_format", _DIAGNOSTICS_FORMATS)
def test_hostile_specs_in_a_folder_with_a_hostile_name(
    hostile_folder: str, output_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = _run(capsys, "validate", "--spec", hostile_folder, "--output-format", output_format)
    if output_format == "sarif":
        texts = [result["message"]["text"] for result in json.loads(out)["runs"][0]["results"]]
        assert any("link" in text for text in texts)
        assert not [text for text in texts if re.search(r"(?<!\\)\[[^]]*\]\(", text)]


def test_hostile_specs_in_color(hostile_folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    main.main(["validate", "--spec", hostile_folder, "--color", "always"])
    text = re.sub(r"\x1b\[\d{1,2}m", "", capsys.readouterr().err)
    assert text == printable_lines(text)


@pytest.mark.parametrize("output_format", ["text", "markdown", "json"])
@pytest.mark.parametrize("command", ["diff", "cost"])
def test_hostile_values_in_a_review(
    project: Path, command: str, output_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert project.is_dir()
    capsys.readouterr()
    out = _run(capsys, command, *(["--base", "HEAD"] if command == "diff" else []), "--output-format", output_format)
    if command == "diff":
        assert "WEBUI_BANNERS" in out
    if output_format == "markdown":
        require_harmless_markdown(out)


@pytest.mark.parametrize(
    "arguments",
    [
        (NAME.replace("\n", " "),),
        ("validate", "--spec", NAME),
        ("validate", f"--{NAME}"),
        ("explain", NAME),
        ("diff", "--base", TEXT),
        ("cost", "--env", NAME),
        ("tf", NAME),
    ],
    ids=lambda arguments: arguments[0][:8] + str(len(arguments)),
)
def test_hostile_arguments(project: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert project.is_dir()
    capsys.readouterr()
    _run(capsys, *arguments)


@pytest.mark.parametrize("output_format", ["text", "markdown", "json"])
def test_hostile_addresses_in_a_plan(tmp_path: Path, output_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = TEXT
    change: dict[str, Any] = {"actions": ["create"], "before": None, "after": {}, "after_unknown": {}}
    resource = {"mode": "managed", "type": "aws_x", "name": name, "address": name, "change": change}
    resource |= {"module_address": f"module.{name}", "provider_name": name}
    plan = {"format_version": "1.2", "planned_values": {}, "resource_changes": [resource], "errored": False}
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan | {"complete": True, "applyable": True}))
    spec = str(GOLDEN / "minimal/spec.yaml")
    out = _run(capsys, "tf", "check-plan", str(file), "--spec", spec, "--output-format", output_format)
    assert "@team" in out
    if output_format == "markdown":
        require_harmless_markdown(out)


def test_bug_prints_no_hostile_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(main, "_run", lambda _: (_ for _ in ()).throw(ValueError(NAME)))
    assert main.main([]) == 3
    err = capsys.readouterr().err
    assert err == printable_lines(err)


def test_only_the_output_modules_know_the_streams() -> None:
    """Every other module prints through them, so that nothing reaches a stream unseen."""
    # The stdout of a sandbox process is a pipe to owscale.
    allowed = {"cli/main.py", "cli/output.py", "cli/parser.py", "render/sandbox/process.py"}
    allowed |= {"upgrade/container_probe.py"}  # it runs in a task of ECS, and prints into its log
    reads_only = {"cli/commands/tf/_apply_plan.py", "reporting/format_text.py", "result_cache/lookup.py"}
    for path in sorted((PROJECT / "generator").rglob("*.py")):
        name = path.relative_to(PROJECT / "generator").as_posix()
        if name in allowed or name.startswith("_generated/"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                is_stream = node.value.attr in ("stdout", "stderr") and ast.unparse(node.value.value) == "sys"
                assert not (is_stream and (name not in reads_only or node.attr.startswith("write"))), name
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func) != "print", name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::error::a", "\ufffd:error::a"),
        ("a\n \u3000::error::a", "a\n \u3000\ufffd:error::a"),
        ("a::b", "a::b"),
        ("x ###[group]", "x #\ufffd#[group]"),
        ("##vso[a]", "\ufffd#vso[a]"),
        ("## [a]", "## [a]"),
        ("a\tb\x1b[31m\r", "a\tb\ufffd[31m\ufffd"),
    ],
)
def test_printable_lines(text: str, expected: str) -> None:
    assert printable_lines(text) == expected
