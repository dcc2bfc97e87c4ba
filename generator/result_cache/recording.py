"""Record a run: the modules outside the standard library, and all files that it reads; then store its output."""

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
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_STANDARD_LIBRARY = os.path.dirname(os.__file__)


def start() -> None:
    """Record what this process, which has just started, reads from now on."""
    observed.record(observed.Recorder())
    sys.path_hooks.insert(0, _finder)
    sys.path_importer_cache.clear()
    for name, module in list(sys.modules.items()):  # they were read a moment ago
        file = str(getattr(module, "__file__", None))
        if file.endswith(".py") and not _is_standard(file):
            _RecordingLoader(name, file).get_code(name)
    with suppress(OSError):  # Python has read it, and it may be none
        observed.read_bytes(getattr(sys.modules["__main__"], "__file__", ""))


def save(words: list[str], out: str, err: str) -> None:
    """Store what a recorded run printed on stdout and stderr. A run that is not recorded, is not stored."""
    recorder = observed.recorder()
    observed.record(None)
    directory = entries.cache_directory()
    if recorder and directory and "\0" not in out + err:
        with suppress(OSError):  # the output is computed again
            entries.write_entry(directory, lookup.entry_key(words), [out, err, *recorder.lines])


class _RecordingLoader(SourceFileLoader):
    """Reads modules as Python does, and records their bytecode or source, and what decides between the two."""

    def path_stats(self, path: str) -> "Mapping[str, int]":
        mtime, size = observed.module_status(path)
        return {"mtime": mtime, "size": size}

    def get_data(self, path: str) -> bytes:
        return observed.read_bytes(path)


class _RecordingFinder(FileFinder):
    """Finds modules as Python does, and records what is in the directory, and which files a library has."""

    def __init__(self, path: str) -> None:
        modules = (_RecordingLoader, SOURCE_SUFFIXES), (SourcelessFileLoader, BYTECODE_SUFFIXES)
        super().__init__(path, (ExtensionFileLoader, EXTENSION_SUFFIXES), *modules)
        self._metadata = [name for name, _ in observed.scan(path) if name.endswith(".dist-info")]

    def find_spec(self, fullname: str, target: "ModuleType | None" = None) -> "ModuleSpec | None":
        spec = super().find_spec(fullname, target)
        library = fullname.partition(".")[0]
        if spec and spec.submodule_search_locations and library == fullname:
            self._observe_library(library)
        elif spec and not isinstance(spec.loader, _RecordingLoader) and library in (fullname, "owscale"):
            observed.read_bytes(str(spec.origin))
        return spec

    def _observe_library(self, package: str) -> None:
        """Observe the record that pip keeps of a library: it has a digest of each file; all files if there is none.

        It covers files other than modules: those in machine code, which are large, and data.
        """
        for name in self._metadata:
            if package in name.lower():  # such as pyyaml-6.0.3.dist-info of yaml
                with suppress(OSError):
                    if f"\n{package}/" in f"\n{observed.read_text(f'{self.path}/{name}/RECORD')}":
                        return
        _observe_files(f"{self.path}/{package}")


def _finder(directory: str) -> FileFinder:
    """Return the finder for a directory, unless it is of the standard library, which counts by its version and names.

    Raises ImportError there, and for what is no directory, so that Python goes on to its own finders.
    """
    try:
        if not _is_standard(directory):
            return _RecordingFinder(directory)
        if directory in sys.path:
            observed.scan(directory)
    except OSError:
        with suppress(OSError):
            observed.read_bytes(directory)  # a ZIP file, which can have modules too
    raise ImportError


def _is_standard(path: str) -> bool:
    below = path.removeprefix(_STANDARD_LIBRARY)
    return below != path and not below.startswith(("/site-packages", "/dist-packages"))


def _observe_files(directory: str) -> None:
    for name, kind in observed.scan(directory):
        if kind == observed.DIRECTORY:
            _observe_files(f"{directory}/{name}")
        else:
            with suppress(OSError):
                observed.read_bytes(f"{directory}/{name}")
