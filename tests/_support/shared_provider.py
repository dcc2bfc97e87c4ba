"""One process of the AWS provider for all commands of Terraform in a test.

Otherwise each command starts one, builds its schema, and before that hashes its file of 700 MB, as `init` does. That
takes half of the processor time of a plan. https://developer.hashicorp.com/terraform/plugin/debugging

A relay before it leaves out of the schema the types that no test uses. Each command of Terraform decodes the schema,
which takes one second of processor time with all types and 0.1 seconds with these.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from owscale.domain.terraform import TERRAFORM
from owscale.render.template_files import TEMPLATES
from owscale.terraform.provider_mirror import find_provider_mirror
from tests._support.provider_schema import template_types

VARIABLE = "TF_REATTACH_PROVIDERS"
TYPES_OF_TESTS = ("aws_ec2_tag", "aws_route53_record", "aws_wafv2_web_acl_association")
"""Types that the tests use besides those of the templates."""
_RELAY = Path(__file__).with_name("provider_relay.py")
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
        value = process.stdout.readline().strip()
        assert value, "the relay ended"
        yield value
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
    types = {*TYPES_OF_TESTS}.union(*template_types().values())
    command = [sys.executable, str(_RELAY), str(binaries[0]), *sorted(types)]
    pipe = subprocess.PIPE
    # Ctrl-C does not reach the relay, which ends with this process.
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True)  # noqa: S603 -- of this repository
