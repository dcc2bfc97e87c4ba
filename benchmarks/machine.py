"""A description of the machine, without its name, paths or dates."""

import os
import platform
from collections.abc import Mapping


def describe(metadata: Mapping[str, object]) -> str:
    """Return one sentence about the machine; `metadata` is that of pyperf."""
    cpu = metadata.get("cpu_model_name") or platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = ".".join(platform.release().split(".")[:2])
    return (
        f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB of memory; {_system()}, {platform.system()} {kernel}; "
        f"{platform.python_implementation()} {platform.python_version()}."
    )


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()
