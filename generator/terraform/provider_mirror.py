"""The local mirror of Terraform providers on this machine, if it has one."""

import os
from pathlib import Path

_PROVIDER = "registry.terraform.io/hashicorp/aws"


def find_provider_mirror() -> Path | None:
    """Return the first directory that contains the AWS provider; None leaves the search to Terraform.

    The candidates are `TF_PLUGIN_DIR`, the implied mirrors of Terraform
    (https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories), and `/opt/*`.
    """
    data_home = os.environ.get("XDG_DATA_HOME", "~/.local/share")
    plugin_dir = os.environ.get("TF_PLUGIN_DIR")
    candidates = [
        *([Path(plugin_dir)] if plugin_dir else []),
        Path("~/.terraform.d/plugins").expanduser(),
        Path(data_home, "terraform/plugins").expanduser(),
        Path("/usr/local/share/terraform/plugins"),
        Path("/usr/share/terraform/plugins"),
        *sorted(Path("/opt").glob("*")),
    ]
    return next((candidate for candidate in candidates if (candidate / _PROVIDER).is_dir()), None)
