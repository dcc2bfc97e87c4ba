"""Command lines in hints: complete, and begun as owscale was begun."""

import shlex
import sys
from pathlib import Path

import pytest

from owscale import _generated
from owscale.console import invocation
from owscale.console.invocation import install_command, owscale_command


def test_options_of_this_run_are_repeated() -> None:
    invocation.set_options({"spec": Path("my specs"), "out": Path("o"), "env": "staging", "strict": True})
    assert owscale_command("generate", "--force") == "owscale generate --force --spec 'my specs' --out o"
    assert owscale_command("tf", "plan") == "owscale tf plan --env staging --spec 'my specs' --out o"
    assert owscale_command("tf", "plan", "--env", "production").count("--env") == 1
    assert owscale_command("cost").startswith("owscale cost --env staging ")
    assert "--env" not in owscale_command("tf", "validate")
    assert owscale_command("init", takes_paths=False) == "owscale init"
    invocation.set_options({"spec": None})
    assert owscale_command("generate") == "owscale generate"


@pytest.mark.parametrize(
    ("argument", "path", "expected"),
    [
        ("/usr/bin/owscale", "/usr/bin:/bin", "owscale"),
        (".venv/bin/owscale", "/usr/bin", ".venv/bin/owscale"),
        ("/a b/owscale", "/usr/bin", "'/a b/owscale'"),
        ("/somewhere/pytest", "/usr/bin", "owscale"),
        ("", "", "owscale"),
    ],
)
def test_program_is_named_as_it_was_started(
    argument: str, path: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [argument, "check"])
    monkeypatch.setenv("PATH", path)
    assert owscale_command("generate") == f"{expected} generate"


def test_module_is_named_with_its_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [f"{_generated.PACKAGE}/__main__.py", "check"])
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-m", "owscale", "check"])
    assert owscale_command("generate") == "python3 -m owscale generate"


def test_package_is_installed_for_this_owscale(monkeypatch: pytest.MonkeyPatch) -> None:
    assert install_command("boto3") == f"{shlex.quote(sys.executable)} -m pip install boto3"
    monkeypatch.setattr(sys, "prefix", "/opt/pipx/venvs/owscale")
    assert install_command("boto3") == "pipx inject owscale boto3"
