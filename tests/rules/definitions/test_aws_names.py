"""ARNs of another account or region (S205)."""

from pathlib import Path

import pytest

from owscale.cli.main import main
from tests._support.cases import GOLDEN

SPEC = (GOLDEN / "minimal/spec.yaml").read_text().replace("small}", "small, nodes: 2}")
IMAGE = "image: ghcr.io/open-webui/open-webui:v0.12.4"


@pytest.mark.parametrize("image", ["arn:x", "arn:aws:ecs:x", "arn:1/b:v0.12.4"])
def test_image_that_starts_like_an_arn_is_not_checked_as_one(
    tmp_path: Path, image: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC.replace("ghcr.io/open-webui/open-webui:v0.12.4", f'"{image}"'))
    assert main(["validate", "--spec", str(spec)]) in (0, 1)
    assert "[S205]" not in capsys.readouterr().err


@pytest.mark.parametrize("text", ["arn:", "arn:aws", "arn:aws:bedrock:us-east-1:444455556666:inference-profile/x"])
def test_arn_in_an_environment_variable_can_be_of_any_account(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC.replace(IMAGE, f'{IMAGE}, environment: {{MODEL: "{text}"}}'))
    assert main(["validate", "--spec", str(spec)]) == 0
    assert capsys.readouterr().err == ""
