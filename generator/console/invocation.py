"""Command lines of owscale for hints: complete, so that the user can paste them in the current directory.

They begin like the command line of this run, such as with `.venv/bin/owscale`, and name the same specs, output and
environment. A process has one command line, so this module keeps it for all others.
"""

import os
import sys

from owscale import _generated

_PATHS = ("spec", "out")
_WITH_ENVIRONMENT = {"cost", "tf", "upgrade", "verify"}
_WITH_TERRAFORM = {"tf", "upgrade", "verify"}
_TERRAFORM = "terraform"

_options: "dict[str, str]" = {}


def set_options(values: "dict[str, object]") -> None:
    """Keep `--spec`, `--out`, `--env` and `--terraform` of this run, from the values of its options by name."""
    _options.clear()
    given = ((name, values.get(name)) for name in (*_PATHS, "env", _TERRAFORM))
    _options.update((name, str(value)) for name, value in given if value is not None)
    if _options.get(_TERRAFORM) == _TERRAFORM:
        del _options[_TERRAFORM]


def owscale_command(*words: str, takes_paths: bool = True) -> str:
    """Return a command line for the same specs, output and environment, to paste into a shell.

    `takes_paths` is false for a command without these options, such as `init`.
    """
    import shlex  # noqa: PLC0415 -- only a hint needs it

    names = list(_PATHS) if takes_paths else []
    if words[0] in _WITH_ENVIRONMENT and "validate" not in words:
        names.insert(0, "env")
    if words[0] in _WITH_TERRAFORM and "check-plan" not in words:
        names.append(_TERRAFORM)
    names = [name for name in names if name in _options and f"--{name}" not in words]
    options = (word for name in names for word in (f"--{name}", _options[name]))
    return f"{_program()} {shlex.join((*words, *options))}"


def _program() -> str:
    """Return how a shell starts this owscale."""
    import shlex  # noqa: PLC0415 -- only a hint needs it

    path = sys.argv[0]
    directory, name = os.path.split(path)
    if name == "__main__.py" and directory == _generated.PACKAGE:
        return shlex.join((sys.orig_argv[0], "-m", "owscale"))
    directories = map(os.path.abspath, os.environ.get("PATH", "").split(os.pathsep))
    if name != "owscale" or os.path.abspath(directory) in directories:
        return "owscale"
    return shlex.quote(path)


def install_command(package: str) -> str:
    """Return the command line that installs a package for this owscale."""
    import shlex  # noqa: PLC0415 -- only a hint needs it
    from importlib.util import find_spec  # noqa: PLC0415 -- only a hint needs it

    if f"{os.sep}pipx{os.sep}" in sys.prefix:
        return f"pipx inject owscale {package}"
    python = shlex.quote(sys.executable)
    if find_spec("pip") is None:  # such as in an environment of uv
        return f"uv pip install --python {python} {package}"
    return f"{python} -m pip install {package}"
