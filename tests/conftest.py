"""What several folders of tests share."""

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def terraform() -> str:
    """The path of the terraform binary; without it these tests fail in CI and are skipped elsewhere."""
    binary = shutil.which("terraform")
    if binary is None:
        message = "terraform is not on PATH: https://developer.hashicorp.com/terraform/install"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)  # a newcomer without Terraform can still run the other tests
    return binary
