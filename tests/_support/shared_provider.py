"""One process of the AWS provider for all commands of Terraform in a test.

Otherwise each command starts one, builds its schema, and before that hashes its file of 700 MB, as `init` does. That
takes half of the processor time of a plan. https://developer.hashicorp.com/terraform/plugin/debugging
"""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from owscale.domain.terraform import TERRAFORM
from owscale.render.template_files import TEMPLATES
from owscale.terraform.provider_mirror import find_provider_mirror

VARIABLE = "TF_REATTACH_PROVIDERS"
_STARTED = re.compile(rf"{VARIABLE}='(.*)'")
_UNTIL_END_OF_STDIN = '"$0" -debug & read -r _; kill -INT $!; wait'
"""Ends the provider also where the process of the tests is killed."""
_VERSION = re.compile(r'version\s*= "([0-9.]+)"')


@contextmanager
def shared_provider() -> Iterator[None]:
    """Run the provider with the present environment variables, and tell Terraform to use it.

    `terraform init` does not install it then.
    """
    with running_provider() as value, pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, value)
        yield


@contextmanager
def running_provider() -> Iterator[str]:
    """Run the provider with the present environment variables, and yield the value of the variable for Terraform.

    It is empty without a mirror that has the provider unpacked: then each command starts one.
    """
    process = _start()
    if process is None:
        yield ""
        return
    assert process.stdout
    try:
        yield next(found[1] for found in map(_STARTED.search, process.stdout) if found)
    finally:
        process.communicate()


def _start() -> "subprocess.Popen[str] | None":
    version = _VERSION.search((TEMPLATES / ".terraform.lock.hcl.j2").read_text())
    assert version
    mirror = find_provider_mirror(TERRAFORM.registry, version[1].partition(".")[0])
    platform = json.loads(subprocess.check_output(["terraform", "version", "-json"]))["platform"]  # noqa: S607 -- as the tests find it
    pattern = f"{TERRAFORM.registry}/hashicorp/aws/{version[1]}/{platform}/terraform-provider-aws_*"
    binaries = sorted(mirror.glob(pattern)) if mirror else []
    if not binaries:
        return None
    command = ["sh", "-c", _UNTIL_END_OF_STDIN, str(binaries[0])]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, text=True)  # noqa: S603 -- the provider of the local mirror
