"""The environment variables of what is measured: few, and the same on every machine."""

import os
from pathlib import Path

CACHES = ("XDG_CACHE_HOME", "JSII_RUNTIME_PACKAGE_CACHE_ROOT")
"""Those that pyperf does not hand on of itself."""


def of(folder: Path) -> dict[str, str]:
    """The variables for a case: its caches stand in its own folder, so that no case warms those of another.

    PYTHONPATH and PYTHONDONTWRITEBYTECODE of whoever runs this would slow Python down, and are left out.
    """
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": str(home / ".cache"),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(home / ".cache/jsii"),
    }
