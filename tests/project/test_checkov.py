"""checkov finds nothing in the committed Terraform, except skipped findings with a reason beside the resource."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from owscale.domain.openwebui.environment import has_tls_proxy
from tests._support.cases import PROJECT, Case, cases

PYTHON = PROJECT / ".venv/checkov/bin/python"


def test_checkov_finds_nothing(tmp_path: Path) -> None:
    """One run for copies of all trees, because the start of checkov takes longest."""
    if not PYTHON.exists():
        if os.environ.get("CI"):
            pytest.fail("checkov is not installed: `make test` installs it")
        pytest.skip("checkov is not installed: `make test` installs it")
    trees = [case for case in cases() if case.name != "minimal"]
    for case in trees:
        shutil.copytree(case.out, tmp_path / case.name, ignore=shutil.ignore_patterns(".terraform"))
    command = [str(PYTHON), "-m", "checkov.main", "--directory", str(tmp_path), "--framework", "terraform"]
    command += ["--skip-download", "--compact", "--quiet", "--output", "json"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- a program that make installed
    report: dict[str, Any] = json.loads(result.stdout)
    failed = [
        (check["check_id"], check["resource"], check["file_path"]) for check in report["results"]["failed_checks"]
    ]
    assert sorted(failed) == sorted(finding for case in trees for finding in _without_tls(case))
    assert report["summary"]["passed"] > 100 * len(trees)


def _without_tls(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield the findings of deployments without TLS: no comment skips a true finding."""
    listener, balancer = "module.load_balancer.aws_lb_listener.http", "module.load_balancer.aws_lb.this"
    for deployment in case.deployments():
        if deployment.spec.existing.certificate_arn is None and not has_tls_proxy(deployment.spec):
            file = f"/{case.name}/{deployment.folder}/modules/load_balancer/main.tf"
            yield from ((check, listener, file) for check in ("CKV_AWS_103", "CKV_AWS_2"))
            yield "CKV2_AWS_20", balancer, file


def test_every_skip_has_a_reason() -> None:
    skips = [
        match
        for template in Path(PROJECT / "templates").rglob("*.j2")
        for match in re.findall(r"#checkov:skip=([^:\n]*):?(.*)", template.read_text())
    ]
    assert skips
    for check, reason in skips:
        assert re.fullmatch(r"CKV2?_AWS_\d+", check)
        assert len(reason.split()) >= 4, check
