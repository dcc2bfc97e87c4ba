"""No output repeats a secret of a spec, wherever the spec has it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from owscale.cli.main import main
from owscale.domain.openwebui import variables
from tests._support.cases import PROJECT

PASSWORD = "EXAMPLE-" + "p4ssw0rd"
SECRET = f"postgresql://chat-of-a-team-with-a-long-name:{PASSWORD}@database.example.com:5432/{'chat' * 20}"
SPEC = yaml.safe_load((PROJECT / "tests/golden/everything/spec.yaml").read_text("utf-8"))


def text_paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from text_paths(item, (*path, key))


def with_value(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of the data with another value at a path."""
    if not path:
        return value
    items = dict(data) if isinstance(data, dict) else dict(enumerate(data))
    items[path[0]] = with_value(items[path[0]], path[1:], value)
    return items if isinstance(data, dict) else list(items.values())


def outputs(data: Any, folder: Path, capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    file = folder / "spec.yaml"
    file.write_text(yaml.safe_dump(data, width=1000), "utf-8")
    code = main([*command, "--spec", str(file), "--out", str(folder / "out")])
    return code, "".join(capsys.readouterr())


@pytest.mark.parametrize("path", list(text_paths(SPEC)), ids=lambda path: ".".join(map(str, path)))
def test_error_at_any_text_hides_the_secret(
    path: tuple[Any, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, output = outputs(with_value(SPEC, path, SECRET), tmp_path, capsys, "validate", "--color", "always")
    assert code == 1
    assert PASSWORD not in output
    assert "database.example.com" not in output or "***" in output


def test_rules_about_variables_hide_the_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [name for name, code in variables.details("rule").items() if code] + ["OAUTH_CLIENT_ID", "DB_PASSWORD"]
    data = with_value(SPEC, ("app", "environment"), dict.fromkeys(names, SECRET))
    for options in (["--color", "always"], *(["--format", name] for name in ("json", "sarif", "github"))):
        code, output = outputs(data, tmp_path, capsys, "validate", *options)
        assert code == 1
        assert PASSWORD not in output
        assert "S330" in output


def test_explain_and_generate_hide_the_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment = {"EXTRA_SETTING": SECRET, "DB_PASSWORD": PASSWORD}
    data = with_value(SPEC, ("app", "environment"), environment)
    for command in (["explain"], ["explain", "app.environment"], ["generate"], ["check"]):
        code, output = outputs(data, tmp_path, capsys, *command)
        assert code == (0 if command[1:] else 1)
        assert PASSWORD not in output
    assert not (tmp_path / "out").exists()


def test_secret_as_a_key_and_in_broken_yaml_is_hidden(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = with_value(SPEC, ("aws", "tags"), {f"https://chat:{PASSWORD}@example.com": "chat"})
    code, output = outputs(data, tmp_path, capsys, "validate", "--color", "always")
    assert (code, PASSWORD in output, "the key contains a secret" in output) == (1, False, True)
    file = tmp_path / "spec.yaml"
    file.write_text(f"name: chat\napp: {{environment: {{A: [{SECRET}, B: }}}}\n", "utf-8")
    assert main(["validate", "--color", "always", "--spec", str(file)]) == 1
    assert PASSWORD not in capsys.readouterr().err
