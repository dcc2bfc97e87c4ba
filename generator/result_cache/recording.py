"""Record a run: the code of owscale, the libraries, and all files that it reads; then store its output."""

import os
import sys
from contextlib import suppress
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)

from owscale.fs import observed
from owscale.result_cache import entries, lookup

TYPE_CHECKING = False  # typing takes its time to import
if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_STARTED_WITH = {
    "owscale",
    "owscale.__main__",
    "owscale.cli",
    "owscale.cli.exit_codes",
    "owscale.cli.main",
    "owscale.console",
    "owscale.console.streams",
    "owscale.fs",
    "owscale.fs.observed",
    "owscale.result_cache",
    "owscale.result_cache.entries",
    "owscale.result_cache.lookup",
    "owscale.result_cache.recording",
}
"""The modules that are imported before a run is recorded."""
_LIBRARIES = {
    "hcl2": "python_hcl2",
    "jinja2": "jinja2",
    "lark": "lark",
    "markupsafe": "markupsafe",
    "pydantic": "pydantic",
    "pydantic_core": "pydantic_core",
    "typing_extensions": "typing_extensions",
    "yaml": "pyyaml",
}
"""Libraries that shape the output: the names of their modules and of their distributions."""


def start() -> None:
    """Record what this process reads from now on, unless it has imported more of owscale than a new process has."""
    loaded = [name for name in sys.modules if name.partition(".")[0] == "owscale"]
    if not _STARTED_WITH.issuperset(loaded):
        return
    observed.record(observed.Recorder())
    sys.path_hooks.insert(0, _finder)
    for directory in [path for path in sys.path_importer_cache if path.startswith(_PACKAGE)]:
        del sys.path_importer_cache[directory]
    for name in loaded:  # they were read a moment ago
        _RecordingLoader(name, str(sys.modules[name].__file__)).get_code(name)
    with suppress(OSError):  # Python has read it, and it may be none
        observed.read_bytes(getattr(sys.modules["__main__"], "__file__", ""))
    _observe_libraries()


def save(words: list[str], out: str, err: str) -> None:
    """Store what a recorded run printed on stdout and stderr. A run that is not recorded, is not stored."""
    recorder = observed.recorder()
    observed.record(None)
    directory = entries.cache_directory()
    if recorder and directory and "\0" not in out + err:
        with suppress(OSError):  # the output is computed again
            entries.write_entry(directory, lookup.entry_key(words), [out, err, *recorder.lines()])


class _RecordingLoader(SourceFileLoader):
    """Reads modules as Python does, and records their bytecode or source, and what decides between the two."""

    def path_stats(self, path: str) -> "Mapping[str, int]":
        mtime, size = observed.module_status(path)
        return {"mtime": mtime, "size": size}

    def get_data(self, path: str) -> bytes:
        return observed.read_bytes(path)


def _finder(directory: str) -> FileFinder:
    """Return the finder for a directory of owscale."""
    if directory != _PACKAGE and not directory.startswith(f"{_PACKAGE}/"):
        raise ImportError
    observed.scan(directory)
    return FileFinder(
        directory,
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (_RecordingLoader, SOURCE_SUFFIXES),
        (SourcelessFileLoader, BYTECODE_SUFFIXES),
    )


def _observe_libraries() -> None:
    """Observe what Python can import from where, and the record that pip keeps of each library."""
    missing = dict(_LIBRARIES)
    for directory in sys.path:
        try:
            names = [name for name, _ in observed.scan(directory or ".")]
        except OSError:
            continue
        metadata = {name.lower().partition("-")[0]: name for name in names if name.endswith(".dist-info")}
        for module in missing.keys() & names:
            distribution = missing.pop(module)
            try:
                observed.read_bytes(f"{directory}/{metadata[distribution]}/RECORD")  # it has a digest of each file
            except (KeyError, OSError):  # it was not installed by pip
                _observe_files(f"{directory}/{module}")


def _observe_files(directory: str) -> None:
    for name, kind in observed.scan(directory):
        if kind == observed.DIRECTORY:
            _observe_files(f"{directory}/{name}")
        else:
            with suppress(OSError):
                observed.read_bytes(f"{directory}/{name}")
