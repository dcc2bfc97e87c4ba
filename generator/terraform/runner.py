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
from owscale.domain.terraform import LOCK_FILE, product_of
from owscale.errors import OwscaleError
from owscale.fs.untrusted import MAX_OUTPUT_BYTES, read_untrusted
from owscale.terraform.provider_mirror import find_provider_mirror

_PROVIDER_MAJOR = re.compile(r'^\s*version\s*=\s*"~> (\d+)\.', re.MULTILINE)
_REQUIRED_VERSION = re.compile(r'^\s*required_version\s*=\s*">=\s*(\d+(?:\.\d+)*)"', re.MULTILINE)

# python-terraform reads a state file at the start and after each command, and fails if that is not JSON. No repository
# can contain a file at this path. No command of this module gets it as an option.
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
    """The terraform or tofu binary in one root module; `program` is its name, or its path.

    Raises OwscaleError if there is no such binary.
    """

    def __init__(self, root: Path, program: str = "terraform") -> None:
        self.program, self.product = program, product_of(program)
        binary = shutil.which(program)
        if binary is None:
            where = "is not executable, or does not exist" if os.sep in program else "is not on PATH"
            raise OwscaleError(f"{program} {where}", hint=f"install {self.product.requirement}")
        _ignore_missing_cli_config()
        self.root = root
        self._terraform = python_terraform.Terraform(
            working_dir=str(root), terraform_bin_path=os.path.abspath(binary), state=_NO_STATE_FILE
        )

    def run(self, command: str, *arguments: str) -> CommandOutput:
        """Run a command to its end; the caller handles an exit code other than 0."""
        try:
            code, stdout, stderr = self._terraform.cmd(command, *arguments, capture_output=True, raise_on_error=False)
        except OSError as error:  # such as a program for another processor
            problem = f"{self._place} cannot be run: {error.strerror}"
            raise OwscaleError(problem, hint=f"install {self.product.requirement}") from error
        except UnicodeDecodeError as error:
            problem = f"{self._place} prints no UTF-8, so it is not {self.product.name}"
            raise OwscaleError(problem, hint=f"install {self.product.requirement}") from error
        return CommandOutput(code, stdout, stderr)

    def init(self, *arguments: str) -> CommandOutput:
        """Run `terraform init`, with the local mirror of providers where this machine has one.

        It may write the lock file, but not change one.
        """
        major = _PROVIDER_MAJOR.search(self._versions())
        mirror = find_provider_mirror(self.product.registry, major[1] if major else "")
        options = [f"-plugin-dir={mirror}"] if mirror else []
        options += ["-lockfile=readonly"] if (self.root / LOCK_FILE).exists() else []
        return self.run("init", "-input=false", "-no-color", *options, *arguments)

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

        Raises OwscaleError if it cannot be read, or is older than `required_version` of the root module.
        """
        output = self.run("version", "-json")
        try:
            version = json.loads(output.stdout)["terraform_version"]
        except (ValueError, KeyError, TypeError):
            version = ""
        if not isinstance(version, str) or not (release := version_numbers(version)):
            printed = (output.stderr or output.stdout).strip()
            raise OwscaleError(
                f"{self._place} reports no version: {printed or 'no output'}",
                hint=f"install {self.product.requirement}",
            )
        minimum = _REQUIRED_VERSION.search(self._versions())  # any other form is left to Terraform itself
        if minimum and release < version_numbers(minimum[1]):
            raise OwscaleError(
                f"{self._place} is {version}; {self.root / 'versions.tf'} requires {minimum[1]} or newer",
                hint=f"install {self.product.name} {minimum[1]} or newer: {self.product.install_url}",
            )
        return version

    @property
    def _place(self) -> str:
        """The program, as a message names it."""
        return self.program if os.sep in self.program else f"{self.program} on PATH"

    def _versions(self) -> str:
        """Return the text of versions.tf; empty if it cannot be read."""
        try:
            return read_untrusted(self.root / "versions.tf", MAX_OUTPUT_BYTES).decode("utf-8", "replace")
        except (OSError, OwscaleError):
            return ""


def _ignore_missing_cli_config() -> None:
    """Keep Terraform from warning on stdout that the file of TF_CLI_CONFIG_FILE is missing."""
    config = os.environ.get("TF_CLI_CONFIG_FILE")
    if config and not Path(config).exists():
        os.environ["TF_CLI_CONFIG_FILE"] = os.devnull
