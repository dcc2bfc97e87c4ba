"""`owscale init --from-aws` on different accounts: the spec, the report, and the diagnostics of the spec."""

import functools
import io
import re
import tempfile
from pathlib import Path

import jmespath
import pytest

from owscale.discovery.aws_reader import CALLS
from owscale.discovery.spec_check import check_text
from tests._support import aws_cli
from tests._support.discovery.account_parts import emulated_aws
from tests._support.discovery.accounts import ACCOUNTS, API_KEY, HOSTILE, complete, other_app, plain_secrets
from tests._support.discovery.expected import COMMAND, EXPECTED
from tests._support.discovery.init_run import InitRun, init_from_aws
from tests._support.emulator.command_run import owscale
from tests._support.placeholders import filled_in
from tests._support.shell import commands

_folders = tempfile.TemporaryDirectory()


@functools.cache
def run_of(name: str) -> InitRun:
    """Run the command once for all tests of an account."""
    folder = Path(_folders.name) / name
    with emulated_aws():
        return init_from_aws(ACCOUNTS[name](), folder)


each_account = pytest.mark.parametrize("name", ACCOUNTS)


@each_account
def test_spec_and_report_are_right(name: str) -> None:
    run = run_of(name)
    assert run.run.code == 0, run.run.err
    assert run.run.err == ""
    for file, text in (("spec.yaml", run.spec), ("report.txt", run.report)):
        expected = (EXPECTED / name / file).read_text(encoding="utf-8")
        assert text == expected, f"renew it with `{COMMAND}`, and look at the difference"


@each_account
def test_only_the_open_values_are_errors(name: str) -> None:
    run = run_of(name)
    assert run.checked.errors == ()
    named = {re.sub(r"\[\d+\]$", "", each.path) for each in run.checked.placeholders}
    assert {key for key in named if not any(key.startswith(each) for each in run.open_keys)} == set()
    assert {key for key in run.open_keys if not any(each.startswith(key) for each in named)} == set()


@each_account
def test_filled_in_spec_has_no_errors(name: str) -> None:
    checked = check_text(filled_in(run_of(name).spec), "spec.yaml")
    assert (checked.errors, checked.placeholders) == ((), ())


@pytest.mark.parametrize("name", ["complete", "hostile"])
def test_filled_in_spec_generates(name: str, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(filled_in(run_of(name).spec), encoding="utf-8")
    run = owscale("generate", "--spec", str(spec), "--out", str(tmp_path / "out"))
    assert run.code == 0, run.err


@each_account
def test_only_listed_calls_are_made(name: str) -> None:
    assert run_of(name).calls - {*CALLS, "sts:GetCallerIdentity"} == set()


@each_account
def test_each_value_has_its_origin(name: str) -> None:
    spec = run_of(name).spec
    for line in spec.partition("\nexisting:")[2].partition("\napp:")[0].splitlines():
        key, colon, value = line.partition(": ")
        if colon and not key.strip().startswith("#") and not value.startswith("{"):
            position = spec.splitlines().index(line)
            assert " # " in line or "#" in spec.splitlines()[position - 1], line


def test_every_call_is_needed() -> None:
    made = frozenset[str]().union(*(run_of(name).calls for name in ACCOUNTS))
    assert {*CALLS} - made == {"ecs:ListServices"}, "which is called for a service that does not exist"


@pytest.mark.usefixtures("emulated")
def test_account_is_not_changed(tmp_path: Path) -> None:
    aws = complete()
    before = [aws.client("ecs").describe_services(cluster="prod", services=["webui3"])["services"]]
    run = init_from_aws(aws, tmp_path)
    assert before == [aws.client("ecs").describe_services(cluster="prod", services=["webui3"])["services"]]
    assert all(re.match(r"[a-z0-9-]+:(Describe|Get|List)", name) for name in run.calls)


def test_secrets_are_neither_written_nor_printed() -> None:
    run = run_of("plain_secrets")
    for secret in (API_KEY, "EXAMPLE-password", "EXAMPLE" * 4, "EXAMPLE0", "correct horse", "never-to-be-read"):
        assert secret not in run.everything
    assert "never-to-be-read" not in run_of("complete").everything


@pytest.mark.usefixtures("emulated")
def test_printed_command_finds_the_value_of_a_variable(tmp_path: Path) -> None:
    aws = plain_secrets()
    run = init_from_aws(aws, tmp_path)
    [command] = [line for line in run.spec.splitlines() if "create-secret --name company-chat/OPENAI_API_KEY" in line]
    match = re.search(r'--task-definition (\S+) --query "([^"]+)" --output text --region eu-west-1\)" \| aws', command)
    assert match
    definition = aws.client("ecs").describe_task_definition(taskDefinition=match[1])
    assert jmespath.search(match[2], definition) == API_KEY


@pytest.mark.parametrize("folder", sorted(EXPECTED.iterdir()), ids=lambda folder: folder.name)
def test_aws_cli_accepts_the_commands_in_comments(folder: Path) -> None:
    lines = (folder / "spec.yaml").read_text(encoding="utf-8").splitlines()
    scripts = [line.partition("#   ")[2] for line in lines if "#   " in line]
    assert scripts or folder.name == "complete"
    for script in scripts:
        calls = [words for words in commands(script) if words[0] == "aws"]
        assert calls, script
        for words in calls:
            aws_cli.check(words)


def test_profile_is_in_the_spec_and_in_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text("[profile platform]\naws_access_key_id = test\naws_secret_access_key = test\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    with emulated_aws():
        run = init_from_aws(plain_secrets(), tmp_path / "new", "--profile", "platform")
    assert "  profile: platform # --profile\n" in run.spec
    commands = [line for line in run.spec.splitlines() if "create-secret" in line]
    assert all(line.count("--profile platform") >= 1 for line in commands)


def test_region_is_that_of_the_option() -> None:
    run = run_of("other_region")
    assert "  region: us-east-1 " in run.spec
    assert ":v0.9.6 " in run.spec
    assert "eu-west-1" not in run.everything.replace("such as eu-west-1", "")


@pytest.mark.usefixtures("emulated")
def test_missing_region_is_an_error(tmp_path: Path) -> None:
    run = owscale("init", str(tmp_path), "--from-aws", "--cluster", "prod", "--service", "webui3")
    assert run.code == 1
    assert run.err == (
        "no AWS region is set for these credentials\n"
        "  hint: add `--region REGION`, such as us-east-1, or set AWS_DEFAULT_REGION\n"
    )


@pytest.mark.usefixtures("emulated")
def test_another_application_is_an_error(tmp_path: Path) -> None:
    aws = other_app()
    run = init_from_aws(aws, tmp_path)
    assert run.run.code == 1
    assert "service webui3: no container looks like Open WebUI; there are: web\n" in run.run.err
    assert list(tmp_path.iterdir()) == []
    assert init_from_aws(aws, tmp_path, "--container", "web").run.code == 0
    assert "no container api; there are: web\n" in init_from_aws(aws, tmp_path / "2", "--container", "api").run.err


@pytest.mark.usefixtures("emulated")
def test_missing_service_is_an_error(tmp_path: Path) -> None:
    aws = other_app()
    source = ("--from-aws", "--region", aws.region, "--cluster")
    run = owscale("init", str(tmp_path), *source, "prod", "--service", "webui4")
    assert run.code == 1
    assert run.err == "no active service webui4 in the cluster prod in eu-west-1\n  hint: did you mean webui3?\n"
    run = owscale("init", str(tmp_path), *source, "test", "--service", "webui3")
    assert run.code == 1
    assert "ecs:DescribeServices: not found: Cluster not found.\n  hint: check `--cluster`" in run.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("emulated")
def test_database_can_be_named(tmp_path: Path) -> None:
    aws = ACCOUNTS["several_databases"]()
    run = init_from_aws(aws, tmp_path / "1", "--database", "chat")
    assert "# RDS instance chat, db.t4g.medium; this group admits the tasks\n" in run.spec
    assert "max_connections: 419\n" in run.spec
    run = init_from_aws(aws, tmp_path / "2", "--database", "chatt")
    assert run.run.code == 1
    assert "not among the databases that admit the tasks: chat, reports\n  hint: did you mean chat?" in run.run.err


@pytest.mark.usefixtures("emulated")
def test_arns_are_names_too(tmp_path: Path) -> None:
    aws = ACCOUNTS["own_postgresql"]()
    [cluster] = aws.client("ecs").list_clusters()["clusterArns"]
    [service] = aws.client("ecs").list_services(cluster=cluster)["serviceArns"]
    source = ("--from-aws", "--region", aws.region, "--cluster", cluster, "--service", service)
    assert owscale("init", str(tmp_path), "--name", "company-chat", *source).code == 0
    assert (tmp_path / "spec/spec.yaml").read_text() == (EXPECTED / "own_postgresql/spec.yaml").read_text()


@pytest.mark.usefixtures("emulated")
def test_terminal_can_name_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO("company-terraform-states\nchat\n")  # and the end of the input
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    run = init_from_aws(ACCOUNTS["several_databases"](), tmp_path)
    assert "several databases admit the tasks: sg-" in run.run.err
    assert "bucket: company-terraform-states # given\n" in run.spec
    assert "# RDS instance chat, db.t4g.medium; this group admits the tasks\n" in run.spec
    assert "existing.database.max_connections" not in run.open_keys


def test_hostile_texts_keep_their_values() -> None:
    run = run_of("hostile")
    deployment = run.checked.deployment
    assert deployment
    given = {name: value for name, value in HOSTILE.items() if name != "NOTE_ESCAPE"}
    assert dict(deployment.spec.app.environment) == given
    assert "app.environment.NOTE_ESCAPE\n    contains the invisible character U+0007 [S106]" in run.report
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", run.everything)
