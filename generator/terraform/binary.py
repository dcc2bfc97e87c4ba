"""The terraform binary, through python-terraform: the only module that imports it."""

import json
import logging
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import python_terraform

from generator.errors import OwscaleError
from generator.terraform.mirror import provider_mirror

_INSTALL = "https://developer.hashicorp.com/terraform/install"
_REQUIRED = re.compile(r'^\s*required_version\s*=\s*">=\s*([\d.]+)"', re.MULTILINE)

# python-terraform logs all that a command printed, at levels that reach the terminal.
logging.getLogger("python_terraform").disabled = True


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


class Terraform:
    """The terraform binary in one root module.

    Raises OwscaleError where there is no binary on PATH.
    """

    def __init__(self, root: Path) -> None:
        binary = shutil.which("terraform")
        if binary is None:
            raise OwscaleError(f"terraform is not on PATH\n  hint: install Terraform 1.11 or newer: {_INSTALL}")
        _leave_out_missing_configuration()
        self.root = root
        self._terraform = python_terraform.Terraform(working_dir=str(root), terraform_bin_path=binary)

    def run(self, command: str, *arguments: str) -> Result:
        """Runs one command to its end; its output is kept, and an exit code that is not 0 is no exception."""
        code, stdout, stderr = self._terraform.cmd(command, *arguments, capture_output=True, raise_on_error=False)
        return Result(code, stdout, stderr)

    def init(self, *arguments: str) -> Result:
        """`terraform init`, with the providers of a local mirror where this machine has one."""
        mirror = provider_mirror()
        return self.run("init", "-input=false", *([f"-plugin-dir={mirror}"] if mirror else []), *arguments)

    def start(self, command: str, *arguments: str) -> "subprocess.Popen[str]":
        """Begins a command whose output is read while it runs; what it says on stderr stands in it too.

        The process has a group of its own. A Ctrl-C in a terminal goes to a whole group, and a second one makes
        Terraform drop what it is doing: so it gets the signals that owscale sends it, and no other.
        """
        return subprocess.Popen(  # noqa: S603 -- Terraform, with arguments of our own
            self._terraform.generate_cmd_string(command, *arguments),
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            process_group=0,
        )

    def version(self) -> str:
        """The version of the binary, such as 1.11.4. Raises OwscaleError where it is older than the root requires."""
        asked = self.run("version", "-json")
        try:
            version: str = json.loads(asked.stdout)["terraform_version"]
        except (ValueError, KeyError, TypeError):
            said = (asked.stderr or asked.stdout).strip()
            raise OwscaleError(
                f"terraform on PATH does not tell its version: {said or 'it says nothing'}\n"
                f"  hint: it must be Terraform 1.11 or newer: {_INSTALL}"
            ) from None
        required = self._required()
        if _numbers(version) < _numbers(required):
            raise OwscaleError(
                f"terraform on PATH is {version}, and {self.root / 'versions.tf'} requires {required} or newer\n"
                f"  hint: install that, or a newer one: {_INSTALL}"
            )
        return version

    def _required(self) -> str:
        """What versions.tf asks for; nothing where it says it otherwise, and Terraform itself compares."""
        try:
            found = _REQUIRED.search((self.root / "versions.tf").read_text(encoding="utf-8"))
        except OSError:
            return ""
        return found[1] if found else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version.partition("-")[0]))


def _leave_out_missing_configuration() -> None:
    """TF_CLI_CONFIG_FILE may name a file that is not there, and Terraform then warns on each command's stdout."""
    configuration = os.environ.get("TF_CLI_CONFIG_FILE")
    if configuration and not Path(configuration).exists():
        os.environ["TF_CLI_CONFIG_FILE"] = os.devnull
