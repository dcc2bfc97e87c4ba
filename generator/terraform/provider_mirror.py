"""The local mirror of Terraform providers on this machine, if it has one."""

import os
from pathlib import Path

_AWS_PROVIDER = "hashicorp/aws"


def find_provider_mirror(registry: str, major: str) -> Path | None:
    """Return the first directory that contains a major version of the AWS provider.

    None leaves the search to Terraform: with a mirror it would search nowhere else. An empty `major` is any version.

    The candidates are the implied mirrors of Terraform
    (https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories), and `/opt/*`.
    `TF_PLUGIN_DIR` comes first, with any version: the user has named it.
    """
    plugin_dir = os.environ.get("TF_PLUGIN_DIR")
    if plugin_dir and Path(plugin_dir, registry, _AWS_PROVIDER).is_dir():
        return Path(plugin_dir)
    data_home = os.environ.get("XDG_DATA_HOME", "~/.local/share")
    candidates = [
        Path("~/.terraform.d/plugins").expanduser(),
        Path(data_home, "terraform/plugins").expanduser(),
        Path("/usr/local/share/terraform/plugins"),
        Path("/usr/share/terraform/plugins"),
        *sorted(Path("/opt").glob("*")),
    ]
    return next((candidate for candidate in candidates if _has(candidate / registry / _AWS_PROVIDER, major)), None)


def _has(folder: Path, major: str) -> bool:
    """Whether a folder has a major version, unpacked (`5.100.0/`) or packed (`terraform-provider-aws_5.100.0_….zip`).

    https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
    """
    try:
        names = [entry.name.removeprefix("terraform-provider-aws_") for entry in folder.iterdir()]
    except OSError:
        return False
    return any(name.startswith(f"{major}." if major else "") for name in names)
