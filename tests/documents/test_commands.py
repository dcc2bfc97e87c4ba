"""Every command of the documents can be pasted: the shell, the CLIs and the Terraform beside them know all of it."""

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise

import pytest

from generator.options import parsed
from tests.documents import aws_cli
from tests.documents.cases import DOCUMENTS, Documents, parameters
from tests.documents.shell import blocks, commands

TERRAFORM = {
    "apply": {"-target"},
    "force-unlock": {"-force"},
    "init": {"-input", "-reconfigure"},
    "output": {"-raw"},
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
    found: Documents = request.param
    return found


def _commands(documents: Documents, program: str) -> Iterator[list[str]]:
    found = [
        command
        for name in DOCUMENTS
        for block in blocks(documents.files[name], "bash")
        for command in commands(block)
        if command[0] == program
    ]
    assert found
    yield from found


def test_no_other_program_is_called(documents: Documents) -> None:
    known = {"aws", "curl", "date", "echo", "owscale", "python3", "terraform"}
    called = {command[0] for block in blocks(documents.files["RUNBOOK.md"], "bash") for command in commands(block)}
    assert called <= known


def test_bash_reads_every_block(documents: Documents) -> None:
    for block in blocks(documents.files["RUNBOOK.md"], "bash"):
        read = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)  # noqa: S607 -- the machine's
        assert (read.returncode, read.stderr) == (0, ""), block


def test_every_block_of_commands_says_that_it_is_one(documents: Documents) -> None:
    text = documents.files["RUNBOOK.md"]
    assert set(re.findall(r"^ *```(\w*)$", text, re.MULTILINE)) == {"bash", ""}
    assert not re.search(r"<[a-z-]+>|YOUR_|…", "".join(blocks(text, "bash"))), "a placeholder cannot be pasted"


def test_aws(documents: Documents) -> None:
    for command in _commands(documents, "aws"):
        aws_cli.check(command)


def test_aws_commands_name_region_and_profile(documents: Documents) -> None:
    profile = documents.deployment.spec.aws.profile
    for command in _commands(documents, "aws"):
        assert "--region" in command or command[1] == "configure"
        assert ("--profile" in command) is (profile is not None)


def test_owscale(documents: Documents) -> None:
    for _, *words in _commands(documents, "owscale"):
        options = parsed(words)
        assert str(options.spec) == documents.files["RUNBOOK.md"].splitlines()[0].split()[3]
        assert getattr(options, "env", None) in (None, documents.deployment.environment)


def test_terraform(documents: Documents) -> None:
    outputs = set(re.findall(r'^output "(\w+)"', documents.files["outputs.tf"], re.MULTILINE))
    for _, folder, action, *rest in _commands(documents, "terraform"):
        assert folder == f"-chdir=out/{documents.deployment.folder}"
        options = [word for word in rest if word.startswith("-")]
        assert {option.partition("=")[0] for option in options} <= TERRAFORM[action]
        if action == "output":
            assert set(rest) - set(options) <= outputs
        for target in (option.partition("=")[2] for option in options if option.startswith("-target=")):
            module, kind, name = target.removeprefix("module.").split(".")
            files = (text for path, text in documents.files.items() if path.startswith(f"modules/{module}/"))
            assert f'resource "{kind}" "{name}"' in "\n".join(files)


def test_curl(documents: Documents) -> None:
    for command in _commands(documents, "curl"):
        words = iter(command[1:])
        plain = []
        for word in words:
            if word.startswith("-"):
                assert word in CURL
                for _ in range(CURL[word]):
                    next(words)
            else:
                plain.append(word)
        assert len(plain) == 1
        assert plain[0].startswith(("http://", "https://"))


def test_names_are_those_of_the_terraform(documents: Documents) -> None:
    spec = documents.deployment.spec
    for command in _commands(documents, "aws"):
        for option, value in pairwise(command):
            if option in NAMES:
                assert f'"{value}"' in documents.hcl, f"{option} {value}"
            if option in ("--resource-id", "--resource-ids"):
                kind, cluster, name = value.split("/")
                assert (kind, cluster) == ("service", spec.existing.cluster)
                assert f'"{name}"' in documents.hcl
