"""Terraform, through python-terraform: the only module that imports it."""

import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import python_terraform

from generator.errors import OwscaleError

_PROVIDER = "registry.terraform.io/hashicorp/aws"

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
            raise OwscaleError(
                "terraform is not on PATH\n  hint: install Terraform 1.11 or newer: "
                "https://developer.hashicorp.com/terraform/install"
            )
        _leave_out_missing_configuration()
        self._terraform = python_terraform.Terraform(working_dir=str(root), terraform_bin_path=binary)

    def run(self, command: str, *arguments: str) -> Result:
        """Runs one command to its end; its output is kept, and an exit code that is not 0 is no exception."""
        code, stdout, stderr = self._terraform.cmd(command, *arguments, capture_output=True, raise_on_error=False)
        return Result(code, stdout, stderr)

    def init(self, *arguments: str) -> Result:
        """`terraform init`, with the providers of a local mirror where this machine has one."""
        mirror = provider_mirror()
        return self.run("init", "-input=false", *([f"-plugin-dir={mirror}"] if mirror else []), *arguments)


def provider_mirror() -> Path | None:
    """The first folder that holds the AWS provider; None leaves the search to Terraform and its registry.

    Looked through: TF_PLUGIN_DIR, the folders that Terraform itself implies
    (https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories), and /opt/*.
    """
    data = os.environ.get("XDG_DATA_HOME", "~/.local/share")
    named = os.environ.get("TF_PLUGIN_DIR")
    folders = [
        *([Path(named)] if named else []),
        Path("~/.terraform.d/plugins").expanduser(),
        Path(data, "terraform/plugins").expanduser(),
        Path("/usr/local/share/terraform/plugins"),
        Path("/usr/share/terraform/plugins"),
        *sorted(Path("/opt").glob("*")),
    ]
    return next((folder for folder in folders if (folder / _PROVIDER).is_dir()), None)


def _leave_out_missing_configuration() -> None:
    """TF_CLI_CONFIG_FILE may name a file that is not there, and Terraform then warns on each command's stdout."""
    configuration = os.environ.get("TF_CLI_CONFIG_FILE")
    if configuration and not Path(configuration).exists():
        os.environ["TF_CLI_CONFIG_FILE"] = os.devnull
