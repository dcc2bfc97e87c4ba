"""The search for a local mirror of the provider."""

from pathlib import Path

import pytest

from owscale.terraform.provider_mirror import find_provider_mirror


@pytest.mark.parametrize("variable", ["TF_PLUGIN_DIR", "XDG_DATA_HOME"])
def test_mirror_of_an_environment_variable(variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # nothing in ~/.terraform.d
    monkeypatch.delenv("TF_PLUGIN_DIR", raising=False)
    folder = tmp_path / "terraform/plugins" if variable == "XDG_DATA_HOME" else tmp_path
    (folder / "registry.terraform.io/hashicorp/aws/5.100.0").mkdir(parents=True)
    monkeypatch.setenv(variable, str(tmp_path))
    assert find_provider_mirror("registry.terraform.io", "5") == folder
    assert find_provider_mirror("registry.terraform.io", "") == folder
    assert find_provider_mirror("registry.opentofu.org", "5") is None
    # Terraform would search only in a mirror without that version; the user may have named one.
    assert find_provider_mirror("registry.terraform.io", "6") == (folder if variable == "TF_PLUGIN_DIR" else None)


def test_mirror_of_packed_providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "terraform/plugins/registry.terraform.io/hashicorp/aws"
    folder.mkdir(parents=True)
    (folder / "terraform-provider-aws_6.69.1_linux_amd64.zip").touch()
    monkeypatch.delenv("TF_PLUGIN_DIR", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert find_provider_mirror("registry.terraform.io", "6") == tmp_path / "terraform/plugins"
