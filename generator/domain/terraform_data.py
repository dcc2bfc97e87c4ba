"""Files that Terraform itself writes into a root module, or reads there although no code names them.

`modules.json` in `.terraform` has the directory that is read for each module, `.terraform/terraform.tfstate` the
backend, and `terraform.d/plugins` providers
(https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories). A local state
contains secrets, and Terraform reads it even if it is a device. `TF_DATA_DIR` names another directory than `.terraform`
(https://developer.hashicorp.com/terraform/cli/config/environment-variables#tf_data_dir).
"""

import os
from fnmatch import fnmatchcase

_NAMES = (".terraform", "terraform.d", "*.tfstate", "*.tfstate.*")
"""Names of files and directories; a local state has its backups, locks and workspaces beside it."""


def is_terraform_data(path: str) -> bool:
    """Return whether a path below a root module, or one of its directories there, belongs to Terraform itself."""
    names = terraform_data_names()
    return any(fnmatchcase(part.casefold(), name) for part in path.split("/") for name in names)


def terraform_data_names() -> tuple[str, ...]:
    """Return patterns for the names, in lower case."""
    folder = os.path.normpath(os.environ.get("TF_DATA_DIR") or ".terraform")
    name = folder.partition("/")[0]
    return _NAMES if name in ("", ".", "..", ".terraform") else (*_NAMES, name.casefold())
