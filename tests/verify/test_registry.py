"""The selection of checks."""

import subprocess
import sys

import pytest

from tests._support.applied_deployment import AppliedDeployment
from tests._support.cases import PROJECT


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "htp"], "--only htp: no such check or group\n  hint: did you mean http?"),
        (
            ["--only", "qqqq"],
            "--only qqqq: no such check or group\n  hint: choose one of the groups http, service, existing, targets, ",
        ),
        (["--only", "http", "--skip", "http"], "--only and --skip leave no check\n  hint: "),
    ],
)
def test_wrong_selection_is_a_usage_error(applied: AppliedDeployment, arguments: list[str], message: str) -> None:
    assert applied.verify(*arguments) == 2
    assert message in applied.stderr


def test_http_checks_need_no_boto3(applied: AppliedDeployment) -> None:
    applied.verify()  # writes the files
    program = "import sys; sys.modules['boto3'] = None; from owscale.cli.main import main; sys.exit(main())"
    options = ("verify", *applied.files, "--address", applied.webui.url, "--timeout", "0")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 -- the project's own program
            [sys.executable, "-c", program, *options, *arguments],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )

    every_check = run()
    assert every_check.returncode == 1
    assert "boto3 is not installed; these checks need it to call AWS" in every_check.stderr
    assert "-m pip install boto3`" in every_check.stderr
    assert run("--only", "http").returncode == 0
