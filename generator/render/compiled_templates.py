"""The shipped templates as Python modules, compiled by Jinja when the package is built.

Compiling all templates takes longer than the rest of a run. `write` stores Jinja's code under `_generated/templates/`;
`load` returns a loader for it, unless a template or the code that compiles it has changed since.
"""

import functools
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import jinja2

from owscale import _generated
from owscale.fs import observed
from owscale.fs.files import atomic_write
from owscale.fs.hashing import content_digest

COMPILE_TIME_SOURCES = (
    "console/markdown.py",
    "console/text.py",
    "render/compiled_templates.py",
    "render/environment.py",
    "render/hcl.py",
    "render/languages.py",
)
"""Code on which the compiled modules depend: Jinja uses filters and the environment's options while it compiles."""


def write(templates: Mapping[str, str], environments: Iterable[tuple[jinja2.Environment, Iterable[str]]]) -> None:
    """Compile templates by name, each with the environment of its language; `templates` has the texts of all.

    The digest is removed first and written last, so that `load` ignores the files of an interrupted call.
    """
    directory, digest_file = _paths()
    digest_file.unlink(missing_ok=True)
    shutil.rmtree(directory, ignore_errors=True)
    for environment, names in environments:
        environment.compile_templates(directory, zip=None, filter_func=set(names).__contains__, ignore_errors=False)
    atomic_write(digest_file, _digest(templates).encode())


def load(templates: Mapping[str, str]) -> jinja2.ModuleLoader | None:
    """Return a loader for the compiled templates; None if they are missing or do not belong to `templates`."""
    directory, digest_file = _paths()
    try:
        is_current = observed.read_text(digest_file) == _digest(templates)
    except (OSError, UnicodeDecodeError):
        return None
    return _loader(directory) if is_current else None


@functools.cache
def _loader(directory: Path) -> jinja2.ModuleLoader:
    """Return the loader of a directory, and keep it for the life of the process.

    `sys.modules` has a weak reference to each loader of Jinja. A library that reads all modules, as Hypothesis does,
    fails if the loader is removed from memory at the same time.
    """
    return jinja2.ModuleLoader(directory)


def _paths() -> tuple[Path, Path]:
    directory = Path(_generated.DIRECTORY, "templates")
    return directory, directory / "sources.digest"


def _digest(templates: Mapping[str, str]) -> str:
    texts = "".join(f"{name}\0{text}\0" for name, text in sorted(templates.items()))
    sources = observed.files_digest(_generated.PACKAGE, COMPILE_TIME_SOURCES)
    return content_digest(f"{jinja2.__version__}\0{sources}\0{texts}".encode())
