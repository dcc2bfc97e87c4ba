"""Every command of the documents can be pasted: shell, CLIs and the Terraform code beside it know every word."""

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise

import pytest

from owscale.cli.options import parse
from tests._support import aws_cli
from tests._support.documents import DOCUMENTS, Documents, parameters
from tests._support.shell import blocks, commands

TERRAFORM = {
    "force-unlock": {"-force"},
    "init": {"-input", "-reconfigure"},
    "output": {"-raw"},
    "providers": {"-platform"},
}
CURL = {
    "--connect-to": 1,
    "--header": 1,
    "--http1.1": 0,
    "--include": 0,
    "--insecure": 0,
    "--max-time": 1,
    "--no-buffer": 0,
    "--output": 1,
    "--show-error": 0,
    "--silent": 0,
    "--write-out": 1,
}
NAMES = {
    "--bucket",
    "--cluster",
    "--family-prefix",
    "--profile",
    "--region",
    "--replication-group-id",
    "--service",
    "--service-name",
    "--services",
    "--source-identifier",
    "--table-name",
}


@pytest.fixture(params=parameters())
def documents(request: pytest.FixtureRequest) -> Documents:
    deployment_documents: Documents = request.param
    return deployment_documents


def _commands(documents: Documents, program: str) -> Iterator[list[str]]:
    program_commands = [
        command
        for name in DOCUMENTS
        for block in blocks(documents.files[name], "bash")
        for command in commands(block)
        if command[0] == program
    ]
    assert program_commands
    yield from program_commands


def test_no_other_program_is_run(documents: Documents) -> None:
    allowed = {"aws", "curl", "date", "echo", "owscale", "python3", "terraform"}
    programs = {command[0] for block in blocks(documents.files["RUNBOOK.md"], "bash") for command in commands(block)}
    assert programs <= allowed


def test_bash_can_parse_every_block(documents: Documents) -> None:
    for block in blocks(documents.files["RUNBOOK.md"], "bash"):
        process = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)  # noqa: S607 -- of the system
        assert (process.returncode, process.stderr) == (0, ""), block


def test_every_block_is_marked_as_bash_without_placeholders(documents: Documents) -> None:
    text = documents.files["RUNBOOK.md"]
    assert set(re.findall(r"^ *```(\w*)$", text, re.MULTILINE)) == {"bash", ""}
    assert not re.search(r"<[a-z-]+>|YOUR_|…", "".join(blocks(text, "bash"))), "a placeholder cannot be pasted"


def test_aws_cli_accepts_its_commands(documents: Documents) -> None:
    for command in _commands(documents, "aws"):
        aws_cli.check(command)


def test_aws_commands_name_region_and_profile(documents: Documents) -> None:
    profile = documents.deployment.spec.aws.profile
    for command in _commands(documents, "aws"):
        assert "--region" in command or command[1] == "configure"
        assert ("--profile" in command) is (profile is not None)


def test_owscale_accepts_its_commands(documents: Documents) -> None:
    for _, *words in _commands(documents, "owscale"):
        if words == ["--version"]:
            continue
        options = parse(words).values
        assert str(options["spec"]) == documents.files["RUNBOOK.md"].splitlines()[0].split()[3]
        assert options.get("env") in (None, documents.deployment.environment)


def test_terraform_accepts_its_commands(documents: Documents) -> None:
    outputs = set(re.findall(r'^output "(\w+)"', documents.files["outputs.tf"], re.MULTILINE))
    for _, folder, action, *rest in _commands(documents, "terraform"):
        assert folder == f"-chdir=out/{documents.deployment.folder}"
        options = [word for word in rest if word.startswith("-")]
        assert {option.partition("=")[0] for option in options} <= TERRAFORM[action]
        if action == "output":
            assert set(rest) - set(options) <= outputs


def test_curl_accepts_its_commands(documents: Documents) -> None:
    for command in _commands(documents, "curl"):
        words = iter(command[1:])
        urls = []
        for word in words:
            if word.startswith("-"):
                assert word in CURL
                for _ in range(CURL[word]):
                    next(words)
            else:
                urls.append(word)
        assert len(urls) == 1
        assert urls[0].startswith(("http://", "https://"))


def test_commands_have_the_names_of_the_hcl(documents: Documents) -> None:
    spec = documents.deployment.spec
    for command in _commands(documents, "aws"):
        for option, value in pairwise(command):
            if option in NAMES:
                assert f'"{value}"' in documents.hcl, f"{option} {value}"
            if option in ("--resource-id", "--resource-ids"):
                kind, cluster, name = value.split("/")
                assert (kind, cluster) == ("service", spec.existing.cluster)
                assert f'"{name}"' in documents.hcl
