"""Help, usage errors with hints, and old names that still work."""

from collections.abc import Iterator

import pytest

from owscale.cli.main import main
from owscale.cli.options import options_for, parse
from owscale.cli.output import Output
from owscale.cli.parser import COMMANDS, Command

REQUIRED = {
    "completion": ["bash"],
    "diff": ["--base", "main"],
    "tf check-plan": ["plan.json"],
    "tf prove": ["plan.json"],
}
"""Arguments without which a command line is not complete."""


def commands(table: dict[str, Command] = COMMANDS, prefix: str = "") -> Iterator[tuple[str, Command]]:
    """Yield every command that can run, hidden ones too, by its words."""
    for name, command in table.items():
        if command.actions:
            yield from commands(command.actions, f"{name} ")
        else:
            yield f"{prefix}{name}", command


ALL = dict(commands())


def _exit(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    printed = capsys.readouterr()
    return exit_.value.code, printed.out, printed.err


# --- help ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["", "tf", *ALL])
def test_help_fits_80_columns(words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    exit_code, text, _ = _exit([*words.split(), "--help"], capsys)
    assert exit_code == 0
    assert text.startswith("usage: owscale")
    assert max(map(len, text.splitlines())) <= 80


def test_help_lists_every_command_but_the_hidden_ones(capsys: pytest.CaptureFixture[str]) -> None:
    for prefix, table in (([], COMMANDS), (["tf"], COMMANDS["tf"].actions)):
        text = _exit([*prefix, "--help"], capsys)[1]
        listed = [line.split()[0] for line in text.splitlines() if line.startswith("    ") and line[4] != " "]
        assert listed == [name for name, command in table.items() if not command.hidden]


def test_help_lists_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    text = _exit(["--help"], capsys)[1]
    codes = [line.split()[0] for line in text.partition("exit codes:\n")[2].splitlines()]
    assert codes == ["0", "1", "2", "3", "130", "141"]


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code, text, _ = _exit(["--version"], capsys)
    assert (exit_code, text.count(".")) == (0, 2)


# --- options ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ALL)
def test_options_of_every_command_come_from_its_parser(words: str) -> None:
    arguments = parse([*words.split(), *REQUIRED.get(words, [])])
    assert arguments.command is ALL[words]
    module = __import__(arguments.command.module, fromlist=["run"])
    options_for(module.run.__annotations__["options"], arguments.values, Output())


# --- usage errors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["generete"], "owscale: unknown command: generete", "did you mean generate?"),
        (["xyz"], "owscale: unknown command: xyz", "use one of init, generate, check, validate,"),
        (["prove"], "owscale: unknown command: prove", "use one of init"),
        (["tf", "aply"], "owscale tf: unknown action: aply", "did you mean apply?"),
        (["plan"], "owscale: unknown command: plan", "did you mean `owscale tf plan`?"),
        (["destory"], "owscale: unknown command: destory", "did you mean `owscale tf destroy`?"),
        (["--verison"], "owscale: unknown argument: --verison", "did you mean --version?"),
        (["tf", "--foo"], "owscale tf: unknown argument: --foo", "run `owscale tf --help`"),
        (["check", "spec.yaml"], "owscale check: unknown argument: spec.yaml", "name a spec with `--spec PATH`"),
        (
            ["tf", "plan", "production"],
            "owscale tf plan: unknown argument: production",
            "name an environment with `--env NAME`, or a spec with `--spec PATH`",
        ),
        (
            ["explain", "S351", "S352"],
            "owscale explain: unknown argument: S352",
            "write one explain command for each",
        ),
        (["verify", "--spec"], "owscale verify: --spec: expected one argument", "run `owscale verify --help`"),
        (["generate", "--dryrun"], "owscale generate: unknown argument: --dryrun", "did you mean --dry-run?"),
        (
            ["tf", "check-plan", "plan.json", "--ass"],
            "owscale tf check-plan: unknown argument: --ass",
            "run `owscale tf check-plan --help`",
        ),
        (["tf", "plan", "--bse=x"], "owscale tf plan: unknown argument: --bse=x", "did you mean --base?"),
        (["init", ".", "xyz"], "owscale init: unknown argument: xyz", "run `owscale init --help`"),
        (["check", "--color", "nver"], "owscale check: --color: unknown value: nver", "did you mean never?"),
        (
            ["cost", "--output-format", "sarif"],
            "owscale cost: --output-format: unknown value: sarif",
            "use one of text, markdown, json",
        ),
        ([], "owscale: COMMAND is missing", "run `owscale --help`"),
        (["tf"], "owscale tf: ACTION is missing", "run `owscale tf --help`"),
        (
            ["check", "--lock-timeout", "86401"],
            "owscale check: --lock-timeout: must be 0 to 86400 seconds",
            "run `owscale check --help`",
        ),
        (["gener\x1b[31m\nate"], "owscale: unknown command: gener\ufffd[31m\ufffdate", "did you mean generate?"),
    ],
)
def test_usage_error_has_a_hint(
    arguments: list[str], message: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code, text, errors = _exit(arguments, capsys)
    assert (exit_code, text) == (2, "")
    assert errors.startswith("usage: ")
    last_lines = errors.splitlines()[-2:]
    assert last_lines[0] == message
    assert last_lines[1].startswith(f"  hint: {hint}")


# --- old names ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("check --format json", ("diagnostics_format", "json")),
        ("check --output-format json", ("diagnostics_format", "json")),
        ("explain --format github", ("diagnostics_format", "github")),
        ("cost --format sarif", ("diagnostics_format", "sarif")),
        ("cost --output-format json", ("output_format", "json")),
        ("cost --as markdown", ("output_format", "markdown")),
        ("diff --base main --as json", ("output_format", "json")),
        ("tf plan --as markdown", ("output_format", "markdown")),
        ("tf output --as json", ("output_format", "json")),
        ("tf status --as json", ("output_format", "json")),
        ("tf prove plan.json --as json", ("output_format", "json")),
        ("verify --json", ("output_format", "json")),
    ],
)
def test_old_option_has_the_effect_of_the_new_one(words: str, value: tuple[str, str]) -> None:
    values = parse(words.split()).values
    assert values[value[0]] == value[1]
    other = {"diagnostics_format", "output_format"} - {value[0]}
    assert {values.get(name, "text") for name in other} == {"text"}


@pytest.mark.parametrize(
    ("words", "notes"),
    [
        ("check", []),
        ("tf check-plan plan.json --output-format json", []),
        ("check --format json", ["--format is deprecated: use --output-format"]),
        ("verify --json", ["--json is deprecated: use --output-format"]),
        ("cost --as json", ["--as is deprecated: use --output-format"]),
        ("cost --format json", ["--format is deprecated: use `owscale validate --output-format` for diagnostics"]),
        ("reference", ["`owscale reference` is deprecated: use `owscale update-reference`"]),
        (
            "tf prove plan.json --as json",
            [
                "`owscale tf prove` is deprecated: use `owscale tf check-plan`",
                "--as is deprecated: use --output-format",
            ],
        ),
    ],
)
def test_old_name_has_a_note(words: str, notes: list[str]) -> None:
    assert list(parse(words.split()).values["notes"]) == notes
