"""An emulated AWS and an Open WebUI server, both on the loopback address."""

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.loaders import create_loader

from tests._support import webui_server
from tests._support.applied_deployment import AppliedDeployment
from tests._support.emulator import server


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """Run the emulator; all sessions of boto3 read the descriptions of the APIs only once, which takes longest."""
    with server.running() as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", functools.cache(create_loader))
        yield url


@pytest.fixture
def webui() -> Iterator[webui_server.WebUI]:
    with webui_server.running() as webui:
        yield webui


@pytest.fixture
def applied(
    moto: str,
    webui: webui_server.WebUI,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AppliedDeployment:
    """Return a deployment that passes all checks; its AWS calls reach the emulator alone."""
    for variable, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": moto,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(variable, value)
    for variable in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "TF_VAR_aws_profile"):
        monkeypatch.delenv(variable, raising=False)
    return AppliedDeployment(moto, webui, tmp_path, capsys)
