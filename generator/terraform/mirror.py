"""Where this machine keeps providers, if it does."""

import os
from pathlib import Path

_PROVIDER = "registry.terraform.io/hashicorp/aws"


def provider_mirror() -> Path | None:
    """The first folder that holds the AWS provider; None leaves the search to Terraform and its registry.

    Looked through: TF_PLUGIN_DIR, the folders that Terraform itself implies
    (https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories), and /opt/*.
    """
    data = os.environ.get("XDG_DATA_HOME", "~/.local/share")
    named = os.environ.get("TF_PLUGIN_DIR")
    folders = [
        *([Path(named)] if named else []),
        Path("~/.terraform.d/plugins").expanduser(),
        Path(data, "terraform/plugins").expanduser(),
        Path("/usr/local/share/terraform/plugins"),
        Path("/usr/share/terraform/plugins"),
        *sorted(Path("/opt").glob("*")),
    ]
    return next((folder for folder in folders if (folder / _PROVIDER).is_dir()), None)
