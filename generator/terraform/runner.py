"""Run the terraform binary through python-terraform (docs/adr/0014-python-terraform.md)."""

import json
import logging
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import python_terraform

from owscale.console.versions import version_numbers
from owscale.errors import OwscaleError
from owscale.fs.untrusted import MAX_OUTPUT_BYTES, read_untrusted
from owscale.terraform.provider_mirror import find_provider_mirror

_INSTALL_URL = "https://developer.hashicorp.com/terraform/install"
_REQUIRED_VERSION = re.compile(r'^\s*required_version\s*=\s*">=\s*(\d+(?:\.\d+)*)"', re.MULTILINE)

# python-terraform reads a state file at the start and after each command, and fails if that is not JSON. Nothing can be
# at this path, whatever a repository contains. No command of this module gets it as an option.
_NO_STATE_FILE = f"{os.devnull}/no-state-file"

# python-terraform logs the output of every command, which may contain secret values.
logging.getLogger("python_terraform").disabled = True


@dataclass(frozen=True)
class CommandOutput:
    """The exit code and the output of a command."""

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
            raise OwscaleError("terraform is not on PATH", hint=f"install Terraform 1.11 or newer: {_INSTALL_URL}")
        _ignore_missing_cli_config()
        self.root = root
        self._terraform = python_terraform.Terraform(
            working_dir=str(root), terraform_bin_path=binary, state=_NO_STATE_FILE
        )

    def run(self, command: str, *arguments: str) -> CommandOutput:
        """Run a command to its end; the caller handles an exit code other than 0."""
        code, stdout, stderr = self._terraform.cmd(command, *arguments, capture_output=True, raise_on_error=False)
        return CommandOutput(code, stdout, stderr)

    def init(self, *arguments: str) -> CommandOutput:
        """Run `terraform init`, with the local mirror of providers where this machine has one."""
        mirror = find_provider_mirror()
        return self.run("init", "-input=false", *([f"-plugin-dir={mirror}"] if mirror else []), *arguments)

    def start(self, command: str, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command whose output, with stderr in stdout, is read while it runs.

        The process has a process group of its own, and so gets only the signals that owscale sends. A terminal sends
        Ctrl-C to a whole group, and a second Ctrl-C makes Terraform abandon the steps that it started.
        """
        return subprocess.Popen(  # noqa: S603 -- Terraform, with arguments of owscale
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
        """Return the version of the binary, such as 1.11.4.

        Raises OwscaleError where it cannot be read, or is older than `required_version` of the root module.
        """
        output = self.run("version", "-json")
        try:
            version = json.loads(output.stdout)["terraform_version"]
        except (ValueError, KeyError, TypeError):
            version = ""
        if not isinstance(version, str) or not (release := version_numbers(version)):
            printed = (output.stderr or output.stdout).strip()
            raise OwscaleError(
                f"terraform on PATH reports no version: {printed or 'no output'}",
                hint=f"install Terraform 1.11 or newer: {_INSTALL_URL}",
            )
        required = self._required_version()
        if required and release < version_numbers(required):
            raise OwscaleError(
                f"terraform on PATH is {version}; {self.root / 'versions.tf'} requires {required} or newer",
                hint=f"install Terraform {required} or newer: {_INSTALL_URL}",
            )
        return version

    def _required_version(self) -> str:
        """Return the minimum of versions.tf; empty where it has another form, which Terraform itself then checks."""
        try:
            content = read_untrusted(self.root / "versions.tf", MAX_OUTPUT_BYTES)
        except (OSError, OwscaleError):
            return ""
        match = _REQUIRED_VERSION.search(content.decode("utf-8", "replace"))
        return match[1] if match else ""


def _ignore_missing_cli_config() -> None:
    """Keep Terraform from warning on stdout that the file of TF_CLI_CONFIG_FILE is missing."""
    config = os.environ.get("TF_CLI_CONFIG_FILE")
    if config and not Path(config).exists():
        os.environ["TF_CLI_CONFIG_FILE"] = os.devnull
