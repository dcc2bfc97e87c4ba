"""An emulated AWS and a server, on the loopback address."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator import aws
from tests.verify import webui
from tests.verify.stage import Stage


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    with aws.running() as url:
        yield url


@pytest.fixture
def open_webui() -> Iterator[webui.WebUI]:
    with webui.running() as server:
        yield server


@pytest.fixture
def stage(moto: str, open_webui: webui.WebUI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A deployment that passes, and an environment that leads to it and nowhere else."""
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
    return Stage(moto, open_webui, tmp_path)
