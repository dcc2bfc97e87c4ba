"""`owscale completion`: the scripts of real shells."""

import shutil
import subprocess
from pathlib import Path

import pytest

from owscale.cli.main import main
from owscale.cli.parser import SHELLS


@pytest.fixture
def script(tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Path:
    """Write the completion script of a shell to a file, and return its path."""
    assert main(["completion", request.param]) == 0
    path = tmp_path / "script"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    return path


def _complete(script: Path, *words: str) -> list[str]:
    """Return what bash offers for the last of the words."""
    code = f"""
    source {script}
    COMP_WORDS=({" ".join(f"'{word}'" for word in words)})
    COMP_CWORD={len(words) - 1}
    eval "$(complete -p owscale | sed -E 's/.*-F ([^ ]+) owscale/\\1/')" owscale "'{words[-1]}'" "'{words[-2]}'"
    printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    bash = shutil.which("bash")
    assert bash
    result = subprocess.run([bash, "-c", code], capture_output=True, text=True, check=True, cwd=script.parent)  # noqa: S603 -- bash, with the script of owscale
    return sorted(result.stdout.split())


@pytest.mark.parametrize("script", ["bash"], indirect=True)
def test_bash_completes_commands_options_values_and_paths(script: Path) -> None:
    (script.parent / "company.yaml").touch()
    assert _complete(script, "owscale", "ge") == ["generate"]
    assert _complete(script, "owscale", "tf", "ap") == ["apply"]
    assert _complete(script, "owscale", "generate", "--fo") == ["--force"]
    assert _complete(script, "owscale", "check", "--output-format", "") == ["github", "json", "sarif", "text"]
    assert _complete(script, "owscale", "check", "--spec", "comp") == ["company.yaml"]


@pytest.mark.parametrize("script", SHELLS, indirect=True)
def test_deprecated_and_hidden_commands_are_not_completed(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert "check-plan" in text
    assert "update-reference" not in text
    assert "prove" not in text


@pytest.mark.parametrize(("script", "shell"), [(name, name) for name in SHELLS], indirect=["script"])
def test_shell_accepts_its_script(script: Path, shell: str) -> None:
    program = shutil.which(shell)
    if not program:
        pytest.skip(f"{shell} is not installed; bash always is, and has a test of its own")
    subprocess.run([program, "-n", str(script)], check=True)  # noqa: S603 -- our own script
